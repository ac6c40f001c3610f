"""Reports that take longer than an answer may: the whole project ledger as .xlsx."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import local_day
from core.errors import RuleViolation
from core.jobs import JobRun, job_kind
from core.templatetags.units import moment
from core.workbook import Sheet, write_xlsx
from parks.access import require
from reports import project_ledger
from reports.asked_projects import asked_projects


@job_kind("reports.ledger", title=_("Project ledger (.xlsx)"))
def write_ledger(run: JobRun) -> dict:
    """Of the rows its maker sees while it is written; repeated from the start if a worker is lost."""
    require(run.by, "reports.export")
    found = asked_projects(QueryDict(run.params.get("query", "")), by=run.by)
    if found is None:
        raise RuleViolation(gettext("The filters of this export are not understood any more."))
    run.progress(0, found.count())
    title = gettext("Project ledger")
    note = gettext("Written %(moment)s. Stages and totals as reported today, with the verified ones beside them.")
    sheet = Sheet(
        title=title,
        columns=project_ledger.columns(),
        rows=_counted(project_ledger.rows(found), run),
        notes=[
            note % {"moment": moment(run.job.made_at)},
            gettext("Amounts in RMB 10k, in USD 10k where the head says so."),
        ],
    )
    with run.result_file(f"{title} {local_day(run.job.made_at).isoformat()}.xlsx") as target:
        written = write_xlsx(target, [sheet])
    return {"rows": written}


def _counted(rows: Iterable[Any], run: JobRun) -> Iterator[Any]:
    for number, row in enumerate(rows, start=1):
        yield row
        run.progress(number)
