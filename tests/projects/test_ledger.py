"""Every field of a project says where it appears."""

import pytest

from projects import ledger
from projects.forms import ProjectForm
from projects.models import Project

FIELDS = {field.name for field in Project._meta.get_fields() if field.concrete}
PLACES = {name: getattr(ledger, name) for name in ("LIST", "EDIT", "API", "EXPORT", "INTERNAL")}


def test_every_project_field_says_where_it_appears():
    placed = set().union(*PLACES.values())

    assert FIELDS - placed == set(), "place these in projects/ledger.py"


@pytest.mark.parametrize("place", PLACES)
def test_no_place_names_a_field_twice_or_one_that_is_gone(place):
    assert len(PLACES[place]) == len(set(PLACES[place]))
    assert set(PLACES[place]) <= FIELDS


def test_an_internal_field_is_shown_nowhere():
    assert not set(ledger.INTERNAL) & set().union(*(PLACES[place] for place in PLACES if place != "INTERNAL"))


def test_whoever_edits_or_lists_a_field_can_also_read_it_in_the_export():
    assert set(ledger.EDIT) | set(ledger.LIST) <= set(ledger.EXPORT) <= set(ledger.API)


def test_the_form_asks_for_exactly_the_editable_fields(make_project):
    assert tuple(ProjectForm(instance=make_project()).fields) == ledger.EDIT
