"""What each page, list, report and export costs, measured beside its floor in the same run; `make bench` runs it."""
