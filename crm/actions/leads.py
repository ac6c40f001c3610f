"""Writes to leads: logging, editing, moving them on."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.errors import RuleViolation
from core.rules import refuse, refuse_future, refuse_invalid, refuse_stale
from core.search import refresh
from crm.actions.clocks import WOUND, wind
from crm.actions.companies import add_contact, introduce_company, refuse_known_name, register_company
from crm.actions.editing import apply, audited
from crm.actions.holding import begin_holding, give, held, refuse_beyond_limits
from crm.actions.next_steps import STEP, close_step, keep_in_step
from crm.lifecycle import LeadStage, beside, is_backward, obstacles
from crm.models import ChangeOfHands, Lead, LeadStageChange
from parks.access import may, require

LEAD_EDITABLE = (
    "title",
    "received_on",
    "source",
    "referrer",
    "content",
    "intended_investment_wan",
    "intended_qualifier",
    "industry",
    "land_wanted_mu",
    "floor_wanted_sqm",
    "site_wishes",
    "needs",
    "owner",
    "needs_experts",
    "next_step",
    "next_step_due_on",
)
STEPPED = ("stage", "stage_since", "shelving_reason", *STEP, "followed_up_at", "pooled_at")
"""The columns a step moves."""


WHOEVER_LOGS = object()
"""Stands for `by` where no officer is named; None means that nobody is known yet."""


@transaction.atomic
def register_lead(
    *,
    park,
    company=None,
    company_name="",
    is_another=False,
    credit_code="",
    contact_name="",
    contact_phone="",
    received_on=None,
    owner=WHOEVER_LOGS,
    at,
    by,
    **given,
):
    """Log a lead of a known `company`, or of a `company_name` that is registered along with it.

    A name that is registered already is refused unless it `is_another`, as in `register_company`; `credit_code` is that
    of a company registered along. The contact, where given, becomes one of the company's. `received_on` defaults to
    the day of `at`, `owner` to `by`; without an owner (None) the lead goes into the pool.
    """
    require(by, "crm.register_lead", park)
    received_on = received_on or local_day(at)
    refuse_future("received_on", received_on, at)
    owner = by if owner is WHOEVER_LOGS else owner
    if owner is not None and owner != by:
        refuse_idle_owner(owner, park)
    named = {"name": company_name, "credit_code": credit_code, "is_another": is_another}
    company = _company_of_new_lead(company, park, **named, at=at, by=by)
    if contact_name.strip() or contact_phone.strip():
        _know_contact(company, contact_name.strip(), contact_phone.strip(), at=at, by=by)
    lead = Lead(
        park=park,
        company=company,
        received_on=received_on,
        owner=owner,
        stage=LeadStage.REGISTERED,
        stage_since=received_on,
        followed_up_at=at,
        recorded_at=at,
        recorded_by=by,
        code=f"~{uuid4().hex[:18]}",
        **given,
    )
    if owner is None:
        lead.pooled_at, lead.pooled_how, lead.pooled_by = at, ChangeOfHands.LOGGED, by
    wind(lead)
    refuse_invalid(lead)
    lead.save()
    if owner is not None:
        begin_holding(lead, how=ChangeOfHands.LOGGED, at=at, by=by)
    # The key is the only number that is unique without a lock; the year is that of receipt.
    lead.code = f"L-{received_on.year}-{lead.pk:05d}"
    lead.save(update_fields=["code"])
    refresh(lead)
    keep_in_step(lead, at=at, by=by)
    LeadStageChange.objects.create(
        lead=lead, to_stage=lead.stage, effective_on=received_on, recorded_at=at, recorded_by=by
    )
    record(
        "crm.register_lead",
        lead,
        park=park.pk,
        changes=diff({}, {"company": company.name, "park": park.name}),
        at=at,
        by=by,
    )
    return lead


def _company_of_new_lead(company, park, *, name, credit_code, is_another, at, by):
    if company is not None:
        introduce_company(company, park=park, at=at, by=by)
        return company
    if not name.strip():
        refuse("company_name", _("Enter the company, even by a working name."))
    if not is_another:
        refuse_known_name("company_name", name, by)
    try:
        return register_company(name=name, credit_code=credit_code, park=park, is_another=True, at=at, by=by)
    except RuleViolation as refused:
        if "name" in refused.fields:
            raise RuleViolation(fields={"company_name": refused.fields["name"]}) from refused
        raise


def _know_contact(company, full_name, phone, *, at, by):
    if not full_name:
        refuse("contact_name", _("Enter the name that belongs to this number."))
    if not company.contacts.filter(full_name=full_name, phone=phone).exists():
        add_contact(company, full_name=full_name, phone=phone, at=at, by=by)


def refuse_idle_owner(owner, park):
    if not may(owner, "crm.edit_lead", park):
        facts = {"person": str(owner), "park": park.name}
        refuse("owner", _("%(person)s does not work on leads in %(park)s. Choose somebody who does.") % facts)


def locked(lead):
    return Lead.objects.select_for_update(of=("self",)).select_related("park", "company").get(pk=lead.pk)


@transaction.atomic
def edit_lead(lead, *, changes, expected_version=None, at, by):
    """Change fields of LEAD_EDITABLE; nothing is written where nothing differs."""
    require(by, "crm.edit_lead", lead.park)
    lead = locked(lead)
    refuse_stale(lead, expected_version, LEAD_EDITABLE)
    before, after = apply(lead, changes, LEAD_EDITABLE)
    if before["received_on"] != after["received_on"]:
        move_receipt(lead, at)
    held_before = held(lead) | {"owner": getattr(before["owner"], "pk", None)}
    if before["owner"] != lead.owner:
        _pass_on(lead, before["owner"], at=at, by=by)
    refuse_invalid(lead)
    changed = diff(audited(before), audited(after))
    if not changed:
        return lead
    if before["owner"] == lead.owner:
        lead.version += 1  # a change of hands has counted already
    else:
        changed |= diff(held_before, held(lead))
    if changed.keys() & {"received_on", "needs_experts"}:
        wind(lead)
    lead.save()
    if changed.keys() & set(STEP):
        keep_in_step(lead, at=at, by=by)
    if changed.keys() & {"title", "content"}:
        refresh(lead)
    record("crm.edit_lead", lead, park=lead.park_id, changes=changed, at=at, by=by)
    return lead


def _pass_on(lead, before, *, at, by):
    """Its holder, or the office, passes a lead on; into the pool and out of it lead verbs with rules of their own."""
    to = lead.owner
    if to is None:
        refuse("owner", _("Give the lead back to the pool instead, with the reason."))
    refuse_idle_owner(to, lead.park)
    how = ChangeOfHands.PASSED_ON
    if before is not None:
        refuse_others(before, lead.park, by)
    elif not may(by, "crm.assign_lead", lead.park):
        if to != by:
            refuse_pooled()
        refuse_beyond_limits(lead, by, at=at)
        how = ChangeOfHands.CLAIMED
    lead.owner = before  # `give` sets it, and tells whoever loses the lead
    give(lead, to, how=how, at=at, by=by)


def refuse_others(holder, park, by):
    """Nobody helps himself to a colleague's lead, past the limits of the pool: its holder gives it, or the office."""
    if holder != by and not may(by, "crm.assign_lead", park):
        facts = {"person": str(holder)}
        refuse("owner", _("This lead is with %(person)s, who may pass it on; so may the office.") % facts)


