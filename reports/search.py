"""What the search box answers: records of the viewer's parks first, then what one can do, then where one can go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import local_day
from core.fields import normalise_credit_code
from core.privacy import veiled
from core.search import find_each
from core.search.tokens import plain, sounds
from crm.clocks import face_of
from crm.lifecycle import OPEN
from crm.models import Company, CompanyPark, Contact, Lead
from crm.names import is_only_a_form, normal_name
from parks import industries
from parks.models import Park
from parks.querysets import search_scopes
from projects.lifecycle import FINAL
from projects.models import Project

LONGEST = 200
SHORTEST = 2
POOL = 200
"""So many hits of a kind are looked at for the best; more cannot be told apart by two characters anyway."""
KINDS = ("company", "lead", "project", "contact")
LABELS = {
    "company": gettext_lazy("Companies"),
    "lead": gettext_lazy("Leads"),
    "project": gettext_lazy("Projects"),
    "contact": gettext_lazy("Contacts"),
}
LISTS = {"company": "crm:company-list", "lead": "crm:lead-list", "project": "projects:list"}
ICONS = {"company": "firm", "lead": "lead", "project": "proj", "contact": "user"}
MOST_STRANGERS = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """`masked`: of a record outside the viewer's parks, whose title says only what a stranger may know."""

    kind: str
    title: str
    detail: str = ""
    url: str = ""
    icon: str = ""
    id: int | None = None
    masked: bool = False
    pane: str = ""


@dataclass(slots=True)
class Group:
    """`all_url` is the list of everything found, where more was found than is shown."""

    label: Any
    hits: list[Hit] = field(default_factory=list)
    all_url: str = ""


def records(user: Any, typed: str, *, most: int, today: date) -> list[Group]:
    """At most `most` hits of each kind, in a fixed number of queries. A lead that is overdue on `today` says so."""
    typed = typed.strip()
    if len(plain(typed)) < SHORTEST:
        return []
    found = find_each(KINDS, typed, scopes=search_scopes(user, Park.objects), most=POOL)
    groups = []
    same = _same(typed)
    for kind in KINDS:
        keys = {*found[kind], *(same if kind == "company" else ())}
        rows = _ROWS[kind](user, keys, typed, most + 1, today) if keys else []
        group = Group(LABELS[kind], rows[:most])
        if len(rows) > most and kind in LISTS:
            group.all_url = f"{reverse(LISTS[kind])}?{urlencode({'q': typed})}"
        if kind == "company":
            group.hits += _strangers(user, same)
        if group.hits:
            groups.append(group)
    return groups


def _same(typed: str) -> set[int]:
    """Companies whose whole name, alias or credit code was typed, wherever they are registered."""
    by_code = Company.objects.filter(credit_code=normalise_credit_code(typed)).order_by().values_list("pk", flat=True)
    if is_only_a_form(typed) or len(normal_name(typed)) < SHORTEST:
        return set(by_code)
    # A union, not OR: each half has its index.
    return set(by_code.union(Company.objects.called(typed).order_by().values_list("pk", flat=True))[:POOL])


def _strangers(user: Any, same: set[int]) -> list[Hit]:
    """SECURITY: only for what was typed in full, so that nobody can fish for it; only who registered it and when."""
    if not same or not user_has_posts(user):
        return []
    mine = Company.objects.visible_among(user, same).values("pk")
    unseen = Company.objects.filter(pk__in=same).exclude(pk__in=mine).order_by("recorded_at", "pk")
    unseen = dict(unseen.values_list("pk", "recorded_at")[:MOST_STRANGERS])
    first: dict[int, str] = {}
    for link in CompanyPark.objects.filter(company__in=unseen).select_related("park").order_by("introduced_at", "pk"):
        first.setdefault(link.company_id, link.park.name)
    sentence = _("Registered by %(park)s since %(day)s. Its content is not visible here: contact that park.")
    told = [{"park": first.get(pk, "—"), "day": local_day(at).isoformat()} for pk, at in unseen.items()]
    return [Hit("company", sentence % facts, icon="lock", masked=True) for facts in told]


def user_has_posts(user: Any) -> bool:
    return search_scopes(user, Park.objects) != frozenset()


def _best(rows: QuerySet, *first: Q) -> QuerySet:
    """Those that fulfil the earlier conditions first, then the newest."""
    ranks = [Case(When(each, then=Value(0)), default=Value(1)) for each in first]
    return rows.order_by(*ranks, "-pk")


def _companies(user: Any, keys: Iterable[int], typed: str, most: int, _today: date) -> list[Hit]:
    normal = normal_name(typed)
    rows = Company.objects.visible_among(user, keys)
    companies = _best(rows, Q(normal_name=normal), Q(normal_name__startswith=normal))[:most]
    companies = list(companies.only("name", "industry", "credit_code"))
    parks: dict[int, list[str]] = {}
    known = CompanyPark.objects.visible_to(user).filter(company__in=[each.pk for each in companies])
    for link in known.select_related("park").order_by("introduced_at", "pk"):
        parks.setdefault(link.company_id, []).append(link.park.label)
    return [
        Hit(
            "company",
            each.name,
            _line(_(", ").join(parks.get(each.pk, [])[:3]), industries.label(each.industry), each.credit_code),
            reverse("crm:company-detail", args=[each.pk]),
            ICONS["company"],
            each.pk,
        )
        for each in companies
    ]


