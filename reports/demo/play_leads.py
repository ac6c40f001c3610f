"""Plans the demo's leads: their registration, steps and conversations, each on its day."""

from datetime import timedelta
from decimal import Decimal

from core.money import from_yi
from crm import actions
from crm.lifecycle import CODES, LeadStage
from crm.models import Lead
from reports.demo.pool import NOBODY_YET
from reports.demo.steps import day_of, named_steps

S = LeadStage
STAGES = {code: stage for stage, code in CODES.items()}
NOTES = {
    S.ASSESSED: "产业方向与园区相符，技术来源清楚，投资强度与能耗在准入线内，建议跟进。",
    S.FED_BACK: "已电话告知投资方与引荐人：研判意见为跟进，下一步由园区对接选址。",
}


def plan_leads(world, plans):
    for plan in plans:
        _plan_lead(world, plan)


def _plan_lead(world, plan):
    (_registered, received_on), *rest = named_steps(plan.path, world.today, STAGES)
    if received_on > world.today:
        return
    registered = moment = world.agenda.at(received_on, plan.title)
    world.agenda.add(moment, lambda at: _register(world, plan, received_on, at))
    for to, day in rest:
        moment = world.agenda.at(day, f"{plan.title} {to}", not_before=moment)
        world.agenda.add(moment, lambda at, to=to, day=day: _advance(world, plan, to, day, at))
    for talk in plan.talks:
        day = day_of(talk.day, world.today)
        moment = world.agenda.at(day, talk.summary, not_before=registered)
        world.agenda.add(moment, lambda at, talk=talk, day=day: _talk(world, plan, talk, day, at))


def _register(world, plan, received_on, at):
    by = world.officer_of(plan.park)
    company = world.company(plan.company, park=plan.park, industry=plan.industry, at=at)
    # A company may be known from another officer's park; its contacts are added once it is known here too.
    lead = actions.register_lead(
        park=world.parks[plan.park],
        company=company,
        title=plan.title,
        received_on=received_on,
        source=plan.source,
        referrer=plan.referrer,
        content=plan.content,
        intended_investment_wan=from_yi(Decimal(plan.yi)),
        industry=plan.industry,
        source_note=plan.source_note,
        is_synthetic=not plan.source_note,
        owner=None if plan.title in NOBODY_YET else by,
        at=at,
        by=by,
    )
    for full_name, post, phone in plan.contacts:
        actions.add_contact(company, full_name=full_name, post=post, phone=phone, is_synthetic=True, at=at, by=by)
    world.leads[plan.title] = lead.pk


def _lead(world, plan):
    return Lead.objects.select_related("park", "company", "owner").get(pk=world.leads[plan.title])


def _advance(world, plan, to, day, at):
    lead = _lead(world, plan)
    shelved = to == S.SHELVED
    actions.advance_lead(
        lead,
        to=to,
        effective_on=day,
        note=plan.shelving_note if shelved else NOTES.get(to, ""),
        shelving_reason=plan.shelving_reason if shelved else "",
        at=at,
        by=lead.owner,
    )


def _talk(world, plan, talk, day, at):
    lead = _lead(world, plan)
    actions.record_interaction(
        park=lead.park,
        company=lead.company,
        lead=lead,
        kind=talk.kind,
        happened_on=day,
        people=plan.contacts[0][0] if plan.contacts else "",
        contacts=lead.company.contacts.filter(full_name=plan.contacts[0][0]) if plan.contacts else (),
        summary=talk.summary,
        next_step=talk.next_step,
        next_step_due_on=world.today + timedelta(days=int(talk.next_on)) if talk.next_on else None,
        is_synthetic=True,
        at=at,
        by=lead.owner,
    )
