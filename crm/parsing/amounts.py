"""Amounts of money in a text, their qualifiers and what they are an amount of. core.money does the conversion."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from core.money import half_up, parse_wan
from crm.parsing.marks import Span, Text

QUALIFIERS = EXACT, ABOUT, MORE, NEARLY, FEWER = ("exact", "about", "more_than", "nearly", "fewer_than")

_BEFORE = {
    ABOUT: "约为 大约 大概 约合 约",
    MORE: "不少于 不低于 超过 突破 至少 多于 高于 超 逾",
    NEARLY: "将近 接近 近",
    FEWER: "不超过 不高于 不足 不到 低于 至多 最多 最高",
}
_BEHIND = {ABOUT: "左右 上下", MORE: "以上", FEWER: "以内 以下"}
_QUALIFIER_OF = {word: name for table in (_BEFORE, _BEHIND) for name, words in table.items() for word in words.split()}


def _any(table: dict[str, str]) -> str:
    return "|".join(sorted((word for words in table.values() for word in words.split()), key=len, reverse=True))


_ENGLISH = {"about": ABOUT, "approx.": ABOUT, "more than": MORE, "over": MORE, "nearly": NEARLY, "less than": FEWER}
_TYPED_BEFORE = re.compile(
    rf"^({_any(_BEFORE)}|{'|'.join(map(re.escape, _ENGLISH))})(?:为|达|到)? ?(?![A-Za-z])", re.IGNORECASE
)
_TYPED_INSIDE = re.compile(r"(?<=[0-9十百千万亿])(?:余|多)(?=[十百千]?[万亿]|元|$)")
_TYPED_BEHIND = re.compile(rf" ?({_any(_BEHIND)})$")

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,12})(?:\.[0-9]{1,6})?"
_CHARACTERS = r"[一二三四五六七八九十百两零]{1,8}(?:点[零一二三四五六七八九]{1,4})?"
_FOREIGN = r"美元|美金|欧元|港元|港币|日元|英镑|韩元|澳元|新台币|加元|新元"
_MONEY = re.compile(
    rf"(?:(?P<before>{_any(_BEFORE)})(?:为|达|到|人民币|RMB)? ?)?"
    r"(?P<sign>US\$|USD ?|[$€£¥])?"
    rf"(?<![0-9.])(?P<number>{_DIGITS}|(?<![第零一二三四五六七八九十百千万两]){_CHARACTERS})"
    rf"(?P<until> ?[-–—~至到] ?(?:{_DIGITS}))? ?"
    r"(?P<some>余|多|来)? ?(?P<unit>个?(?:[十百千](?=[万亿]))?(?:万亿|亿|万)|(?=元))(?P<some_more>余|多)? ?"
    rf"(?P<rest>{_DIGITS}万)? ?"
    rf"(?P<currency>{_FOREIGN}|元人民币|元|人民币)?"
    rf"(?:级)? ?(?P<behind>{_any(_BEHIND)})?"
)
# Without 元 a number with 万 or 亿 is money only where nothing is counted behind it: 1.5亿片, 3万平方米.
_COUNTS_NOTHING = re.compile(
    r"(?: ?$| ?[\n,。;、:!?)(\]】》”\"'…+/]|的(?!人)|投资|项目|建|左右|上下|以[上内下]|级| [^0-9])"
)
_WITHOUT_UNIT = re.compile(
    r"(?:总投资额?|投资总额|投资规模|投资额|投资|总投|想投|拟投)"
    r"(?: ?(?:约为|大概|大约|预计|约|近|超过?|为|是|:|\(|))? ?"
    rf"(?P<number>{_DIGITS})(?= ?(?:$|[\n,。;、!?)(]))"
)

INVESTMENT, OTHER = "investment", "other"
_ROLE_WORDS = {
    INVESTMENT: """
总投资 计划投资 投资总额 投资额 投资规模 预计投资 拟投资 投资 总投 拟投 想投 要投 准备投 能投 投 斥资 总额
""",
    OTHER: """
