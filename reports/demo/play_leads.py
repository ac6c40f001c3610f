"""Plays the demo's leads in: registration, steps, conversations."""

from datetime import timedelta
from decimal import Decimal

from core.money import from_yi
from crm import actions
from crm.lifecycle import CODES, LeadStage
from crm.models import Lead
from reports.demo.steps import day_of, named_steps

S = LeadStage
STAGES = {code: stage for stage, code in CODES.items()}
NOTES = {
    S.ASSESSED: "产业方向与园区相符，技术有自主知识产权，投资强度与能耗在准入线内，建议跟进。",
    S.FED_BACK: "电话告知投资方与引荐人：研判意见为跟进，下一步由园区对接选址。",
}


def play_leads(world, plans):
    for plan in plans:
        _plan_lead(world, plan)


def _plan_lead(world, plan):
    (_registered, received_on), *rest = named_steps(plan.path, world.today, STAGES)
    if received_on > world.today:
        return
    moment = world.agenda.at(received_on, plan.title)
    world.agenda.add(moment, lambda at: _register(world, plan, received_on, at))
    for to, day in rest:
        moment = world.agenda.at(day, f"{plan.title} {to}", not_before=moment)
        world.agenda.add(moment, lambda at, to=to, day=day: _advance(world, plan, to, day, at))
    for talk in plan.talks:
        day = day_of(talk.day, world.today)
        moment = world.agenda.at(
            day, f"{plan.title} {talk.summary}", not_before=world.agenda.at(received_on, plan.title)
        )
        world.agenda.add(moment, lambda at, talk=talk, day=day: _talk(world, plan, talk, day, at))


def _register(world, plan, received_on, at):
    by = world.people[plan.owner] if plan.owner else world.officer_of(plan.park)
    world.leads[plan.title] = actions.register_lead(
        park=world.parks[plan.park],
        company=world.company(plan.company, park=plan.park, industry=plan.industry, at=at),
        title=plan.title,
        received_on=received_on,
        source=plan.source,
        referrer=plan.referrer,
        content=plan.content,
        intended_investment_wan=from_yi(Decimal(plan.yi)) if plan.yi else None,
        industry=plan.industry,
        site_wishes=plan.site_wishes,
        needs=plan.needs,
        source_note=plan.source_note,
        is_synthetic=plan.is_synthetic,
        at=at,
        by=by,
    )


def _advance(world, plan, to, day, at):
    lead = Lead.objects.select_related("park", "owner").get(pk=world.leads[plan.title].pk)
    note, _sep, reason = plan.last_note.partition("|") if to == S.SHELVED else (NOTES.get(to, ""), "", "")
    actions.advance_lead(lead, to=to, effective_on=day, note=note, shelving_reason=reason, at=at, by=lead.owner)


def _talk(world, plan, talk, day, at):
    lead = Lead.objects.select_related("park", "company", "owner").get(pk=world.leads[plan.title].pk)
    actions.record_interaction(
        park=lead.park,
        company=lead.company,
        lead=lead,
        kind=talk.kind,
        happened_on=day,
        people=talk.people,
        summary=talk.summary,
        next_step=talk.next_step,
        next_step_due_on=world.today + timedelta(days=int(talk.next_on)) if talk.next_on else None,
        is_synthetic=True,
        at=at,
        by=lead.owner,
    )
