"""What is registered already for a name, a credit code or a group that somebody is about to register.

Each rule is a question to the database with a reason; the answers become hits, strongest reason first. A hit outside
the viewer's scope says only which park registered it and since when. Nothing is refused here: that is up to the verbs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from core.dates import local_day
from core.fields import normalise_credit_code
from core.search import find, starting
from crm.models import Company, CompanyAlias, CompanyPark, Lead
from crm.names import core_name, is_only_a_form, normal_name
from parks.access import posts, within

REASONS = {
    "credit_code": _("Same credit code"),
    "name": _("Same name"),
    "alias": _("Same as another name of it"),
    "group": _("Same corporate group"),
    "similar_name": _("Similar name"),
    "similar_lead": _("Similar lead"),
    "similar_project": _("Similar project"),
}
"""Strongest first."""
SAME = frozenset({"credit_code", "name", "alias"})
MOST_HITS = 8
MOST_CANDIDATES = 500
MOST_TITLES = 3
SHORTEST = 2
SHORTEST_TITLE = 4
ALIKE = 0.6
"""The share of pairs of characters that two names have in common from which they count as similar."""


@dataclass(frozen=True)
class Hit:
    """One registered record. Of one outside the viewer's scope only `registered_by` and `since` are told."""

    reason: str
    kind: str
    registered_by: str
    since: date
    row: Any = None

    @property
    def masked(self) -> bool:
        return self.row is None

    @property
    def title(self) -> str:
        return "" if self.row is None else str(self.row)

    @property
    def reason_label(self) -> str:
        return str(REASONS[self.reason])

    @property
    def is_same(self) -> bool:
        return self.reason in SAME


@dataclass(frozen=True)
class Asked:
    """What was typed, in the forms in which it is compared."""

    name: str = ""
    credit_code: str = ""
    group_name: str = ""

    @property
    def normal(self) -> str:
        return "" if is_only_a_form(self.name) else normal_name(self.name)

    @property
    def core(self) -> str:
        return core_name(self.name) if self.normal else ""

    def groups(self) -> list[str]:
        """The group as given, and every beginning of the name: companies of a group mostly begin with its name."""
        given = [] if is_only_a_form(self.group_name) else [normal_name(self.group_name)]
        return given + [name[:end] for name in {self.normal, self.core} for end in range(SHORTEST, len(name) + 1)]


def alike(one: str, other: str) -> float:
    """How similar two names are, from 0 to 1: twice the shared pairs of neighbouring characters over all pairs."""
    pairs, others = _pairs(one), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def companies_like(user: Any, *, name: str = "", credit_code: str = "", group_name: str = "") -> list[Hit]:
    """Companies that may be the one about to be registered, at most MOST_HITS, in a fixed number of queries."""
    asked = Asked(name.strip(), normalise_credit_code(credit_code), group_name.strip())
    reasons = _reasons(asked, user)
    if not reasons:
        return []
    companies = Company.objects.in_bulk(reasons)
    mine = set(Company.objects.visible_to(user).filter(pk__in=reasons).values_list("pk", flat=True))
    wanted = _ranked(asked, reasons, companies, mine)[:MOST_HITS]
    first = _first_parks(wanted)
    return [
        Hit(
            reason=reasons[company.pk],
            kind="company",
            registered_by=first.get(company.pk, "—"),
            since=local_day(company.recorded_at),
            row=company if company.pk in mine else None,
        )
        for company in wanted
    ]


def _reasons(asked: Asked, user: Any) -> dict[int, str]:
    """The key of each company found, with the strongest of its reasons."""
    found: dict[int, str] = {}
    for key, reason in [*_same(asked), *_of_group(asked), *_similar(asked), *_containing(asked, user)]:
        if key not in found or _rank(reason) < _rank(found[key]):
            found[key] = reason
    return found


def _rank(reason: str) -> int:
    return list(REASONS).index(reason)


