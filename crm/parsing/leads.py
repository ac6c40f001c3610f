"""From recognised spans to the leads a text offers: who, how much, where, what for, when, and whom to call.

An amount goes to the company its clause names: in 总投资6亿元的甲项目 to what stands behind it, in 甲拟投资6亿元 to
what stands before it, in 甲、乙分别投资6亿元和9亿元 in order. The sum of projects only counted is nobody's.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from crm.names import normal_name
from crm.parsing.amounts import INVESTMENT, is_of_many
from crm.parsing.companies import name_start, split_project
from crm.parsing.days import COMING, DAY, MONTH
from crm.parsing.marks import Span, Text
from crm.parsing.people import CONTACT, REPORTER
from crm.parsing.trades import industry_of
from crm.regions import place_in_front

MOST_LEADS = 20
REACH = 300
"""How far before an amount, in characters, the company is looked for whose amount it is."""
NEAR = 12
"""How far before a number, in characters, the person stands whose number it is."""
SHORT = 1200
"""Up to this length a text is a message: whoever is named in it is meant."""

_BEHIND = re.compile(
    r"[^\S\n]?的?[“\"《]?([\u4e00-\u9fffA-Za-z0-9·()&\-]{2,44}?)[”\"》]?"
    r"(项目|(?=[,。;、!?\n“”\"》]|正在|和总投资|签约|落户|落地|落成|开工|奠基|投产|已|将|拟|计划|预计|顺利|成功|等|是|$))"
)
_GOES_ON = re.compile(r"^(?:该|此|本|这个|其)?(?:项目|公司)?(?:计划|预计|总|一期|首期|拟|将)*(?:投资|总投)")
_TOLD = re.compile(r"^(?:据悉|据介绍|据了解|当地|当天|该)")
_PART_ONLY = re.compile(r"其中|一期|首期|二期|固定资产|设备投资|首年|年度|每年|今年完成|已完成|累计完成|到位")
_RESPECTIVELY = re.compile(r"分别|依次")
_INTENT = re.compile(
    r"拟|计划|意向|有意|意愿|考察|洽谈|想|来访|来电|对接|选址|找|看|咨询|了解|洽商|需要|需求|希望|打算|准备|投资|扩产|落户|建设|设立"
)
_INTENT_IN_AN_ARTICLE = re.compile(r"拟|意向|有意|来访|来电|选址|咨询|打算|计划在|计划投资|计划建设")
_PROJECT = re.compile(r"项目")
_BUILT = re.compile(r"(?:基地|总部|中心|项目|园|线|厂|产业园|工程|平台)$")
_NOBODY = re.compile(
    r"[的了]|企业|公司$|项目|客户|老板|^(?:我|你|他|她|它|该|此|其|总|预|计|共|也|又|能|可|资|金|首|一|二|三|双方|对方|目前|今年|政府|园区|全区|全市)|方$|人$"
)
_PREFIX_END = re.compile(r"拟|计划|预计|将|总投|投资|在|准备|想|打算|有意|意向|来|要|投|斥资")
_IN_FRONT = re.compile(r"^(?:[0-9一二三四五六七八九十]+[.、)]|[-*•●·] ?|由|据悉|其中|另外|此外|同时|而|,| )+")
_WORK = re.compile(r"(?:.*(?:建设|打造|实施|启动|投资|布局|推进|元|年产))(?=.{2})")


@dataclass(slots=True)
class Lead:
    """One lead a text offers.

    `asks` names what a person has to settle: company, unit, range, currency, code, several.
    """

    company: str = ""
    title: str = ""
    credit_code: str = ""
    amount: Span | None = None
    park: str = ""
    industry: str = ""
    day: Span | None = None
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0

    @property
    def total_investment_wan(self) -> str:
        return self.amount.value if self.amount else ""

    @property
    def qualifier(self) -> str:
        return self.amount.qualifier if self.amount else ""

    @property
    def happened_on(self) -> str:
        return self.day.value if self.day else ""


class Finder:
    def __init__(self, text: Text, spans: list[Span]) -> None:
        self.text = text
        self.spans = spans
        self.starts = [span.start for span in spans]
        self.leads: list[Lead] = []
        self.is_short = len(text.plain) <= SHORT

    def find(self) -> list[Lead]:
        for start, end in self.text.each_sentence():
            inside = [span for span in self._among(start, end, "amount") if self._is_investment(span)]
            if inside and not self._in_order(inside, start, end):
                for span in inside:
                    self._of_amount(span, start, end)
        self._of_intent()
        if self.is_short:
            self._of_message()
        self.leads = _without_repeats(self.leads)[:MOST_LEADS]
        for lead in self.leads:
            self._fill(lead)
        if self.is_short and not any(lead.phones for lead in self.leads):
            for lead in self.leads:  # one number for whatever the message names
                lead.spans = [span for span in lead.spans if span.kind not in ("person", "email")]
                self._people(lead, (0, len(self.text.plain)))
                lead.spans.sort(key=lambda span: span.start)
        return self.leads

    def _among(self, start: int, end: int, *kinds: str) -> list[Span]:
        """The spans that begin in this part of the text; of `kinds` only, where any is named."""
        part = self.spans[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
        return [span for span in part if span.kind in kinds] if kinds else part

    @property
    def companies(self) -> list[Span]:
        return [span for span in self.spans if span.kind == "company"]

    @property
    def is_full(self) -> bool:
        return len(self.leads) >= MOST_LEADS

    def _is_investment(self, span: Span) -> bool:
        if span.role == INVESTMENT:
            return True
        start, end = self.text.sentence(span.start)
        words = self.text.plain[max(start, span.start - 80) : min(end, span.end + 80)]
        return not span.role and self.is_short and bool(re.search(r"投|项目|建|厂", words))

    # Which company an amount belongs to.

    def _in_order(self, amounts: list[Span], start: int, end: int) -> bool:
        """甲、乙分别投资6亿元和9亿元: as many companies before the word as amounts behind it."""
        word = _RESPECTIVELY.search(self.text.plain, start, end)
        behind = [span for span in amounts if word and span.start > word.start()]
        named = self._subjects(max(start, word.start() - REACH), word.start()) if word else []
        if len(behind) < 2 or len(behind) != len(named):
            return False
        for lead, span in zip(named, behind, strict=True):
            self._take(lead, span)
        return True

    def _of_amount(self, span: Span, start: int, end: int) -> None:
        if self.is_full or is_of_many(self.text, span):
            return
        start = max(start, span.start - REACH)
        lead = self._named_behind(span, end) or self._named_before(span, start)
        if lead is not None:
            self._take(lead, span)

    def _named_behind(self, span: Span, end: int) -> Lead | None:
        plain = self.text.plain
        if not re.match(r"[^\S\n]?的", plain[span.end : span.end + 2]):
            return None
        found = _BEHIND.match(plain, span.end, min(end, span.end + 60))
        if found is None or re.match(r"项目|企业|公司|产业|大", found[1]):
            return None
        company = next(iter(self._among(found.start(1), found.end(1), "company")), None)
        if company and company.role == "formed":
            return self._lead(company, found.start(1), found.end(), found[1].replace(company.value, "", 1))
        name, product = split_project(found[1])
        if not name and company:
            name, product = company.value, found[1].replace(company.value, "", 1)
        return self._project(name, product, found.start(1), found.end(1), whole=found[1])

    def _project(self, name: str, product: str, start: int, end: int, *, whole: str) -> Lead:
        lead = Lead(company=name or whole, title=whole, start=start, end=end)
        if not name:
            lead.asks.append("company")
        length = len(name or whole)
        span = self.text.span(
            start, start + length, "company", name or whole, unsure=not name, asks="" if name else "company"
        )
        self._mark(span)
        lead.spans.append(span)
        lead.title = whole if product or not name else ""
        return lead

    def _mark(self, span: Span) -> None:
        """Put the company of a project among the spans, in place of what was taken for one or for an industry there."""
        first = bisect_left(self.starts, span.start)
        if first and self.spans[first - 1].end > span.start:
            first -= 1
        last = bisect_left(self.starts, span.end)
        there = self.spans[first:last]
        stays = [each for each in there if each.kind in ("park", "amount")]
        self.spans[first:last] = stays or [span]
        self.starts[first:last] = [each.start for each in self.spans[first : first + len(stays or [span])]]

    def _named_before(self, span: Span, start: int) -> Lead | None:
        before = self.text.plain[start : span.start]
        if subjects := self._subjects(start, span.start):
            lead = subjects[-1]
            if re.search(r"共同|联合|携手", before) and len(subjects) > 1:
                lead = subjects[0]
                lead.asks.append("several")
            return None if self._has_amount(lead) else lead
        if lead := self._brand_before(span):
            return lead
        if _GOES_ON.match(before.strip()) or _TOLD.match(before.strip()) or (self.is_short and len(before) < 16):
            block_start, _end = self.text.block(span.start)
            earlier = self._subjects(max(block_start, start - REACH), start)
            if earlier and not self._has_amount(earlier[-1]):
                return earlier[-1]
        return None

    def _has_amount(self, lead: Lead) -> bool:
        return any(each.start == lead.start and each.amount for each in self.leads)

    def _brand_before(self, span: Span) -> Lead | None:
        """科新微电子拟投资9亿元: no legal form, but a trade or a product in the words in front of the verb."""
        clause, _end = self.text.clause(span.start)
        clause = max(clause, span.start - REACH)
        words = self.text.plain[clause : span.start]
        for other in self._among(clause, span.start, "date", "park"):  # may stand in front of the name
            if other.end <= span.start:
                words = words.replace(self.text.plain[other.start : other.end], "\n" * len(other))
        words = re.split(r"\n|的", words)[-1]
        front = _IN_FRONT.match(words)
        offset = front.end() if front else 0
        stop = _PREFIX_END.search(words, offset)
        name = words[offset : stop.start() if stop else len(words)].strip(" ,:")
        if not 2 <= len(name) <= 30 or re.search(r"[^\u4e00-\u9fffA-Za-z0-9·()&\-]", name):
            return None
        company, product = split_project(name)
        if stop and len(name) <= 8 and not _BUILT.search(name) and not _NOBODY.search(name):
            company, product = name, ""  # whoever stands right before "plans to invest"
        start = span.start - len(words) + words.index(name, offset)
        return self._project(company, product, start, start + len(name), whole=name) if company else None

    def _subjects(self, start: int, end: int) -> list[Lead]:
        """Companies and projects named from `start` to `end`; a project with a company of its own counts as one."""
        found = [
            self._lead(span, span.start, span.end, "") for span in self._among(start, end, "company") if span.end <= end
        ]
        for project in _PROJECT.finditer(self.text.plain, start, end):
            begins = name_start(self.text.plain, project.start())
            run = self.text.plain[begins : project.start()]
            if work := _WORK.match(run):
                begins, run = begins + work.end(), run[work.end() :]
            if len(run) < 4 or begins < start:
                continue
            held = [lead for lead in found if begins <= lead.start < project.end() or 0 <= begins - lead.end <= 24]
            if held:
                held[-1].title, held[-1].end = run, max(held[-1].end, project.end())
                continue
            name, product = split_project(run)
            if name or (len(run) > 6 and place_in_front(run)):
                found.append(self._project(name, product, begins, project.start(), whole=run))
        return sorted(found, key=lambda lead: lead.start)

    def _lead(self, span: Span, start: int, end: int, product: str) -> Lead:
        return Lead(company=span.value, title=product.strip("()"), spans=[span], start=start, end=end)

    def _take(self, lead: Lead, span: Span) -> None:
        lead.amount = span
        lead.spans.append(span)
        if span.asks:
            lead.asks.append(span.asks)
        lead.end = max(lead.end, span.end)
        if not any(each.company == lead.company and each.amount for each in self.leads if lead.company):
            self.leads.append(lead)

    # Leads without an amount.

    def _of_intent(self) -> None:
        """Companies of which the text says that they mean to invest, come to see or ask for something."""
        words = _INTENT if self.is_short else _INTENT_IN_AN_ARTICLE
        known = {normal_name(lead.company) for lead in self.leads}
        for span in self.companies:
            if span.role == "institute" or self.is_full:
                continue
            _start, end = self.text.sentence(span.start) if self.is_short else self.text.clause(span.start)
            reach = min(end, span.end + (REACH if self.is_short else 20))
            if words.search(self.text.plain, span.end, reach) and normal_name(span.value) not in known:
                known.add(normal_name(span.value))
                self.leads.append(self._lead(span, span.start, span.end, ""))

    def _of_message(self) -> None:
        """In a message whoever is named is meant, and an amount or a number without a name is asked about."""
        amounts = [span for span in self.spans if span.kind == "amount" and self._is_investment(span)]
        companies = self.companies
        for span in amounts:
            if any(span in lead.spans for lead in self.leads) or not self._is_whole(span):
                continue
            only = companies[0] if len(companies) == len(amounts) == 1 else None
            if only:
                self.leads = [lead for lead in self.leads if lead.start != only.start]
                self._take(self._lead(only, only.start, only.end, ""), span)
            else:
                self._take(Lead(asks=["company"], start=span.start, end=span.end), span)
        if not self.leads:
            named = [span for span in companies if span.role != "listed"] or companies
            self.leads += [self._lead(span, span.start, span.end, "") for span in named[:5]]
        told = next((span for span in self.spans if span.kind in ("credit_code", "phone")), None)
        if not self.leads and told:
            self.leads.append(Lead(asks=["company"], start=told.start, end=told.end))

    def _is_whole(self, span: Span) -> bool:
        return not is_of_many(self.text, span) and not self._is_part(span)

    def _is_part(self, span: Span) -> bool:
        """A first phase, a year's share, what has been paid in: no new lead's amount."""
        clause, _end = self.text.clause(span.start)
        return bool(_PART_ONLY.search(self.text.plain, max(clause, span.start - 12), span.start))

    # What else belongs to a lead.

    def _fill(self, lead: Lead) -> None:
        sentence = self.text.sentence(lead.start)
        block = self.text.block(lead.start)
        alone = len(self.leads) == 1 and self.is_short
        ranges = [sentence, *([block, (0, len(self.text.plain))] if alone else [self._own(lead, block)])]
        lead.industry = industry_of(lead.title) or industry_of(lead.company)
        for name, kind in (("park", "park"), ("industry", "industry"), ("credit_code", "credit_code")):
            for part in [sentence, *ranges]:
                if getattr(lead, name):
                    break
                if found := self._nearest(lead, kind, part):
                    setattr(lead, name, found.value)
                    lead.spans.append(found)
        if not lead.credit_code and (mistyped := self._mistyped_code(lead, ranges)):
            lead.asks.append(mistyped.asks)
            lead.spans.append(mistyped)
        lead.day = self._day(lead, [sentence, *([block] if alone else [])])
        if lead.day:
            lead.spans.append(lead.day)
        own = (0, len(self.text.plain)) if alone else self._own(lead, block)
        self._people(lead, own)
        lead.spans.sort(key=lambda span: span.start)

    def _own(self, lead: Lead, block: tuple[int, int]) -> tuple[int, int]:
        """From the lead to the next one in its block: what is said there is said of it."""
        later = [each.start for each in self.leads if lead.start < each.start < block[1]]
        return lead.start, min(later, default=block[1])

    def _nearest(self, lead: Lead, kind: str, part: tuple[int, int]) -> Span | None:
        inside = [span for span in self._among(*part, kind) if span.value]
        return min(inside, key=lambda span: _distance(span, lead), default=None)

    def _mistyped_code(self, lead: Lead, parts: list[tuple[int, int]]) -> Span | None:
        """What is called a credit code near the lead and cannot be one."""
        for part in parts:
            inside = [span for span in self._among(*part, "credit_code") if span.asks]
            if inside:
                return min(inside, key=lambda span: _distance(span, lead))
        return None

    def _day(self, lead: Lead, parts: list[tuple[int, int]]) -> Span | None:
        for start, end in parts:
            inside = [
                span
                for span in self._among(start, end, "date")
                if span.precision in (DAY, MONTH) and span.role != COMING and span.value
            ]
            if inside:
                return min(inside, key=lambda span: _distance(span, lead))
        return None

    def _people(self, lead: Lead, own: tuple[int, int]) -> None:
        inside = self._among(*own)
        for name, kind in (("phones", "phone"), ("emails", "email")):
            found = [span for span in inside if span.kind == kind]
            setattr(lead, name, list(dict.fromkeys(span.value for span in found)))
            lead.spans += found
        people = [span for span in inside if span.kind == "person" and span.role != REPORTER]
        number = next((span.start for span in inside if span.kind == "phone"), -NEAR)
        people.sort(
            key=lambda span: (
                span.role != CONTACT,
                not 0 <= number - span.end <= NEAR,
                len(span.value) < 3 and span.value[-1] in "总工董",
                span.start,
            )
        )
        if lead.phones or self.is_short:
            lead.people = list(dict.fromkeys(span.value for span in people))
            lead.spans += people


def _distance(span: Span, lead: Lead) -> int:
    """In characters; what stands behind counts a little further, as Chinese puts the place and the day in front."""
    return lead.start - span.end if span.end <= lead.start else 2 * max(0, span.start - lead.end) + 1


def _without_repeats(leads: Iterable[Lead]) -> list[Lead]:
    kept: dict[str, Lead] = {}
    for number, lead in enumerate(sorted(leads, key=lambda each: each.start)):
        key = normal_name(lead.company) if lead.company else str(number)
        known = kept.get(key)
        if known is None or (lead.amount and not known.amount):
            kept[key] = lead
    return sorted(kept.values(), key=lambda each: each.start)
