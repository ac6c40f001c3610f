"""The demo's companies: those named by the press, without a credit code, and what is invented about the others."""

from dataclasses import dataclass

from core.fields import credit_code_check_character
from crm.models import Ownership

O = Ownership  # noqa: E741 - the table below reads better so
PRESS = "企业名称见青岛日报（2024年春）；其余内容为演示数据"


@dataclass(frozen=True)
class Named:
    """A company named in the press; what the article does not say stays empty."""

    ownership: str = ""
    industry: str = ""
    profile: str = ""
    aliases: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    source_note: str = PRESS


NAMED = {
    "翰博光电": Named(industry="C39", profile="背光模组"),
    "合肥贝斯兰": Named(industry="C35", profile="湿法设备"),
    "科新微电子": Named(industry="I65", profile="芯片设计"),
    "青岛中微创芯电子有限公司": Named(industry="C39", profile="智能功率模块设计、封装与测试", aliases=("中微创芯",)),
    "四方思锐": Named(industry="C35", profile="原子层沉积与离子注入设备"),
    "京东方": Named(industry="C39", profile="新型显示产业园链主", grades=("is_chain_master",)),
    "万达光电（青岛）": Named(industry="C39", profile="电路板贴装，距链主不到一公里", aliases=("万达光电",)),
    "中科曙光": Named(industry="I65"),
    "一汽解放": Named(industry="C36"),
    "泰科达": Named(industry="I64"),
    "阿斯利康": Named(industry="C27"),
    "海克斯康": Named(industry="C40"),
    "五洲通达": Named(industry="G59", profile="集成电路备件中心仓，山东省首家，2024年4月落地"),
    "中科仪（南通）半导体设备有限责任公司": Named(
        industry="C35", profile="青岛分公司2024年4月落地", aliases=("中科仪（南通）",)
    ),
    "京东方艺云": Named(profile="2024年到园"),
    "欢创科技": Named(profile="2024年到园"),
    "小派科技": Named(profile="2024年到园"),
    "海信视像": Named(industry="C39", aliases=("青岛海信",)),
    "融合光电": Named(industry="C39"),
}

WITHOUT_PROJECT = {
    "QD-IC": ("五洲通达", "中科仪（南通）半导体设备有限责任公司"),
    "QD-DISP": ("海信视像", "融合光电"),
    "QD-VR": ("京东方艺云", "欢创科技", "小派科技"),
}
"""Companies the article names in a park without an investment that counts."""

OWNERSHIPS = (O.PRIVATE, O.PRIVATE, O.PRIVATE, O.SOE, O.JOINT, O.PRIVATE, O.FOREIGN)
INVENTED_GRADES = {
    "岚沄半导体": ("is_chain_master",),
    "垚合新材": ("is_chain_master",),
    "沄生制药": ("is_leading",),
    "曜屏车显": ("is_leading",),
    "析微仪器": ("is_little_giant",),
    "霁镜光学": ("is_little_giant",),
    "触野传感": ("is_little_giant",),
    "沧氢动力": ("is_little_giant",),
}


def invented_code(serial):
    """A credit code with a right check character in an administrative division (379900) that does not exist."""
    first = f"91379900MADEM{serial:04d}"
    return first + credit_code_check_character(first)


def facts_about(name, *, industry, serial):
    """What `register_company` is told about a company."""
    known = NAMED.get(name)
    if known is not None:
        return {
            "ownership": known.ownership,
            "industry": known.industry,
            "profile": known.profile,
            "aliases": known.aliases,
            "source_note": known.source_note,
            **dict.fromkeys(known.grades, True),
        }
    # An article that names a project but no investor gets a stand-in, which is no company and has no code.
    stand_in = name.endswith("（演示）")
    return {
        "ownership": "" if stand_in else OWNERSHIPS[serial % len(OWNERSHIPS)],
        "industry": industry,
        "credit_code": "" if stand_in else invented_code(serial),
        "is_synthetic": True,
        **dict.fromkeys(INVENTED_GRADES.get(name, ()), True),
    }
