"""How the verbs on projects are taken back (see `core.undo`): edits, and steps before the signing.

Facts are append-only, so a step is withdrawn by a correction that says so. What counts in a total or waits for
verification is never taken back by a button: it is corrected with a reason, on the page made for that.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.rules import refuse_invalid
from core.undo import of_record, refuse_touched, undoes
from crm.actions import put_back
from parks.access import require
from projects.actions import EDITABLE, correct_stage_change
from projects.lifecycle import Stage
from projects.models import Project

AMOUNT_COMES_ALONG = (Stage.SIGNED, Stage.FRAMEWORK)


def _locked(entry):
    return of_record(entry, Project.objects.select_for_update(of=("self",)).select_related("park", "company"))


@undoes("projects.edit_project", says=_("Change taken back"))
def _put_project_back(entry, *, at, by):
    project = _locked(entry)
    require(by, "projects.edit_project", project.park)
    put_back(project, entry, EDITABLE)
    refuse_invalid(project)
    project.version += 1
    project.updated_at = max(at, project.updated_at)
    project.save()


def _is_withdrawn_by_a_correction(entry):
    """A step before the signing, to a stage that brought no amount along."""
    to = entry.changes.get("stage", [None, None])[1]
    return "needs_verification" not in entry.changes and to not in AMOUNT_COMES_ALONG


@undoes("projects.advance_project", says=_("Step taken back"), offered=_is_withdrawn_by_a_correction)
def _withdraw_step(entry, *, at, by):
    project = _locked(entry)
    step = project.stage_changes.filter(recorded_at=entry.at).first()
    if step is None or project.stage != step.to_stage:
        refuse_touched(entry)
    correct_stage_change(
        step, is_void=True, reason=gettext("Taken back at once by the person who recorded it"), at=at, by=by
    )
