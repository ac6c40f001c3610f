"""Moving a lead on the pipeline board: what its gate still needs and the step itself, in one go."""

from django.db import transaction

from crm.actions.leads import advance_lead, edit_lead
from parks.access import require


@transaction.atomic
def fill_and_advance_lead(lead, *, changes, expected_version=None, at, by, **step):
    """Fill in what the gate still needs and go through it, all or nothing. `step` goes to `advance_lead`."""
    require(by, "crm.advance_lead", lead.park)
    if changes:
        lead = edit_lead(lead, changes=changes, expected_version=expected_version, at=at, by=by)
        expected_version = lead.version
    return advance_lead(lead, expected_version=expected_version, at=at, by=by, **step)
