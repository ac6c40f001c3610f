"""The demo's parks and people, and who works where."""

from dataclasses import dataclass
from decimal import Decimal

from parks.access import Role
from parks.models import Park, ParkKind

SPRING_2024 = "青岛日报，2024年春，数据截至2024年3月底"
OCTOBER_2024 = "青岛日报，2024-10-21"
FEBRUARY_2022 = "青岛财经日报，2022-02-23"
EARLY_2020 = "青岛高新区专版，2020年初"


@dataclass(frozen=True)
class DemoPark:
    code: str
    parent: str
    name: str
    short_name: str
    kind: ParkKind
    district: str = ""
    leading_industries: str = ""
    aliases: tuple[str, ...] = ()
    source_note: str = SPRING_2024
    planned_area_sqkm: Decimal | None = None
    five_ones: bool = False

    def fields(self, sort_order):
        return {
            "short_name": self.short_name,
            "kind": self.kind,
            "district": self.district,
            "leading_industries": self.leading_industries,
            "planned_area_sqkm": self.planned_area_sqkm,
            "source_note": self.source_note,
            "sort_order": sort_order,
            **dict.fromkeys(Park.FIVE_ONES, self.five_ones),
        }


K = ParkKind
ZONE = DemoPark(
    "QD",
    "",
    "青岛国家高新区",
    "青岛高新区",
    K.ZONE,
    "青岛市",
    "一区多园",
    ("青岛国家高新技术产业开发区", "青岛高新区一区多园"),
    FEBRUARY_2022,
    Decimal(467),
)
GROUP = DemoPark(
    "QD-SPEC", "QD", "青岛市新兴产业专业园区", "专业园区", K.GROUP, "环胶州湾", "一园一业", ("8个专业园区",)
)


def _special(code, name, short_name, district, leading_industries, *aliases):
    """One of the eight listed parks: all of them have the five ones."""
    return DemoPark(
        code, "QD-SPEC", name, short_name, K.SPECIALISED, district, leading_industries, aliases, five_ones=True
    )