def _same(asked: Asked) -> list[tuple[int, str]]:
    parts = []
    if asked.credit_code:
        parts.append(_told(Company.objects.filter(credit_code=asked.credit_code), "pk", "credit_code"))
    if asked.normal:
        parts.append(_told(Company.objects.filter(normal_name=asked.normal), "pk", "name"))
        parts.append(_told(CompanyAlias.objects.filter(normal_name=asked.normal), "company_id", "alias"))
    return list(parts[0].union(*parts[1:])[:MOST_CANDIDATES]) if parts else []


def _of_group(asked: Asked) -> list[tuple[int, str]]:
    groups = asked.groups()
    return list(_told(Company.objects.in_groups(groups), "pk", "group")[:MOST_CANDIDATES]) if groups else []


def _similar(asked: Asked) -> list[tuple[int, str]]:
    """Names that begin alike, the place in front left out of both, and of which then enough is alike."""
    if len(asked.core) < SHORTEST:
        return []
    start = starting("core_name", asked.core[:SHORTEST])
    candidates = Company.objects.filter(start).order_by().values_list("pk", "core_name")[:MOST_CANDIDATES]
    return [(key, "similar_name") for key, core in candidates if alike(asked.core, core) >= ALIKE]


def _containing(asked: Asked, user: Any) -> list[tuple[int, str]]:
    """Companies in which the typed text stands, of the viewer's own: for others a part of a name tells too much."""
    if len(asked.normal) < SHORTEST:
        return []
    return list(_told(Company.objects.visible_to(user).named_like(asked.name), "pk", "similar_name")[:MOST_HITS])


def _told(rows: QuerySet, key: str, reason: str) -> QuerySet:
    # Unordered: a part of a union may not be.
    return rows.order_by().annotate(reason=Value(reason, CharField())).values_list(key, "reason")


def _ranked(asked: Asked, reasons: dict[int, str], companies: dict[int, Company], mine: set[int]) -> list[Company]:
    def place(company: Company) -> tuple[Any, ...]:
        unlike = -alike(asked.core, company.core_name)
        return (_rank(reasons[company.pk]), company.pk not in mine, unlike, company.pk)

    return sorted(companies.values(), key=place)


def _first_parks(companies: list[Company]) -> dict[int, str]:
    links = CompanyPark.objects.filter(company__in=companies)  # scoped: only the name of the first park is told
    known = links.select_related("park").order_by("company_id", "introduced_at", "pk")
    first: dict[int, str] = {}
    for link in known:
        first.setdefault(link.company_id, link.park.name)
    return first


Question = Callable[[Any, str, frozenset[int] | None], list[Hit]]
_questions: list[Question] = []


def asks_for_titles(question: Question) -> Question:
    """Register a question about titles: `f(user, title, zones)`. The app above registers its own; crm knows it not."""
    _questions.append(question)
    return question


def titles_like(user: Any, title: str) -> list[Hit]:
    """Leads and projects of the user's zones, other parks included, with a similar title; the best first."""
    core = core_name(title)
    if len(core) < SHORTEST_TITLE or is_only_a_form(title):
        return []
    zones = None if within(user) is None else frozenset(int(path.split("/")[1]) for _role, path in posts(user))
    return [hit for question in _questions for hit in question(user, core, zones)]


def alike_by_title(user: Any, rows: QuerySet, title: Callable[[Any], str], core: str, reason: str) -> list[Hit]:
    """Of `rows` those whose title is like `core`; in full where the user sees them, otherwise only park and day."""
    kind = rows.model._meta.model_name
    scored = [(alike(core, core_name(title(row))), row) for row in rows.select_related("park")]
    best = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].pk))[:MOST_TITLES]
    if not best:
        return []
    keys = [row.pk for _likeness, row in best]
    mine = set(rows.model.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        Hit(reason, kind, row.park.name, local_day(row.recorded_at), row if row.pk in mine else None)
        for _likeness, row in best
    ]


@asks_for_titles
def _leads(user: Any, core: str, zones: frozenset[int] | None) -> list[Hit]:
    keys = find("lead", core[:SHORTEST_TITLE], scopes=zones, most=MOST_CANDIDATES)
    rows = Lead.objects.filter(pk__in=keys).exclude(title="")  # scoped: alike_by_title
    return alike_by_title(user, rows, lambda lead: lead.title, core, "similar_lead")
