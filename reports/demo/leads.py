"""The demo's leads: who wants what, how far it has come, what was said and what is due."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """One conversation. `next_on` counts from the day of loading: "+3" is in three days."""

    day: str
    kind: str
    people: str
    summary: str
    next_step: str = ""
    next_on: str = ""


@dataclass(frozen=True)
class LeadPlan:
    """One lead. Its path names its stages as project paths do: "L10 2023-12-05 L20 2023-12-06"."""

    park: str
    company: str
    title: str
    yi: str
    industry: str
    source: str
    content: str
    path: str
    talks: tuple[Talk, ...] = ()
    referrer: str = ""
    needs: str = ""
    site_wishes: str = ""
    source_note: str = ""
    is_synthetic: bool = True
    owner: str = ""


APRIL_SOURCE = "企业、项目与总投资见青岛日报（2024年春）；线索过程为演示数据"

BECAME_PROJECTS = (
    LeadPlan(
        "QD-IC",
        "合肥贝斯兰",
        "湿法设备总部落地意向",
        "6.0",
        "C35",
        "outreach",
        "湿法设备总部、研发与生产",
        "L10 2023-11-22 L20 2023-11-23 L31 2023-11-29 L40 2023-12-04 L50 2023-12-08",
        source_note=APRIL_SOURCE,
        is_synthetic=False,
    ),
    LeadPlan(
        "QD-IC",
        "科新微电子",
        "芯片设计总部选址",
        "9.0",
        "I65",
        "referral",
        "芯片设计总部",
        "L10 2023-12-11 L20 2023-12-12 L31 2023-12-18 L40 2023-12-22 L50 2023-12-27",
        source_note=APRIL_SOURCE,
        is_synthetic=False,
    ),
)
LEADS = BECAME_PROJECTS
