"""Addresses of the reports; the first page of the site hangs in `config.urls`."""

from django.urls import path

from reports.views import board, exports, home, search, shares, trail

app_name = "reports"
urlpatterns = [
    path("desk/rail/", home.rail, name="desk-rail"),
    path("board/", board.board, name="board"),
    path("board/rows/", board.board_rows, name="board-rows"),
    path("board/csv/", exports.board_csv, name="board-csv"),
    path("board/xlsx/", exports.board_xlsx, name="board-xlsx"),
    path("shares/", shares.shares, name="shares"),
    path("shares/csv/", shares.shares_csv, name="shares-csv"),
    path("shares/xlsx/", shares.shares_xlsx, name="shares-xlsx"),
    path("parks/<str:code>/figures/", board.park_figures, name="park-figures"),
    path("search/", search.search_page, name="search"),
    path("trail/", trail.trail_page, name="trail"),
    path("projects/ledger/csv/", exports.ledger_csv, name="ledger-csv"),
    path("projects/ledger/", exports.ledger_export, name="ledger-export"),
]
