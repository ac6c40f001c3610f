"""The pages and API endpoints that are measured, each with its floor and its goal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.utils import timezone

from core.paging import Keyset
from crm.models import Contact, Lead
from projects.models import Project, StageChange
from tests.bench import totals
from tests.bench.figures import Figure, in_turns
from tests.bench.visit import Site, Visitor, signed_in, with_token
from tests.bench.zone import LEADS, LIMITED, MANAGER

HTML, JSON, ONE = "/floor/html/", "/floor/json/", "/floor/one/"
FLOORS = {HTML: "HTML list", JSON: "JSON list", ONE: "`select 1`"}
PAGE_KB = 60
PIPELINE_KB, PIPELINE_QUERIES = 150, 24
OPEN_LEADS = 20_000
BRAND, UNHEARD_OF = "恒驰", "龘龖"
CITY, INITIALS = "青岛", "qdhc"
"""One company in fourteen, and one in some thousands (青岛恒驰…)."""
AFTER_A_STEP = ("board page", "board page, 200 parks", "trend API")
FOR_A_MILLION = 1.3
"""How much slower than a list of 100,000 rows one of 1,000,000 may be."""


@dataclass(frozen=True)
class Page:
    """`floor` is an address; `limit` may be empty where a page is shown for information only."""

    case: str
    who: Visitor
    path: str
    floor: str = HTML
    limit: float | None = None
    queries: int | None = None
    kilobytes: float | None = 1024
    floor_name: str = ""


def measured(site: Site, only: str) -> Iterator[Figure]:
    anybody = Visitor(site)
    for name, path in (("floor: empty view", "/floor/empty/"), *((f"floor: {FLOORS[p]}", p) for p in FLOORS)):
        value, _again = in_turns(lambda path=path: anybody.get(path), lambda: None, seconds=2)
        yield Figure(name, value)
    for page in _pages(site):
        if only in page.case:
            yield _measure(page, anybody)
    if only in "API create":
        yield from _creating(site, anybody)
    if only in "stale totals":
        totals.make_stale()
        for page in _pages(site):
            if page.case in AFTER_A_STEP:
                yield _measure(replace(page, case=f"{page.case}, stale totals", limit=None), anybody)


def _measure(page: Page, anybody: Visitor) -> Figure:
    # Of three, because once a minute a request also renews its session.
    answers = [page.who.get(page.path, **{"X-Count-Queries": "1"}) for _time in range(3)]
    asked = min(answers, key=lambda answer: int(answer.headers.get("X-Queries", 0)))
    if asked.status != 200:
        raise SystemExit(f"{page.case}: {page.path} answered {asked.status}")
    floor_by = anybody if page.floor in FLOORS else page.who
    value, floor = in_turns(lambda: page.who.get(page.path), lambda: floor_by.get(page.floor))
    queries, kilobytes = int(asked.headers["X-Queries"]), len(asked.body) / 1024
    ceilings = [("kB", kilobytes, page.kilobytes or 1024), ("queries", queries, page.queries or 100)]
    name = page.floor_name or FLOORS[page.floor]
    return Figure(page.case, value, "ms", floor, name, page.limit, queries, kilobytes, ceilings)


def _pages(site: Site) -> Iterator[Page]:
    limited, manager = (signed_in(site, _person(key)) for key in (LIMITED, MANAGER))
    program, overseer = (with_token(site, _person(key)) for key in (LIMITED, MANAGER))
    today = timezone.localdate()

    def a_list(case: str, who: Visitor, path: str, *, limit: float = 4) -> Page:
        """The goals are those of people limited to some parks; of who sees everything the page is only shown."""
        if who is manager:
            return Page(case, who, path)
        return Page(case, who, path, limit=limit, queries=12, kilobytes=PAGE_KB)

    def deeper(case: str, who: Visitor, path: str, cursor: str) -> Page:
        return Page(case, who, f"{path}?cursor={cursor}", path, 1.2, 12, floor_name="own first page")

    yield a_list("project list", limited, "/projects/")
    yield deeper("project list, deep page", limited, "/projects/", _deep_cursor(Project, LIMITED, "-updated_at"))
    yield a_list("project list, all parks", manager, "/projects/")
    yield deeper("project list, all parks, deep", manager, "/projects/", _deep_cursor(Project, MANAGER, "-updated_at"))
    yield a_list("project search by name", limited, f"/projects/?q={quote(BRAND)}")
    yield a_list("project search, no hit, all parks", manager, f"/projects/?q={quote(UNHEARD_OF)}")
    yield Page("project record", limited, f"/projects/{_long_lived()}/", limit=3, queries=15)
    million = FOR_A_MILLION if LEADS > 10**5 else 1
    yield a_list("lead list", limited, "/leads/", limit=4 * million)
    yield deeper("lead list, deep page", limited, "/leads/", _deep_cursor(Lead, LIMITED, "-received_on"))
    yield a_list("lead list, all parks", manager, "/leads/", limit=4 * million)
    yield deeper("lead list, all parks, deep", manager, "/leads/", _deep_cursor(Lead, MANAGER, "-received_on"))
    yield a_list("lead search by name", limited, f"/leads/?q={quote(BRAND)}", limit=4 * million)
    for case, who in (("lead search, no hit", limited), ("lead search, no hit, all parks", manager)):
        path = f"/leads/?q={quote(UNHEARD_OF)}"
        yield Page(case, who, path, "/leads/", limit=2, queries=12, floor_name="own list")
    yield a_list("lead search, frequent", limited, f"/leads/?q={quote(CITY)}", limit=4 * million)
    yield a_list("lead search, frequent, all parks", manager, f"/leads/?q={quote(CITY)}", limit=4 * million)
    yield a_list("company search by initials", limited, f"/companies/?q={INITIALS}", limit=4 * million)
    yield from _search_box(limited, manager, program, million)
    yield Page("lead record", limited, f"/leads/{_own_lead()}/", limit=3, queries=15)
    yield from _pipelines(limited, manager, program)
    for case, who in (("home of an officer", limited), ("home of a manager", manager)):
        yield Page(case, who, "/", limit=4 if who is limited else None, queries=12 if who is limited else None)
    yield Page("board page", limited, "/board/", limit=4, queries=12)
    yield Page("board page, 200 parks", manager, "/board/")
    yield Page("board rows of a figure", limited, "/board/rows/?bucket=under_construction", limit=4, queries=12)
    yield Page("API project list", program, "/api/v1/projects/", JSON, 6, 6)
    yield Page("API lead list", program, "/api/v1/leads/", JSON, 6 * million, 6)
    yield Page("API project list, all parks", overseer, "/api/v1/projects/", JSON, 6, 6)
    board = f"/api/v1/reports/stage-board/?as_of={today.replace(year=today.year - 1).isoformat()}"
    yield Page("board API", program, board, JSON, 6)
    yield Page("board API, 200 parks", overseer, board, JSON)
    yield Page("trend API", program, "/api/v1/reports/stage-trend/", JSON)
    yield Page("verification queue, all parks", manager, "/projects/verification/")
    yield Page("list of parks", manager, "/parks/")
    yield Page("company list", limited, "/companies/", limit=4 * million, queries=12)


def _pipelines(limited: Visitor, manager: Visitor, program: Visitor) -> Iterator[Page]:
    """Boards of three hundred cards and more, beside a list of fifty rows."""

    def board(case: str, who: Visitor, path: str, *, limit: float | None = None) -> Page:
        return Page(case, who, path, limit=limit, queries=PIPELINE_QUERIES, kilobytes=PIPELINE_KB)

    yield board("lead pipeline, 20,000 open", limited, f"/leads/board/?received_from={_since_20_000()}", limit=8)
    yield board("lead pipeline", limited, "/leads/board/")
    yield board("lead pipeline, all parks", manager, "/leads/board/")
    yield Page("lead pipeline, further cards", limited, f"/leads/board/registered/?cursor={_deep_in_column()}", limit=4)
    yield board("project pipeline", limited, "/projects/pipeline/")
    yield board("project pipeline, all parks", manager, "/projects/pipeline/")
    yield Page("API lead pipeline", program, "/api/v1/leads/board/", JSON)


def _since_20_000() -> str:
    """The day since which the limited viewer received about 20,000 leads that are still open."""
    open_leads = Lead.objects.visible_to(_person(LIMITED)).open().order_by("-received_on", "-pk")
    days = open_leads.values_list("received_on", flat=True)[:OPEN_LEADS]
    return min(days).isoformat()


def _deep_in_column() -> str:
    """The place of a card nine tenths down the first column."""
    leads = Lead.objects.visible_to(_person(LIMITED)).filter(stage="registered", next_step_due_on__isnull=False)
    rows = leads.order_by("next_step_due_on", "pk")
    item = rows[rows.count() * 9 // 10]
    return Keyset(Lead.objects.all(), order="next_step_due_on").cursor_after(item)


def _search_box(limited: Visitor, manager: Visitor, program: Visitor, million: float) -> Iterator[Page]:
    asked = {
        "two characters, frequent": CITY,
        "two characters, rare": BRAND,
        "initials": INITIALS,
        "end of a number": _end_of_a_number(),
        "no hit": UNHEARD_OF,
    }
    for case, typed in asked.items():
        path = f"/search/?box=&q={quote(typed)}"
        yield Page(f"search box, {case}", limited, path, limit=4 * million, queries=12)
        yield Page(f"search box, {case}, all parks", manager, path, limit=4 * million, queries=12)
    yield Page("API search, initials", program, f"/api/v1/search/?q={INITIALS}", JSON)


def _end_of_a_number() -> str:
    return Contact.objects.visible_to(_person(LIMITED)).first().phone[-4:]


def _creating(site: Site, anybody: Visitor) -> Iterator[Figure]:
    program, number = with_token(site, _person(LIMITED)), count(1)
    known = Lead.objects.visible_to(_person(LIMITED)).values("company_id", "park__code").first()

    def create(content: Callable[[], dict[str, Any]]) -> Callable[[], None]:
        def send() -> None:
            answer = program.post("/api/v1/leads/", content())
            if answer.status != 201:
                raise SystemExit(f"Creating a lead answered {answer.status}: {answer.body[:300]!r}")

        return send

    ways = {
        "API create a lead": lambda: {
            "park": known["park__code"], "company": known["company_id"], "title": f"扩建{next(number)}",
            "intended_investment_wan": "60000", "industry": "C39",
        },
        "API create a lead with a new company": lambda: {
            "park": known["park__code"], "company_name": f"新公司{uuid4().hex[:12]}", "contact_name": "王明",
            "contact_phone": "13800138000", "intended_investment_wan": "6亿", "industry": "C39",
        },
    }  # fmt: skip
    for case, content in ways.items():
        value, floor = in_turns(create(content), lambda: anybody.get(ONE))
        yield Figure(case, value, "ms", floor, FLOORS[ONE], 25)


def _person(key: int) -> Any:
    return get_user_model().objects.get(pk=key)


def _deep_cursor(model: Any, viewer: int, order: str) -> str:
    """The place of a row nine tenths down the viewer's list."""
    rows = model.objects.visible_to(_person(viewer)).order_by(order, "-pk" if order.startswith("-") else "pk")
    item = rows.values("pk", order.lstrip("-"))[rows.count() * 9 // 10]
    return Keyset(model.objects.all(), order=order)._cursor(model(**item), back=False)


def _long_lived() -> int:
    """A project of the limited viewer with as many facts as any."""
    seen = Project.objects.visible_to(_person(LIMITED)).filter(stage="commissioned")
    corrected = StageChange.objects.filter(project__in=seen.values("pk"), corrects__isnull=False).first()
    return corrected.project_id if corrected else seen.first().pk


def _own_lead() -> int:
    return Lead.objects.visible_to(_person(LIMITED)).filter(stage="assessed", interactions__isnull=False).first().pk
