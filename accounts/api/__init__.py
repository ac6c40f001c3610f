"""The API's door to the people who sign in."""
