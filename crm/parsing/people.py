"""People in a text: a name beside a post, beside a number, or alone on the line of a business card."""

import re
from collections.abc import Iterable

from crm.parsing.marks import Span, Text

_SURNAMES = """
王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪
范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄
聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂苗谷曲盛冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶
牟艾尤阳穆农卓古吉缪简车连芦麦褚娄窦戚岑景费卜晏席卫柏宗瞿桂佟应臧闵苟邬边卞姬栾隋刁沙荣巫寇桑甄丛仲虞敖巩佘池查麻苑
迟邝官封谈匡鞠荆冀郁胥储栗燕楚鄢劳谌奚皮粟冼蔺楼郜阚花权强帅窦
"""
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒"
_SURNAME = f"(?:{_COMPOUND}|[{''.join(_SURNAMES.split())}])"
_HAN = r"[\u4e00-\u9fff]"
_POSTS = """
董事长 副董事长 总经理 副总经理 执行董事 总裁 副总裁 总监 副总监 总工程师 创始人 联合创始人 合伙人 首席执行官
首席技术官 法定代表人 法人代表 招商总监 招商经理 项目经理 投资总监 投资经理 客户经理 业务经理 大区经理 区域经理
部门经理 经理 主任 副主任 处长 副处长 局长 副局长 科长 副科长 部长 副部长 院长 副院长 所长 副所长 校长 厂长 书记
副书记 市长 副市长 区长 副区长 秘书长 会长 秘书 主管 专员 院士 教授 博士 工程师 董秘 助理 CEO CTO COO CFO
"""
_POST = "|".join(sorted(_POSTS.split(), key=len, reverse=True))
_LABEL = "联系人|联系方式|对接人|负责人|经办人|项目负责人|联络人|姓名|法人|法定代表人"
_ADDRESSED = "先生|女士|小姐|老师"
_REPORTER = "记者|通讯员|摄影|编辑|作者"
# What follows a name and is no part of it.
_NO_GIVEN = (
    "说表介在和与等告认指透是为的将带及电总主副接出任率向对称也就从兼到来给把被半让已正还都会要能可并则步"
    "参亲联负经邮手微董部处科所院先女小老现从事宣致讲谈"
)
_GIVEN = rf"(?![{_NO_GIVEN}]){_HAN}(?:(?![{_NO_GIVEN}]){_HAN})?"
_NAME = rf"{_SURNAME}{_GIVEN}"
_SPACED = rf"{_SURNAME} {_HAN}(?!{_HAN})"
_START = rf"(?<!{_HAN})"
_CALLED = re.compile(
    rf"(?P<post>{_POST}|{_LABEL}|{_REPORTER})(?:[:是] ?| {{0,3}})(?P<name>{_SPACED}|{_NAME})(?![省市区县园])"
)
_WITH_POST = re.compile(
    rf"(?:{_START}|(?<=[的和与及由请是找]))(?P<name>{_SPACED}|{_NAME}) ?[,(]?(?P<post>{_POST}|{_ADDRESSED})"
)
_AT_COMPANY = re.compile(
    rf"(?:(?<=公司)|(?<=公司的))(?P<name>{_NAME})"
    rf"(?=[,。;、 \n(!]|$|总(?![部投经量面额体理裁监书公规包产数收是会计人共工长和的结装站店])|{_POST}|{_ADDRESSED})"
)
_SELF = re.compile(rf"(?:(?<=我是)|(?<=我叫))(?P<name>{_NAME})(?=[,。;、 \n(!]|$)")
_BY_SURNAME = re.compile(
    rf"(?<![担出兼原现历时责主委专信聘])(?P<name>{_SURNAME}(?:"
    r"总(?![部投经量面额体理裁监书公规包产数收是会计人共工长和的结装站店])|工(?=[,。 说来电]|$)|董(?!事)"
    r"|经理|主任|处长?|局长?|科长|先生|女士|院长|所长|部长|教授|博士)(?![您你]?好))"
)
_CARD_LINE = re.compile(rf"(?m)^ *(?P<name>{_SPACED}|{_SURNAME}{_HAN}{{1,2}})(?= *$| {{1,4}}(?:{_POST}))")
_BEFORE_PHONE = re.compile(
    rf"(?:{_START}|(?<=[的是叫]))(?P<name>{_NAME}) ?[:,( ]? ?(?:(?:联系)?电话|手机号?码?|Tel|TEL|tel)?[: ]?"
    r"(?=\+?(?:86)?[ -]?1[3-9][0-9])"
)
# Whom a message is addressed to is somebody here, and nobody of the company it tells of.
_HONORIFIC = rf"(?:总|工|董|处|局|{_POST}|{_ADDRESSED})"
_ADDRESSEE = re.compile(
    rf"(?:{_START}|(?<=尊敬的|亲爱的))(?P<name>{_SURNAME}(?:{_GIVEN})??{_HONORIFIC})"
    r"(?= ?[,:!]? ?(?:[您你]好|(?:早上|上午|中午|下午|晚上|新年|大家)?好(?=[,。!\n ]|$)|早(?=[,。!\n ]|$)|打扰|辛苦)"
    r"|[,:]? ?我(?:是|叫|们|司|公司|这)|[:,] *\n)"
)
_NO_NAME_WORDS = """
高新 高端 高层 国家 国内 海洋 方面 方案 平台 平均 全国 全市 万元 项目 华东 华北 江苏 江西 江北 江门 金融 安全 时间
时代 常务 文化 文旅 成立 明确 明年 应用 相关 有限 原有 从事 关于 关键 连续 解决 计划 计算 支持 支撑 重点 信息 智能
智慧 强化 元器 公司 公共 利用 来自 初步 门户 平方 通讯 商务 商业 管理 营业 宣传 房地 封装 容量 边缘 经济 经营 和谐
党组 米兰 同志 施工 单位 单独 常年 白天 石墨 石化 文明 文创 陆续 康复 金属 易邦 毛利 全力 全面 项目负 符合 方式 方便
左右 章程 成都 成果 宁波 宁夏 南京 安徽 于是 于去 路演 时任 高级 包装 印刷 向上 应急 干细 温度
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
REPORTER, CONTACT, PERSON = "reporter", "contact", "person"


def people(text: Text) -> Iterable[Span]:
    taken: set[int] = set()
    for found in _ADDRESSEE.finditer(text.plain):
        taken.update(range(*found.span("name")))
    for pattern in (_BEFORE_PHONE, _SELF, _CALLED, _WITH_POST, _CARD_LINE, _AT_COMPANY, _BY_SURNAME):
        for found in pattern.finditer(text.plain):
            start, end = found.span("name")
            name = found["name"].replace(" ", "")
            if name[:2] in _NO_NAME or not taken.isdisjoint(range(start, end)):
                continue
            taken.update(range(start, end))
            yield text.span(start, end, "person", name, role=_role(pattern, found))


def _role(pattern: re.Pattern[str], found: re.Match[str]) -> str:
    post = found.groupdict().get("post") or ""
    if post and re.fullmatch(_REPORTER, post):
        return REPORTER
    if pattern in (_BEFORE_PHONE, _SELF) or re.fullmatch(_LABEL, post or "-"):
        return CONTACT
    return PERSON
