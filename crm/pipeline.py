"""What the pipeline boards show: a card, a column and a place to drop on; leads here, projects in their own app."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.columns import Column, Layout
from core.privacy import veiled
from core.templatetags.units import near_day
from crm.clocks import face_of
from crm.lifecycle import CODES, OPEN, LeadStage, earlier_stages, next_stages, next_step_light
from parks.access import may

LONGEST_NAME, LONGEST_STEP, LONGEST_ABOUT = 30, 18, 12
"""Characters on a card. Three hundred cards are one page: what is longer is cut, the record has it all."""
ENDS = (LeadStage.CONVERTED, LeadStage.SHELVED)
"""Where a card may be dropped without there being a column."""


@dataclass(slots=True)
class Card:
    """`light` is that of the next step (idle, ok, warn, bad), `step` says it in words.

    `clock` and `clock_line` are the same of the clock that runs. `about` is the title of a lead or the company of a
    project.
    """

    pk: int
    name: str
    full_name: str
    link: str
    move: str
    amount_wan: Any
    owner: str
    days: int
    light: str
    step: str
    may_move: bool
    chip: str = ""
    clock: str = ""
    clock_line: str = ""
    about: str = ""
    is_new: bool = False
    lane: str = ""

    @property
    def days_in_words(self) -> str:
        return ngettext("%(counter)d day", "%(counter)d days", self.days) % {"counter": self.days}


@dataclass(slots=True)
class Lane:
    """A column with its name, the stages a card may go to from it, and the key that moves a card into it."""

    key: str
    label: str
    code: str
    digit: int
    look: str
    to: tuple[str, ...]
    column: Column
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class End:
    """A place to drop on that is no column."""

    key: str
    label: str
    digit: int


def cut(text, most):
    return text if len(text) <= most else f"{text[: most - 1]}…"


def step_in_words(text, due_on, today):
    """今天 回电, 4月22日 送方案, 超 2 天 补材料; what is planned for no day stands alone."""
    if due_on is None:
        return cut(text, LONGEST_STEP) or _("No next step yet")
    days = (today - due_on).days
    if days > 0:
        when = ngettext("%(counter)d day late", "%(counter)d days late", days) % {"counter": days}
    else:
        when = _("Today") if days == 0 else near_day(due_on, today)
    return f"{when} {cut(text, LONGEST_STEP)}".strip()


def on_a_card(leads):
    return leads.select_related("company", "owner", "park").only(
        "stage", "stage_since", "title", "intended_investment_wan", "next_step", "next_step_due_on",
        "clock", "clock_since", "clock_due_on", "clock_is_provisional",
        "company__name", "owner__full_name", "owner__username", "park__path",
    )  # fmt: skip


LAYOUT = Layout(by="stage", amount="intended_investment_wan", order="next_step_due_on", show=on_a_card)


def card_of(lead, *, user, today, links):
    to_record, to_move = links
    face = face_of(lead, today=today)
    return Card(
        pk=lead.pk,
        name=cut(lead.company.name, LONGEST_NAME),
        full_name=" · ".join(filter(None, [lead.company.name, veiled(lead.title)])),
        link=to_record(lead.pk),
        move=to_move(lead.pk),
        amount_wan=lead.intended_investment_wan,
        owner=str(lead.owner) if lead.owner else _("Nobody"),
        days=max((today - lead.stage_since).days, 0),
        light=next_step_light(lead.next_step_due_on, as_of=today),
        step=step_in_words(veiled(lead.next_step), lead.next_step_due_on, today),
        may_move=may(user, "crm.advance_lead", lead.park),
        clock=face.light if face else "",
        clock_line=face.line if face else "",
        about=cut(veiled(lead.title), LONGEST_ABOUT),
    )


def cards_of(leads, *, user, today):
    links = addresses("crm:lead-detail"), addresses("crm:lead-move")
    return [card_of(lead, user=user, today=today, links=links) for lead in leads]


def lanes(leads, *, user, today, shown, narrowed=False):
    """The columns of open leads among `leads`; cards only in the columns that `shown` gives a number for."""
    columns = LAYOUT.columns(leads, OPEN, shown=shown, narrowed=narrowed)
    return [
        Lane(
            key=column.key,
            label=LeadStage(column.key).label,
            code=CODES[LeadStage(column.key)],
            digit=digit,
            look="early",
            to=(*next_stages(column.key), *earlier_stages(column.key)),
            column=column,
            cards=cards_of(column.rows, user=user, today=today),
        )
        for digit, column in enumerate(columns, start=1)
    ]


def ends():
    return [End(stage, stage.label, digit) for digit, stage in enumerate(ENDS, start=len(OPEN) + 1)]


def moved_by(lead):
    """The latest stage change of a lead that was moved meanwhile, for the sentence about it."""
    return (
        lead.stage_changes.filter(undone_at=None).select_related("recorded_by").order_by("-recorded_at", "-pk").first()
    )


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline board as its templates show it.

    `routes` are the URL names of page, column and list, `query` the filters in its address, `log` the address at which
    something is noted about the record 0, `counted` the word for what is counted.
    """

    lanes: list[Lane]
    ends: list[End]
    routes: dict[str, str]
    query: Any
    log: str
    counted: str
    may_move: bool

    @property
    def count(self) -> int:
        return sum(lane.column.count for lane in self.lanes)

    @property
    def last_digit(self) -> int:
        return len(self.lanes) + len(self.ends)

    @property
    def total_wan(self) -> Any:
        return sum(lane.column.total_wan for lane in self.lanes)


def addresses(route):
    """A function from keys to addresses: resolving one by one would be felt on a page of three hundred cards."""
    before, _zero, after = reverse(route, args=[0]).rpartition("0")
    return lambda pk: f"{before}{pk}{after}"
