"""The demo data: parks, people, companies, projects and leads as tables, and the one place that plays them in.

What the press printed is entered as printed, with the source on the record; everything else is invented, adds up to the
printed totals and carries `is_synthetic`.
"""