EIGHT = (
    _special(
        "QD-IC",
        "青岛市集成电路产业园",
        "集成电路",
        "青岛自贸片区",
        "集成电路设计、制造、封测与装备",
        "集成电路产业园",
        "青岛市集成电路产业园区",
    ),
    _special(
        "QD-DISP",
        "青岛市新型显示产业园",
        "新型显示",
        "青岛经济技术开发区",
        "显示模组、显示材料与整机",
        "新型显示产业园",
    ),
    _special(
        "QD-AI",
        "青岛市人工智能产业园",
        "人工智能",
        "崂山区",
        "算力、大模型与行业应用",
        "人工智能产业园",
        "智算谷核心区",
    ),
    _special("QD-VR", "青岛市虚拟现实产业园", "虚拟现实", "崂山区", "整机、光学模组与内容制作", "虚拟现实产业园"),
    _special(
        "QD-BIO",
        "青岛市生物医药及医疗器械产业园",
        "生物医药",
        "青岛高新区",
        "生物医药、医疗器械",
        "生物医药及医疗器械产业园",
    ),
    _special(
        "QD-INST", "青岛市精密仪器仪表产业园", "精密仪器", "青岛高新区", "测量仪器、传感器与仪表", "精密仪器仪表产业园"
    ),
    _special(
        "QD-MAT",
        "青岛市绿色低碳新材料产业园",
        "新材料",
        "董家口",
        "高分子、金属与绿色化工新材料",
        "绿色低碳新材料产业园",
        "绿色低碳新材料园区",
    ),
    _special(
        "QD-H2",
        "青岛市氢能与储能产业园",
        "氢能储能",
        "董家口",
        "制氢装备、燃料电池与储能",
        "氢能与储能产业园",
        "氢能产业园",
    ),
)
INNER = (
    DemoPark("QD-DISP-KT", "QD-DISP", "开投芯屏产业园", "开投芯屏", K.INNER, "青岛经济技术开发区", "显示配套载体"),
    DemoPark("QD-DISP-RA", "QD-DISP", "融安光电科技园", "融安光电", K.INNER, "青岛经济技术开发区", "显示配套载体"),
    DemoPark("QD-DISP-LD", "QD-DISP", "联东U谷", "联东U谷", K.INNER, "青岛经济技术开发区", "显示配套载体"),
)
OTHERS = (
    DemoPark(
        "QD-MAIN",
        "QD",
        "胶州湾北部主园区",
        "主园区",
        K.MAIN,
        "城阳区",
        "生物医药及医疗器械、新一代信息技术、智能制造、现代服务业",
        ("红岛", "青岛国家高新区胶州湾北部主园区"),
        OCTOBER_2024,
    ),
    DemoPark(
        "QD-RAIL",
        "QD",
        "青岛轨道交通产业示范区",
        "轨道交通",
        K.SUB,
        "",
        "轨道交通装备",
        ("示范区",),
        OCTOBER_2024,
    ),
    DemoPark(
        "QD-TECH",
        "QD",
        "青岛高科技工业园",
        "崂山高科园",
        K.SUB,
        "崂山区",
        "虚拟现实、海洋药物",
        ("崂山高科园区",),
        OCTOBER_2024,
    ),
    DemoPark(
        "QD-BLUE",
        "QD",
        "蓝色硅谷核心区",
        "蓝谷",
        K.SUB,
        "",
        "海洋科研与成果转化",
        ("蓝谷核心区",),
        OCTOBER_2024,
    ),
    DemoPark("QD-FIN", "QD", "金家岭金融聚集区", "金家岭", K.SUB, "崂山区", "金融", (), FEBRUARY_2022),
    DemoPark("QD-SEA", "QD", "海洋科技创新及成果孵化带", "海洋带", K.SUB, "", "海洋科技", ("一带",), FEBRUARY_2022),
    DemoPark("QD-GENE", "QD", "中德基因科技产业培育园区", "基因科技", K.CULTIVATED, "", "基因科技", (), OCTOBER_2024),
    DemoPark(
        "QD-NEV", "QD", "莱西市新能源汽车培育园区", "莱西新能源", K.CULTIVATED, "莱西市", "新能源汽车", (), OCTOBER_2024
    ),
)
PARKS = (ZONE, GROUP, *EIGHT, *INNER, *OTHERS)


@dataclass(frozen=True)
class DemoPerson:
    """A sign-in. Every name is invented."""

    username: str
    full_name: str
    role: Role
    parks: tuple[str, ...]


BAY_WEST = ("QD-IC", "QD-DISP", "QD-AI", "QD-VR")
BAY_NORTH = ("QD-BIO", "QD-INST", "QD-MAT", "QD-H2")
ADMIN = DemoPerson("admin", "高原", Role.ADMINISTRATOR, ("QD",))
PEOPLE = (
    ADMIN,
    DemoPerson("officer", "林知遥", Role.OFFICER, BAY_WEST),
    DemoPerson("colleague", "周敏之", Role.OFFICER, BAY_WEST),
    DemoPerson("outsider", "何其远", Role.OFFICER, BAY_NORTH),
    DemoPerson("operator", "孟佳禾", Role.OPERATOR, BAY_WEST),
    DemoPerson("manager", "陆衡", Role.MANAGER, ("QD",)),
    DemoPerson("auditor", "秦川", Role.AUDITOR, ("QD",)),
)

OFFICER_OF = {"QD-IC": "officer", "QD-DISP": "officer", "QD-AI": "colleague", "QD-VR": "colleague"} | dict.fromkeys(
    BAY_NORTH, "outsider"
)
OPERATOR_OF = dict.fromkeys(BAY_WEST, "operator") | dict.fromkeys(BAY_NORTH, "outsider")


def whole_park(code):
    """The park among the eight in which `code` lies: "QD-DISP-KT" lies in "QD-DISP"."""
    return "-".join(code.split("-")[:2])
