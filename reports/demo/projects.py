"""The demo's projects: what they are, in which days they moved, and the deeds that differ from the usual.

A project of the table takes two or three lines under the code of its park: name, investor, total in 亿元, industry,
site and content; its path; and the source of what is printed somewhere. A path reads as in the trade:
"P60 2023-01-12 P90 2023-05-18" was signed on the one day and started on the other. Days like "-40" count back from the
day of loading. `reports.demo.steps` adds the usual steps between.

The amounts are chosen so that the eight parks stand on 2024-03-31 at 在建 50 / 1351.4 亿元 and 待开工 13 / 337.9 亿元
(printed), on 2024-04-30 at 待开工 15 / 352.9 (printed), and 投产 48 / 630.4 (invented). Until 2024-04-30 nothing may
move without these staying true: tests/reports/test_demo_data.py says so.
"""

from dataclasses import dataclass
from datetime import date

from projects.lifecycle import SiteMode
from reports.demo.project_table import TABLE

SOURCE = "※ "


@dataclass(frozen=True)
class Plan:
    """One project. `yi` is the total in 亿元 at the signing, or as planned before it."""

    park: str
    name: str
    company: str
    yi: str
    industry: str
    site: SiteMode
    content: str
    path: str
    source_note: str
    is_synthetic: bool
    lead: str


APRIL_LEADS = {
    "合肥贝斯兰湿法设备总部研发生产基地": "湿法设备总部落地意向",
    "科新微电子芯片设计总部": "芯片设计总部选址",
}
"""The projects that came of a lead, and its title."""

TOTAL_IN_THE_PRESS = ("翰博光电生产基地", *APRIL_LEADS)
"""Projects whose total is printed; a total that is ours makes the whole project demo data.

These do not move further than the article goes: what became of them is not ours to invent.
"""


def _plans(table):
    park, block = "", []
    for line in [*table.splitlines(), ""]:
        if block and not line.startswith(" "):
            yield _plan(park, *block)
            block = []
        if line.startswith("["):
            park = line.strip("[]")
        elif line and not line.startswith("#"):
            block.append(line.strip())


def _plan(park, row, *rest):
    name, company, yi, industry, site, content = row.split(" | ")
    return Plan(
        park,
        name,
        company,
        yi,
        industry,
        SiteMode(site),
        content,
        path=" ".join(line for line in rest if not line.startswith(SOURCE)),
        source_note="".join(line.removeprefix(SOURCE) for line in rest if line.startswith(SOURCE)),
        is_synthetic=name not in TOTAL_IN_THE_PRESS,
        lead=APRIL_LEADS.get(name, ""),
    )


PLANS = tuple(_plans(TABLE))


@dataclass(frozen=True)
class Recorded:
    """When a step was recorded and verified, where it was not done in the usual rhythm."""

    project: str
    code: str
    recorded_on: date
    verified_on: date | None = None


RECORDED = (
    Recorded("翰博光电生产基地", "P60", date(2024, 2, 26), date(2024, 2, 28)),
    Recorded("翰博光电生产基地", "P90", date(2024, 3, 1), date(2024, 3, 4)),
    Recorded("翰博光电生产基地", "P110", date(2024, 3, 8), date(2024, 3, 11)),
)

REASONS = {
    ("海洋创新药物中试基地", "X10"): "投资方调整研发管线，双方商定暂停建设，每月会商一次复工条件。",
    ("虚拟现实显示模组配套", "X30"): "投资方产能转投既有基地，未供地，协议经双方同意终止，无补偿。",
}


@dataclass(frozen=True)
class Correction:
    """A signed total put right later; the old one stays as what was believed before."""

    project: str
    yi: str
    reason: str
    recorded_on: date
    verified_on: date


CORRECTIONS = (
    Correction(
        "翰博光电生产基地",
        "50.0",
        "补充协议约定二层洁净间，签约当日总投资应为50亿元。",
        date(2024, 4, 9),
        date(2024, 4, 10),
    ),
)


@dataclass(frozen=True)
class Increase:
    project: str
    yi: str
    effective_on: str
    reason: str
    is_pending: bool = False


INCREASES = (
    Increase("车载曲面盖板玻璃", "10.0", "2024-01-24", "增资协议：增加车载抗反射镀膜产线，只计增量。"),
    Increase("先进封装测试基地", "8.0", "2024-11-12", "增资协议：增加系统级封装二线，只计增量。"),
    Increase("重组蛋白药物生产基地", "6.5", "-6", "增资协议：增加预充针制剂线，只计增量。", is_pending=True),
)


@dataclass(frozen=True)
class Transfer:
    project: str
    to_park: str
    effective_on: date
    reason: str


TRANSFERS = (
    Transfer(
        "工业视觉大模型训练基地",
        "QD-VR",
        date(2024, 9, 10),
        "训练场地改在虚拟现实产业园，经市招商办协调流转，统计归属随之调整。",
    ),
)


@dataclass(frozen=True)
class Report:
    """A step reported lately: waiting for its verdict, or rejected."""

    project: str
    code: str
    effective_on: str
    recorded_on: str
    rejected_on: str = ""
    reason: str = ""


REPORTS = (
    Report("车规级MCU测试中心", "P120", "-13", "-9"),
    Report("射频前端模组", "P90", "-11", "-8"),
    Report("电解水制氢装备", "P120", "-10", "-7"),
    Report("光学级膜材", "P110", "-8", "-5"),
    Report("空间计算终端制造基地", "P120", "-6", "-2"),
    Report("细胞治疗制备中心", "P120", "-4", "-1"),
    Report(
        "激光投影光机",
        "P90",
        "-30",
        "-27",
        "-22",
        "现场只完成场地平整，没有桩基或主体施工，按口径不算开工。补充照片后再报。",
    ),
)


@dataclass(frozen=True)
class ProjectTalk:
    """A conversation about a project; the next step is due so many days after the loading."""

    project: str
    day: str
    kind: str
    people: str
    summary: str
    next_step: str
    next_on: int


PROJECT_TALKS = (
    ProjectTalk(
        "化合物半导体外延", "-5", "meeting", "项目组", "补齐能耗测算，联审意见只剩环保一项。", "催环保窗口意见", 2
    ),
    ProjectTalk(
        "芯片测试设备", "-14", "visit", "总经理办公室", "看样机与客户名单，二期产能未定。", "要两年财务报表", -3
    ),
    ProjectTalk("量子点膜产线", "-3", "meeting", "法务与财务", "协议文本已对三稿，违约条款待定。", "定违约条款", 1),
    ProjectTalk("车载曲面屏贴合", "-8", "video", "工艺部", "确认无尘等级与层高，可用现有厂房。", "约看厂房", 0),
    ProjectTalk("智算液冷机柜", "-4", "call", "投资部", "上会材料齐备，等专题会排期。", "问专题会日期", 3),
    ProjectTalk("眼动交互模组", "-20", "wechat", "市场部", "对方在比较两地租金。", "送租金方案", -6),
    ProjectTalk("微创介入器械", "-6", "reception", "注册部", "来园看洁净车间，关心检测配套。", "约检测机构同谈", 4),
    ProjectTalk("电堆双极板", "-12", "meeting", "总工办", "产线布局已出，待供氢价格。", "测算供氢价格", 6),
)
