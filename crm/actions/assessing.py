"""Assessing a lead (研判): kept as a draft while it is written, then settled together with the step it justifies."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.errors import RuleViolation
from core.rules import refuse, refuse_invalid, refuse_stale
from crm.actions.editing import apply
from crm.actions.leads import edit_lead, locked, take_step
from crm.actions.pool import return_lead
from crm.aspects import Aspect, Outcome, missing_aspects
from crm.lifecycle import LeadStage, ShelvingReason, obstacles
from crm.models import Assessment
from parks.access import require

OPINIONS = tuple(f"{aspect}_{part}" for aspect in Aspect for part in ("rating", "text"))
ASSESSED_WITH = (*OPINIONS, "summary", "outcome")
ASSESSABLE = (LeadStage.RESPONDED, LeadStage.ASSESSING)


@transaction.atomic
def draft_assessment(lead, *, given, needs_experts=None, expected_version=None, at, by):
    """Keep what is written so far. The first draft starts the assessment, where the gate lets the lead in.

    `needs_experts` says whether outside experts are asked, which gives the assessment more time; None leaves it.
    """
    require(by, "crm.assess_lead", lead.park)
    lead = _assessable(lead)
    draft, before = _written(lead, given, expected_version, at=at, by=by)
    draft.save()
    lead = _with_experts(lead, needs_experts, at=at, by=by)
    changes = diff(before, {name: getattr(draft, name) for name in ASSESSED_WITH})
    record("crm.draft_assessment", lead, park=lead.park_id, changes=changes, at=at, by=by)
    if lead.stage == LeadStage.RESPONDED and not obstacles(lead, LeadStage.ASSESSING):
        take_step(lead, LeadStage.ASSESSING, local_day(at), at=at, by=by)
    return draft


@transaction.atomic
def assess_lead(lead, *, given, effective_on, shelving_reason="", needs_experts=None, expected_version=None, at, by):
    """Settle the assessment: the step to “Assessed”, and where the lead is not followed up what that means for it.

    `given` holds columns of ASSESSED_WITH on top of what the draft has. Shelved without a reason: "not followed up".
    """
    require(by, "crm.assess_lead", lead.park)
    lead = _assessable(lead)
    settled, before = _written(lead, given, expected_version, at=at, by=by)
    _refuse_incomplete(settled)
    settled.effective_on, settled.settled_at = effective_on, at
    refuse_invalid(settled)
    settled.save()
    lead = _with_experts(lead, needs_experts, at=at, by=by)
    changes = diff(before, {name: getattr(settled, name) for name in ASSESSED_WITH})
    record("crm.assess_lead", lead, park=lead.park_id, changes=changes, at=at, by=by)
    lead = take_step(lead, LeadStage.ASSESSED, effective_on, note=settled.summary, at=at, by=by)
    if settled.outcome == Outcome.SHELVE:
        reason = shelving_reason or ShelvingReason.NOT_FOLLOWED
        take_step(lead, LeadStage.SHELVED, effective_on, shelving_reason=reason, at=at, by=by)
    elif settled.outcome == Outcome.POOL:
        return_lead(lead, reason=settled.summary[:200], at=at, by=by)
    return settled


def _with_experts(lead, needs_experts, *, at, by):
    if needs_experts is None or needs_experts == lead.needs_experts:
        return lead
    return edit_lead(lead, changes={"needs_experts": needs_experts}, at=at, by=by)


def _assessable(lead):
    lead = locked(lead)
    if lead.stage not in ASSESSABLE:
        facts = {"stage": lead.get_stage_display()}
        refuse(
            "stage", _("A lead in stage “%(stage)s” is not up for assessment. Move it back to assess it again.") % facts
        )
    return lead


def _written(lead, given, expected_version, *, at, by):
    """The draft with what is given now, unsaved, and what it was before."""
    draft = Assessment.objects.select_for_update().filter(lead=lead).drafts().first()
    if draft is None:
        draft = Assessment(lead=lead, version=0)
    refuse_stale(draft, expected_version, ASSESSED_WITH)
    before, _after = apply(draft, given, ASSESSED_WITH)
    draft.version += 1
    draft.recorded_at, draft.recorded_by = at, by
    refuse_invalid(draft)
    return draft, before


def _refuse_incomplete(assessment):
    beside = {}
    for aspect in missing_aspects(assessment):
        if getattr(assessment, f"{aspect}_rating"):
            said = _("%(aspect)s: write what stands against it, or what is not known.")
            beside[f"{aspect}_text"] = [said % {"aspect": aspect.label}]
        else:
            beside[f"{aspect}_rating"] = [_("%(aspect)s: give an opinion.") % {"aspect": aspect.label}]
    if not assessment.outcome:
        beside["outcome"] = [_("Choose whether the lead is followed up.")]
    if not assessment.summary.strip():
        beside["summary"] = [_("Write the conclusion in a sentence or two.")]
    if beside:
        raise RuleViolation(fields=beside)
