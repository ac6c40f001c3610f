"""The cast: the people and things every test may ask for."""

pytest_plugins = ["tests.plumbing"]
