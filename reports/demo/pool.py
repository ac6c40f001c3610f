"""What of the demo's leads lies in the pool, what one of them still lacks in its assessment, and the zone's rules."""

from datetime import timedelta

from crm import actions
from crm.aspects import Aspect, Rating
from crm.models import Lead

NOBODY_YET = frozenset({"方言语音数据基地"})
"""Logged without an officer."""
RETURNED = {
    "港口数字孪生平台": (1, "研发分部暂无合适空间，投资方更想靠近港口，先退回由其他专员对接。"),
    "曲面屏检测设备": (0, "与手上项目时间冲突，退回。"),
}
"""Title: how many days before the loading its officer gave it back, and why."""
DRAFTED = "硅光封装服务中心"
DRAFT = {
    **{f"{aspect}_rating": Rating.GOOD for aspect in Aspect if aspect not in (Aspect.ENERGY, Aspect.MARKET)},
    "market_rating": Rating.FAIR,
    "market_text": "两家设计公司有意向订单，尚未签框架。",
    "summary": "补硅光封装一环，洁净间需改造。",
}


def plan_pool(world):
    """After `plan_leads`: the leads are there by the time these deeds are due."""
    day = world.today
    add, at_time = world.agenda.add, world.agenda.at
    for title, (days, reason) in RETURNED.items():
        moment = at_time(
            day - timedelta(days=days), f"{title} 退回", not_before=world.now - timedelta(days=days, hours=1)
        )
        add(moment, lambda at, title=title, reason=reason: _give_back(world, title, reason, at))
    add(world.now, lambda at: _draft(world, at))
    add(world.now, lambda at: actions.set_pool_rule(world.parks["QD"], changes={}, at=at, by=world.manager))


def _lead(world, title):
    return Lead.objects.select_related("park", "company", "owner").get(pk=world.leads[title])


def _give_back(world, title, reason, at):
    lead = _lead(world, title)
    actions.return_lead(lead, reason=reason, at=at, by=lead.owner)


def _draft(world, at):
    lead = _lead(world, DRAFTED)
    actions.draft_assessment(lead, given=DRAFT, at=at, by=lead.owner)
