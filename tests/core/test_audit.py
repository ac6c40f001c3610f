from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import ProtectedError

from core import audit
from core.models import AuditEntry


def test_a_difference_keeps_only_what_changed_and_fits_into_json():
    before = {"name": "A", "total_wan": Decimal("1.0000"), "signed_on": None, "same": Decimal("2.0"), "gone": 1}
    after = {"name": "B", "total_wan": Decimal("1.5000"), "signed_on": date(2024, 3, 31), "same": Decimal("2.00")}

    assert audit.diff(before, after) == {
        "name": ["A", "B"],
        "total_wan": ["1.0000", "1.5000"],
        "signed_on": [None, "2024-03-31"],
        "gone": [1, None],
    }
    assert audit.diff({}, {"at": datetime(2024, 3, 31, tzinfo=UTC)}) == {"at": [None, "2024-03-31T00:00:00+00:00"]}
    assert audit.diff(before, before) == {}


def test_an_entry_says_who_did_what_to_what_where_and_when(maker, stranger, noon):
    audit.record("accounts.change_name", stranger, park=7, changes={"name": ["A", "B"]}, at=noon, by=maker)

    entry = AuditEntry.objects.about(stranger).get()
    assert (entry.verb, entry.by, entry.at, entry.scope_id) == ("accounts.change_name", maker, noon, 7)
    assert (entry.subject_type, entry.subject_id, entry.subject_label) == ("accounts.user", stranger.pk, str(stranger))
    assert entry.changes == {"name": ["A", "B"]}


def test_entries_of_a_park_are_found_by_the_park_alone(maker, noon):
    audit.record("a", maker, park=7, at=noon, by=maker)
    audit.record("b", maker, park=8, at=noon, by=maker)
    audit.record("c", maker, at=noon, by=None)

    assert [entry.verb for entry in AuditEntry.objects.in_parks([7])] == ["a"]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.update(verb="x"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["verb"]),
        lambda entry: AuditEntry.objects.update_or_create({"verb": "x"}, pk=entry.pk),
    ],
)
def test_nothing_can_change_or_remove_an_entry(maker, noon, tamper):
    entry = audit.record("core.try", maker, at=noon, by=maker)

    with pytest.raises(TypeError, match="append-only"):
        tamper(entry)

    assert AuditEntry.objects.get().verb == "core.try"


def test_a_person_with_a_trace_cannot_be_removed(maker, noon):
    audit.record("core.try", maker, at=noon, by=maker)

    with pytest.raises(ProtectedError):
        maker.delete()
