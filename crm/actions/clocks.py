"""Winding the clocks of leads: when a lead moves, and for all of them when a rule or the calendar changes."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.errors import RuleViolation
from core.jobs import enqueue, job_kind
from core.rules import refuse, refuse_invalid
from crm.clock_rules import limits_by_zone, limits_of
from crm.clocks import DEFAULTS, ClockStep, Facts, running
from crm.lifecycle import LeadStage
from crm.models import Lead, LeadStageChange
from crm.models.clocks import ClockRule
from parks.access import require
from parks.workdays import working_calendar

WOUND = ("clock", "clock_since", "clock_due_on", "clock_is_provisional")
"""The columns of a lead that `wind` sets."""
AT_ONCE = 500


class _CalendarWhenNeeded:
    """Most limits are calendar days; only one in working days is worth the query."""

    def after(self, start, working_days):
        return working_calendar().after(start, working_days)


def wind(lead):
    """Set the lead's clock by its present columns; the caller saves WOUND. Call it in every verb that moves a lead."""
    responded_on = _responded_on([lead.pk]).get(lead.pk) if lead.stage == LeadStage.ASSESSING else None
    _set(lead, responded_on, limits_of(lead.park.zone_pk), _CalendarWhenNeeded())


def _set(lead, responded_on, limits, calendar):
    found = running(
        Facts(lead.stage, lead.stage_since, responded_on, lead.last_contact_on, lead.needs_experts), limits, calendar
    )
    lead.clock = found.clock if found else ""
    lead.clock_since = found.since if found else None
    lead.clock_due_on = found.due.day if found else None
    lead.clock_is_provisional = bool(found and found.due.is_provisional)


def _responded_on(leads):
    """{lead: the day of its latest response}."""
    steps = LeadStageChange.objects.filter(lead__in=leads, to_stage=LeadStage.RESPONDED).order_by("recorded_at", "pk")
    return dict(steps.values_list("lead_id", "effective_on"))


@transaction.atomic
def set_clock_rules(zone, *, limits, at, by):
    """Set the limits of some steps of a zone, as {step: Limit}; a job winds the clocks that run anew."""
    require(by, "crm.set_rules", zone)
    if zone.parent_id is not None:
        refuse("zone", _("Rules are set for the whole zone."))
    rows = {rule.step: rule for rule in ClockRule.objects.select_for_update().filter(zone=zone)}
    before, after, faults = {}, {}, {}
    for step, limit in limits.items():
        rule = rows.get(step) or ClockRule(zone=zone, step=ClockStep(step))
        old = rule.limit if rule.pk else DEFAULTS[step]
        if old == limit:
            continue
        rule.number, rule.unit, rule.tells_office = limit.number, limit.unit, limit.tells_office
        try:
            refuse_invalid(rule)
        except RuleViolation as refused:
            faults |= {f"{step}_{name}": said for name, said in refused.fields.items()}
            continue
        rule.save()
        before[step], after[step] = _told(old), _told(limit)
    if faults:
        raise RuleViolation(fields=faults)
    if after:
        record("crm.set_rules", zone, park=zone.pk, changes=diff(before, after), at=at, by=by)
        enqueue(REWIND, {"zone": zone.pk}, at=at, by=by)
    return zone


def _told(limit):
    return f"{limit.number} {limit.unit}{' office' if limit.tells_office else ''}"


REWIND = "crm.rewind_clocks"


@job_kind(REWIND, title=gettext_lazy("Winding the clocks of leads anew"))
def rewind_clocks(run):
    """Of the leads of one zone (`zone`), or of all; goes on from the latest chunk after a lost worker."""
    return {"changed": rewind(zone_pk=run.params.get("zone"), run=run)}


def rewind(*, zone_pk=None, only_provisional=False, run=None):
    """How many clocks came out otherwise than they were kept. Locks chunk by chunk, so that verbs wait only briefly."""
    leads = Lead.objects.open().order_by("pk")
    if zone_pk is not None:
        leads = leads.filter(park__path__startswith=f"/{zone_pk}/")
    if only_provisional:
        leads = leads.filter(clock_is_provisional=True)
    latest = run.checkpoint.get("lead", 0) if run else 0
    changed = run.checkpoint.get("changed", 0) if run else 0
    limits, calendar = limits_by_zone(), working_calendar()
    while True:
        with transaction.atomic():
            chunk = list(leads.select_for_update(of=("self",)).select_related("park").filter(pk__gt=latest)[:AT_ONCE])
            if not chunk:
                return changed
            changed += _rewind_chunk(chunk, limits, calendar)
            latest = chunk[-1].pk
            if run:
                run.checkpoint |= {"lead": latest, "changed": changed}
                run.done += len(chunk)
                run.keep()


def _rewind_chunk(chunk, limits, calendar):
    responded_on = _responded_on([lead.pk for lead in chunk if lead.stage == LeadStage.ASSESSING])
    otherwise = []
    for lead in chunk:
        was = [getattr(lead, name) for name in WOUND]
        _set(lead, responded_on.get(lead.pk), limits[lead.park.zone_pk], calendar)
        if was != [getattr(lead, name) for name in WOUND]:
            otherwise.append(lead)
    # Derived columns: no line in the trail, and no new version that would refuse a form that is open.
    Lead.objects.bulk_update(otherwise, WOUND)
    return len(otherwise)
