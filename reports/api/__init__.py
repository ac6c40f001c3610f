"""The reports as JSON: the same questions and the same figures as on the pages."""