def _leads(user: Any, keys: Iterable[int], _typed: str, most: int, today: date) -> list[Hit]:
    rows = Lead.objects.visible_to(user).filter(pk__in=keys).select_related("company", "park")
    shown = ("title", "code", "stage", "company__name", "park__name", "park__short_name")
    clock = ("clock", "clock_since", "clock_due_on", "clock_is_provisional")
    return [
        Hit(
            "lead",
            veiled(each.title) or each.company.name,
            _line(
                each.company.name if each.title else "",
                each.park.label,
                each.get_stage_display(),
                _overdue(each, today),
                each.code,
            ),
            reverse("crm:lead-detail", args=[each.pk]),
            ICONS["lead"],
            each.pk,
        )
        for each in _best(rows, Q(stage__in=OPEN)).only(*shown, *clock)[:most]
    ]


def _overdue(lead: Lead, today: date) -> str:
    face = face_of(lead, today=today)
    return face.line if face and face.light == "bad" else ""


def _projects(user: Any, keys: Iterable[int], typed: str, most: int, _today: date) -> list[Hit]:
    rows = Project.objects.visible_to(user).filter(pk__in=keys).select_related("company", "park")
    shown = ("name", "code", "stage", "company__name", "park__name", "park__short_name")
    return [
        Hit(
            "project",
            each.name,
            _line(each.company.name, each.park.label, each.get_stage_display(), each.code),
            reverse("projects:detail", args=[each.pk]),
            ICONS["project"],
            each.pk,
        )
        for each in _best(rows, Q(name=typed), ~Q(stage__in=FINAL)).only(*shown)[:most]
    ]


def _contacts(user: Any, keys: Iterable[int], _typed: str, most: int, _today: date) -> list[Hit]:
    rows = Contact.objects.visible_among(user, keys).select_related("company")
    return [
        Hit(
            "contact",
            veiled(each.full_name),
            _line(each.company.name, veiled(each.post), each.masked_phone),
            reverse("crm:company-detail", args=[each.company_id]),
            ICONS["contact"],
            each.pk,
        )
        for each in _best(rows).only("full_name", "post", "phone", "company__name")[:most]
    ]


_ROWS = {"company": _companies, "lead": _leads, "project": _projects, "contact": _contacts}


def _line(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))


# ── what one can do, and where one can go ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Way:
    """`needs` is a property of `parks.context.Viewer`, or a verb; `pane` the short form that a dialog loads."""

    label: Any
    to: str
    icon: str
    needs: str = ""
    pane: str = ""


ACTIONS = (
    Way(gettext_lazy("New lead"), "crm:lead-new", "plus", "crm.register_lead", pane="crm:lead-quick"),
    Way(
        gettext_lazy("Log a conversation"),
        "crm:quick-talk",
        "edit",
        "crm.record_interaction",
        pane="crm:quick-talk",
    ),
    Way(gettext_lazy("New company"), "crm:company-new", "plus", "crm.register_company"),
    Way(gettext_lazy("New project"), "projects:new", "plus", "projects.open_project"),
    Way(gettext_lazy("Record a signing event"), "projects:event-new", "plus", "projects.record_signing_event"),
    Way(gettext_lazy("Add a person"), "parks:person-new", "plus", "parks.manage_people"),
    Way(gettext_lazy("Add a park"), "parks:new", "plus", "parks.add_park"),
)
PAGES = (
    Way(gettext_lazy("My desk"), "home", "desk"),
    Way(gettext_lazy("Leads"), "crm:lead-list", "lead", "sees_work"),
    Way(gettext_lazy("Pipeline"), "crm:lead-board", "kan", "sees_work"),
    Way(gettext_lazy("Lead pool"), "crm:lead-pool", "load", "sees_work"),
    Way(gettext_lazy("Companies"), "crm:company-list", "firm", "sees_work"),
    Way(gettext_lazy("Projects"), "projects:list", "proj", "sees_work"),
    Way(gettext_lazy("Verification queue"), "projects:verification-queue", "check", "may_verify"),
    Way(gettext_lazy("Signing events"), "projects:event-list", "sign", "sees_work"),
    Way(gettext_lazy("Park board"), "reports:board", "board", "sees_work"),
    Way(gettext_lazy("Parks"), "parks:list", "park", "sees_work"),
    Way(gettext_lazy("Working calendar"), "parks:calendar", "cal", "sees_work"),
    Way(gettext_lazy("Trail"), "reports:trail", "key", "may_read_trail"),
    Way(gettext_lazy("People"), "parks:people-list", "people", "may_administer"),
    Way(gettext_lazy("Notices"), "core:notice-list", "bell"),
    Way(gettext_lazy("My profile"), "accounts:profile", "user"),
    Way(gettext_lazy("API"), "api-docs", "code"),
)


def ways(viewer: Any, typed: str, *, only_actions: bool = False) -> list[Group]:
    """Actions, then pages, whose label holds what was typed, or all of them where nothing was."""
    groups = [(_("Actions"), "action", ACTIONS), (_("Go to"), "page", PAGES)]
    found = []
    for label, kind, all_ways in groups[:1] if only_actions else groups:
        hits = [
            Hit(kind, str(way.label), url=reverse(way.to), icon=way.icon, pane=reverse(way.pane) if way.pane else "")
            for way in all_ways
            if _may(viewer, way.needs) and _fits(str(way.label), typed)
        ]
        if hits:
            found.append(Group(label, hits))
    return found


def _may(viewer: Any, needs: str) -> bool:
    return not needs or (needs in viewer.verbs if "." in needs else getattr(viewer, needs))


def _fits(label: str, typed: str) -> bool:
    sought = plain(typed).strip()
    return sought in plain(label) or any(sound.startswith(sought) for sound in sounds(label, in_full=True))
