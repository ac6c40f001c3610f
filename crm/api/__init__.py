"""The API's door to companies, contacts, leads and interactions."""
