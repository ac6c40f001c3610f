"""The demo's first talks: who registered which investor on what proof, what the office said, and one open conflict.

Every day is counted from today, so that there is always one that runs, one that runs out and one that waits.
"""

from dataclasses import dataclass
from datetime import timedelta

from crm import actions
from crm.models import Interaction, Lead
from reports.demo.papers import paper
from reports.demo.steps import day_of


@dataclass(frozen=True)
class FirstTalkPlan:
    """`lead` is the title of one of the demo's leads, `verified` how many days ago the office accepted its contact."""

    lead: str
    registered: str
    verified: str = ""
    chain_fit: str = ""


PLANS = (
    FirstTalkPlan("超薄柔性玻璃", "-29", "-27", "显示产业链盖板环节"),
    FirstTalkPlan("仪表盘总成", "-24", "-22", "车载显示整机配套"),
    FirstTalkPlan("长时储能示范", "-15"),
    FirstTalkPlan("电子级双氧水扩产", "-9"),
)
RIVAL = "长时储能示范"
RIVAL_PARK = "QD-MAT"
RIVAL_DAY = "-12"


def plan_first_talks(world):
    for plan in PLANS:
        _plan(world, plan)
    moment = world.agenda.at(day_of(RIVAL_DAY, world.today), f"{RIVAL} rival")
    world.agenda.add(moment, lambda at: _rival(world, at))


def _plan(world, plan):
    moment = world.agenda.at(day_of(plan.registered, world.today), f"{plan.lead} first talk")
    world.agenda.add(moment, lambda at: _register(world, plan, at))
    if plan.verified:
        day = day_of(plan.verified, world.today)
        judged = world.agenda.at(day, f"{plan.lead} verified", not_before=moment)
        world.agenda.add(judged, lambda at: _verify(world, plan, at))


def _lead(world, title):
    return Lead.objects.select_related("park", "company", "owner").get(pk=world.leads[title])


def _register(world, plan, at):
    lead = _lead(world, plan.lead)
    talk = Interaction.objects.filter(lead=lead).order_by("happened_on").first()
    proof = {"interaction": talk} if talk else {"file": paper("other"), "first_contact_on": lead.received_on}
    actions.register_first_talk(lead, **proof, chain_fit=plan.chain_fit, is_synthetic=True, at=at, by=lead.owner)


def _verify(world, plan, at):
    talk = _lead(world, plan.lead).first_talks.get()
    actions.verify_first_talk(talk, is_accepted=True, at=at, by=world.manager)


def _rival(world, at):
    """Another park has talked to the same investor, and says so on a paper."""
    first = _lead(world, RIVAL)
    officer = world.officer_of(RIVAL_PARK)
    lead = actions.register_lead(
        park=world.parks[RIVAL_PARK],
        company=first.company,
        title="储能电解液与隔膜",
        received_on=at.date() - timedelta(days=6),
        intended_investment_wan=first.intended_investment_wan,
        content="液流储能关键材料",
        is_synthetic=True,
        at=at,
        by=officer,
    )
    actions.register_first_talk(
        lead,
        file=paper("other"),
        first_contact_on=at.date() - timedelta(days=5),
        chain_fit="储能材料环节",
        is_synthetic=True,
        at=at,
        by=officer,
    )
