"""The pages of companies, contacts, leads and interactions."""
