"""The API's door to projects, their facts, documents and signing events."""
