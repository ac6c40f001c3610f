"""The demo's signing events and their lists."""

from dataclasses import dataclass
from datetime import date

from projects.models import SigningKind

F = SigningKind


@dataclass(frozen=True)
class Event:
    park: str
    name: str
    held_on: date
    place: str = ""
    note: str = ""
    source_note: str = ""
    entries: tuple[tuple[str, SigningKind], ...] = ()


EVENTS = (
    Event(
        "QD-MAIN",
        "蓝贝国际创新创业大赛总决赛集中签约",
        date(2019, 12, 13),
        "红岛会展中心",
        "10个拟落户参赛项目集中签约，名单未见报道，不计入任何总数。",
        "青岛高新区专版，2020年初",
    ),
    Event(
        "QD-MAIN",
        "与中国系统签订战略合作协议",
        date(2019, 12, 18),
        note="战略合作协议，不计入任何总数。",
        source_note="青岛高新区专版，2020年初",
    ),
    Event(
        "QD-MAIN",
        "青岛·中关村信息谷创新中心揭牌",
        date(2020, 1, 9),
        note="首批18家企业拟签约，名单未见报道，不计入任何总数。",
        source_note="青岛高新区专版，2020年初",
    ),
    Event(
        "QD-IC",
        "2023年一季度集成电路项目签约",
        date(2023, 2, 16),
        entries=(("12英寸特色工艺晶圆线", F.FORMAL), ("先进封装测试基地", F.FORMAL)),
    ),
    Event(
        "QD-SPEC",
        "2023年专业园区推介会",
        date(2023, 9, 28),
        note="名单上已在别处签约的项目只展示，不再计数。",
        entries=(
            ("光学级膜材", F.FORMAL),
            ("高性能碳纤维", F.FORMAL),
            ("先进封装测试基地", F.FORMAL),
            ("港口氢能示范合作", F.FRAMEWORK),
        ),
    ),
    Event(
        "QD-DISP",
        "2024年新型显示产业招商会",
        date(2024, 2, 26),
        entries=(("翰博光电生产基地", F.FORMAL), ("车载曲面盖板玻璃", F.INCREASE)),
    ),
    Event(
        "QD-IC",
        "2024年4月集成电路产业园集中签约",
        date(2024, 4, 16),
        note="一周内签约两个项目；日期为演示数据。",
        source_note="青岛日报，2024年春",
        entries=(("合肥贝斯兰湿法设备总部研发生产基地", F.FORMAL), ("科新微电子芯片设计总部", F.FORMAL)),
    ),
    Event(
        "QD-BIO",
        "2024年生物医药对接会",
        date(2024, 10, 24),
        entries=(("抗体偶联药物中试平台", F.FORMAL),),
    ),
)
