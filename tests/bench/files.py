"""The project ledger of all parks as CSV over HTTP and as .xlsx by its job, beside the bare writers."""

import csv
import io
import statistics
import time
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.contrib.auth import get_user_model
from django.utils import timezone

from core.jobs import run_job
from core.models import Job, JobState
from projects.models import Project
from reports import project_ledger
from tests.bench.figures import Figure
from tests.bench.visit import Site, forget_peak_memory, peak_growth, signed_in
from tests.bench.zone import MANAGER

ROUNDS = 3
FIRST_BYTE_MS, MEMORY_MB = 300, 64


def measured(site: Site) -> Iterator[Figure]:
    user = get_user_model().objects.get(pk=MANAGER)
    rows = list(project_ledger.rows(Project.objects.visible_to(user)))
    header = [column.header for column in project_ledger.columns()]
    yield _csv(site, user, header, rows)
    yield _xlsx(user, header, rows)


def _csv(site: Site, user: Any, header: list[str], rows: list[list[Any]]) -> Figure:
    visitor = signed_in(site, user)
    visitor.get("/projects/")
    workers = site.workers()
    took, first, plain, size, grown = [], [], [], 0, 0.0
    for _round in range(ROUNDS):
        before = forget_peak_memory(workers)
        answer = visitor.get("/projects/ledger/csv/")
        grown = max(grown, peak_growth(before))
        size = len(answer.body)
        if answer.status != 200 or answer.body.count(b"\r\n") != len(rows) + 1:
            raise SystemExit(f"The CSV answered {answer.status} with {answer.body.count(bytes([10]))} lines")
        took.append(answer.seconds * 1000)
        first.append(answer.first_byte * 1000)
        plain.append(_plain_csv(header, rows) * 1000)
    ceilings = [("ms to the first byte", statistics.median(first), FIRST_BYTE_MS), ("MB more memory", grown, MEMORY_MB)]
    return Figure(
        f"CSV of {len(rows):,} projects", statistics.median(took), "ms", statistics.median(plain), "csv.writer", 5,
        kilobytes=size / 1024, ceilings=ceilings,
    )  # fmt: skip


def _plain_csv(header: list[str], rows: list[list[Any]]) -> float:
    began = time.perf_counter()
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows(rows)
    target.getvalue().encode()
    return time.perf_counter() - began


def _xlsx(user: Any, header: list[str], rows: list[list[Any]]) -> Figure:
    plain = _plain_xlsx(header, rows)
    job = Job.objects.create(kind="reports.ledger", params={}, made_at=timezone.now(), made_by=user)
    began = time.process_time()
    run_job(job.pk, clock=timezone.now)
    took = time.process_time() - began
    job.refresh_from_db()
    if job.state != JobState.DONE:
        raise SystemExit(f"The ledger job ended as {job.state}: {job.error}")
    case = f".xlsx of {len(rows):,} projects, processor time"
    return Figure(case, took * 1000, "ms", plain * 1000, "XlsxWriter", 1.5)


def _plain_xlsx(header: list[str], rows: list[list[Any]]) -> float:
    """In processor time, as the job: half a minute is too long to take turns on a busy machine."""
    began = time.process_time()
    book = xlsxwriter.Workbook(
        io.BytesIO(), {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header)
    for line, row in enumerate(rows, start=1):
        sheet.write_row(line, 0, row)
    book.close()
    return time.process_time() - began
