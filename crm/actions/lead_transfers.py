"""流转 of a lead to another park of the zone, with the split of what comes of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.rules import refuse, refuse_future, refuse_invalid, refuse_stale
from core.search import refresh
from crm.actions.companies import introduce_company
from crm.actions.first_talks import pass_on
from crm.actions.holding import give
from crm.actions.leads import locked
from crm.actions.next_steps import follow
from crm.models import ChangeOfHands, FirstTalk, LeadTransfer
from crm.protection import LIVE
from parks.access import may, require


@transaction.atomic
def transfer_lead(lead, *, to_park, effective_on, reason, expected_version=None, at, by, **split):
    """Move an open lead to another park. Its conversations stay readable from the lead; a protection goes along.

    `split` holds columns of `SplitTerms`; what is left out is half and half for five years. An officer who does not
    work in the new park no longer answers for the lead.
    """
    require(by, "crm.transfer_lead", lead.park)
    require(by, "crm.transfer_lead", to_park)
    lead = locked(lead)
    refuse_stale(lead, expected_version, ("stage",))
    refuse_future("effective_on", effective_on, at)
    if to_park.pk == lead.park_id:
        refuse("to_park", _("The lead already belongs to this park."))
    if to_park.zone_pk != lead.park.zone_pk:
        refuse("to_park", _("Choose a park of the same zone."))
    if not lead.is_open:
        refuse("to_park", _("This lead is closed. Transfer the project that came of it, or open the lead again."))
    if not reason.strip():
        refuse("reason", _("Write why the lead moves."))
    latest = lead.transfers.order_by("-effective_on", "-pk").first()
    since = latest.effective_on if latest else lead.received_on
    if effective_on < since:
        refuse(
            "effective_on",
            _("The lead came to its present park on %(day)s; it cannot move earlier.") % {"day": since.isoformat()},
        )
    from_park = lead.park
    transfer = LeadTransfer(
        lead=lead,
        from_park=from_park,
        to_park=to_park,
        effective_on=effective_on,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
        **split,
    )
    refuse_invalid(transfer)
    transfer.save()
    introduce_company(lead.company, park=to_park, at=at, by=by)
    lead.park = to_park
    if lead.owner is not None and not may(lead.owner, "crm.edit_lead", to_park):
        give(lead, None, how=ChangeOfHands.TRANSFERRED, reason=reason.strip()[:200], at=at, by=by)
    else:
        lead.version += 1
    lead.save()
    follow(lead)
    refresh(lead)
    for talk in FirstTalk.objects.filter(lead=lead, park=from_park, status__in=LIVE).order_by("pk"):
        pass_on(talk, to_park=to_park, effective_on=local_day(at), reason=reason, at=at, by=by)
    changes = diff({"park": from_park.name}, {"park": to_park.name, **transfer.terms})
    record("crm.transfer_lead", lead, park=to_park.pk, changes=changes, at=at, by=by)
    return transfer