def refuse_pooled():
    refuse("owner", _("This lead is in the pool: claim it yourself, or ask the office to assign it."))


def move_receipt(lead, at):
    """The day of receipt may be put right as long as no later step comes to lie before it."""
    refuse_future("received_on", lead.received_on, at)
    step = lead.stage_changes.exclude(from_stage="").order_by("effective_on").first()
    if step is None:
        lead.stage_since = lead.received_on
    elif lead.received_on > step.effective_on:
        facts = {"stage": step.get_to_stage_display(), "day": step.effective_on.isoformat()}
        refuse("received_on", _("The lead entered “%(stage)s” on %(day)s, so it was received by then.") % facts)


@transaction.atomic
def advance_lead(lead, *, to, effective_on, note="", shelving_reason="", expected_version=None, at, by):
    """Move a lead one step; `note` holds the assessment, the feedback given or the reason for going back."""
    require(by, "crm.advance_lead", lead.park)
    if to == LeadStage.CONVERTED:
        refuse("to", _("A lead becomes a project through “Open a project”."))
    reasons = {"note": note, "shelving_reason": shelving_reason}
    return take_step(lead, to, effective_on, **reasons, expected_version=expected_version, at=at, by=by)


def convert_lead(lead, *, effective_on, at, by):
    """Close a lead because a project came of it. Called by the verb that opens the project, inside its transaction."""
    return take_step(lead, LeadStage.CONVERTED, effective_on, at=at, by=by)


def refuse_step(lead, *, to, effective_on, note, shelving_reason, at):
    """Refuse a step whose day or gate forbids it; asks no database, so that many leads can be looked at."""
    refuse_future("effective_on", effective_on, at)
    if effective_on < lead.stage_since:
        facts = {"stage": lead.get_stage_display(), "day": lead.stage_since.isoformat()}
        refuse("effective_on", _("The lead entered “%(stage)s” on %(day)s; the next step cannot be earlier.") % facts)
    if reasons := obstacles(lead, to, {"note": note.strip(), "shelving_reason": shelving_reason}):
        raise RuleViolation(*reasons, fields=beside(lead.stage, to, reasons))


def take_step(lead, to, effective_on, *, note="", shelving_reason="", expected_version=None, at, by):
    """The step itself, for verbs that take it along with what they do. They have asked for the right to it."""
    lead = locked(lead)
    refuse_stale(lead, expected_version, ("stage",))
    refuse_step(lead, to=to, effective_on=effective_on, note=note, shelving_reason=shelving_reason, at=at)
    came_from = lead.stage
    before = {name: getattr(lead, name) for name in STEPPED}
    LeadStageChange.objects.create(
        lead=lead,
        from_stage=came_from,
        to_stage=to,
        effective_on=effective_on,
        note=note.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    lead.stage, lead.stage_since = to, effective_on
    lead.shelving_reason = shelving_reason if to == LeadStage.SHELVED else ""
    lead.followed_up_at = at
    if lead.owner_id is None and came_from == LeadStage.SHELVED:
        lead.pooled_at = at  # nobody could claim it while it was closed
    lead.version += 1
    if not lead.is_open:
        close_step(lead, at=at)
    wind(lead)
    lead.save(update_fields=[*STEPPED, *WOUND, "version"])
    changes = diff(before, {name: getattr(lead, name) for name in STEPPED})
    verb = "crm.step_back_lead" if is_backward(came_from, to) else "crm.advance_lead"
    record(verb, lead, park=lead.park_id, changes=changes, at=at, by=by)
    return lead