营业收入 主营收入 服务收入 销售收入 收入 营收 产值 增加值 销售额 利润 税收 纳税 基金 对外投资 研发投入 资金 补助
补贴 奖励 支持 奖补 实缴 注册资本 融资 估值 贷款 授信 券 出口 进口 进出口 交易额 成交额 债券 预算 总规模 规模为 突破
房租 租金 年产 金额
""",
}
_ROLES = sorted(
    ((word, role) for role, words in _ROLE_WORDS.items() for word in words.split()), key=lambda pair: -len(pair[0])
)
_INVESTMENT_BEHIND = re.compile(r"的?[^,。;]{0,2}(?:投资|项目)")
_OTHER_BEHIND = re.compile(
    r"的?(?:产业|专项|财政)?(?:基金|资金|收入|产值|支持|奖励|补助|补贴|贷款|授信|营收|税收|融资)"
)
_REACH = 18
_MANY = re.compile(
    r"(?:[0-9]{1,5}|[几数多十百千]{1,3}|[二三四五六七八九])[余多]?[个项家](?:[^,。;]{0,14}?)(?:项目|企业|公司)"
    r"|(?:项目|企业|公司)(?:共|达|数|总数)?[约近超]?[0-9]{1,5}[余多]?[个项家]|一批|若干|全市|全区|累计|共签约|合计|总计|共计"
)

_COUNTED_BEHIND = re.compile(r"的?(?:[0-9]{1,5}|[几数多十百千两二三四五六七八九]{1,3})[余多]?(?:个|项|家)")


def amounts(text: Text) -> Iterable[Span]:
    for found in _MONEY.finditer(text.plain):
        if span := _amount(text, found):
            yield span
    for found in _WITHOUT_UNIT.finditer(text.plain):
        start, end = found.span("number")
        yield text.span(start, end, "amount", "", unsure=True, asks="unit", qualifier=EXACT, role=INVESTMENT)


def _amount(text: Text, found: re.Match[str]) -> Span | None:
    if not found["currency"] and not found["sign"] and not _is_money(text, found):
        return None
    start = found.start()
    end = len(found[0].rstrip()) + start
    facts = {"qualifier": _qualifier(found), "role": role_of(text, start, end)}
    if found["until"]:
        return text.span(start, end, "amount", "", unsure=True, asks="range", **facts)
    if (found["currency"] or "") in _FOREIGN.split("|") or (found["sign"] or "¥") != "¥":
        return text.span(start, end, "amount", "", unsure=True, asks="currency", **facts)
    try:
        wan = parse_wan(f"{found['number']}{found['unit'].removeprefix('个')}{found['rest'] or ''}元")
    except ValueError:
        return text.span(start, end, "amount", "", unsure=True, asks="unit", **facts)
    return text.span(start, end, "amount", as_text(wan), **facts) if wan else None


def as_text(wan: Decimal) -> str:
    return f"{half_up(wan, 4):f}"


def _is_money(text: Text, found: re.Match[str]) -> bool:
    if not found["unit"] or not _COUNTS_NOTHING.match(text.plain, found.end()):
        return False
    return found["unit"].startswith("个") or role_of(text, found.start(), found.end()) == INVESTMENT


def _qualifier(found: re.Match[str]) -> str:
    if found["before"] or found["behind"]:
        return _QUALIFIER_OF[found["before"] or found["behind"]]
    return MORE if found["some"] or found["some_more"] else EXACT


def split_qualifier(typed: str) -> tuple[str, str]:
    """One typed amount without the word that says how exact it is, and what the word says: ("2.5亿", "about").

    ("…", "") where there is no such word, or more than one: then somebody has to say what is meant.
    """
    clean = unicodedata.normalize("NFKC", typed).strip()
    found = [each for pattern in (_TYPED_BEFORE, _TYPED_INSIDE, _TYPED_BEHIND) if (each := pattern.search(clean))]
    if len(found) != 1:
        return typed, ""
    (word,) = found
    rest = (clean[: word.start()] + clean[word.end() :]).strip()
    if not rest:
        return typed, ""
    return rest, MORE if word.re is _TYPED_INSIDE else _QUALIFIER_OF.get(word[1]) or _ENGLISH[word[1].lower()]


def role_of(text: Text, start: int, end: int) -> str:
    """Of what it is an amount: the nearest word of that kind before it in its clause decides, else one just behind."""
    _clause, clause_end = text.clause(start)
    before = text.plain[max(0, start - _REACH) : start]
    before = before[max(before.rfind(sign) for sign in ",。;!?\n") + 1 :]
    nearest, role = -1, ""
    for word, its_role in _ROLES:
        at = before.rfind(word)
        # A longer word that ends in the same place was looked at first: 对外投资 is no 投资.
        if at >= 0 and at + len(word) > nearest:
            nearest, role = at + len(word), its_role
    if role:
        return role
    behind = text.plain[end : min(clause_end, end + 6)]
    if _OTHER_BEHIND.match(behind):
        return OTHER
    return INVESTMENT if _INVESTMENT_BEHIND.match(behind) else ""


def is_of_many(text: Text, span: Span) -> bool:
    """Whether the amount is the sum of several projects that are only counted, and so belongs to none of them."""
    start, _end = text.sentence(span.start)
    behind = text.plain[span.end : span.end + 14]
    return bool(_MANY.search(text.plain, max(start, span.start - 60), span.start) or _COUNTED_BEHIND.match(behind))
