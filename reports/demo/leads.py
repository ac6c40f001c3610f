"""The demo's leads: who wants what, how far it has come, what was said and what is due.

A lead takes several lines under the code of its park: company, title, intended investment in 亿元, industry, source,
content and, where somebody referred it, the referrer; then its path with the stages of the trade ("L10 -4 L20 -3" was
logged four days before the loading). What else a line says follows from its first word: "※" the source of what is
printed, "+" a contact (name, post, phone), "x" why it was shelved, and a kind of conversation with its day, summary,
next step and when that is due, counted from the day of loading.
"""

from dataclasses import dataclass, field

from crm.models import InteractionKind
from reports.demo.lead_table import TABLE


@dataclass(frozen=True)
class Talk:
    day: str
    kind: str
    summary: str
    next_step: str
    next_on: str


@dataclass
class LeadPlan:
    park: str
    company: str
    title: str
    yi: str
    industry: str
    source: str
    content: str
    referrer: str = ""
    path: str = ""
    source_note: str = ""
    shelving_reason: str = ""
    shelving_note: str = ""
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, post, phone: all invented."""
    talks: list[Talk] = field(default_factory=list)

    def read(self, line):
        word, _space, rest = line.partition(" ")
        if word == "※":
            self.source_note = rest
        elif word == "+":
            self.contacts.append(tuple(rest.split(" | ")))
        elif word == "x":
            self.shelving_reason, _space, self.shelving_note = rest.partition(" ")
        elif word in InteractionKind.values:
            day, summary, next_step, next_on = (part.strip() for part in rest.split("|"))
            self.talks.append(Talk(day, word, summary, next_step, next_on))
        else:
            self.path = line


def _leads(table):
    park, lead = "", None
    for line in table.splitlines():
        if line.startswith("["):
            park = line.strip("[]")
        elif line.startswith(" "):
            lead.read(line.strip())
        elif line and not line.startswith("#"):
            lead = LeadPlan(park, *line.split(" | "))
            yield lead


LEADS = tuple(_leads(TABLE))
