"""Doors of the reports: the board and its rows, exports, and the first page of each role."""
