"""What a pasted text says: companies, codes, amounts, dates, industries, parks, phones, people; and the leads in it.

Rules only, nothing leaves the machine and nothing is asked of the database: the names of the parks are handed in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.parsing.amounts import amounts
from crm.parsing.companies import companies
from crm.parsing.days import days
from crm.parsing.leads import Finder, Lead
from crm.parsing.marks import KINDS, Span, Text, without_overlap
from crm.parsing.numbers import credit_codes, emails, phones
from crm.parsing.people import people
from crm.parsing.places import park_words, parks
from crm.parsing.trades import industries

__all__ = ["KINDS", "MOST_CHARACTERS", "Lead", "Parsed", "Span", "Text", "names_of", "parse", "park_words"]

MOST_CHARACTERS = 200_000


def names_of(parks: Iterable[Any]) -> dict[str, list[str]]:
    """What `parse` wants to know of each park: all the names by which it may be written in a text."""
    return {park.code: [park.name, park.short_name, *(alias.name for alias in park.aliases.all())] for park in parks}


@dataclass(frozen=True, slots=True)
class Parsed:
    spans: list[Span]
    leads: list[Lead]
    mentioned: list[str]
    """Companies that are named and make no lead of their own."""


def parse(text: str, *, text_date: date | None, park_names: Mapping[str, Iterable[str]]) -> Parsed:
    """Read `text` as of `text_date`; `park_names` holds of each park's code its name, short name and aliases."""
    read = Text(text)
    found = [
        *credit_codes(read),
        *emails(read),
        *phones(read),
        *amounts(read),
        *days(read, text_date),
        *companies(read),
        *people(read),
        *industries(read),
    ]
    formed = [span for span in found if span.kind == "company" and span.role == "formed"]
    inside = {place for span in formed for place in range(span.start, span.end)}
    found += [span for span in parks(read, park_words(park_names)) if span.start not in inside]
    spans = without_overlap(found)
    leads = Finder(read, spans).find()
    named = {lead.company for lead in leads}
    mentioned = dict.fromkeys(span.value for span in spans if span.kind == "company" and span.value not in named)
    return Parsed(spans, leads, list(mentioned))
