"""The API's door to parks."""
