"""A job for the tests: writes one audit entry for each number, so that a number lost or doubled shows."""

import time

from django.db import transaction
from django.utils.translation import gettext_lazy

from core import audit
from core.jobs import job_kind


@job_kind("tests.count", title=gettext_lazy("Yes"))
def count(run):
    total, pause = run.params["total"], run.params.get("pause", 0)
    for number in range(run.checkpoint.get("next", 0), total):
        with transaction.atomic():
            audit.record(f"tests.count_{number}", run.by, at=run.clock(), by=run.by)
            run.checkpoint["next"] = number + 1
            run.done, run.total = number + 1, total
            run.keep()
        time.sleep(pause)
    with run.result_file("numbers.csv") as out:
        out.write(b"".join(b"%d\n" % number for number in range(total)))
    return {"rows": total, "attempt": run.job.attempts}
