import pickle

from django.utils.translation import gettext_lazy

from core.errors import NotAllowed, RuleViolation, StaleEdit


def test_a_violation_lists_every_reason_once_with_field_reasons_among_them():
    violation = RuleViolation("Too early.", fields={"to": ["Too early.", "No such step."], "reason": "Say why."})

    assert violation.reasons == ("Too early.", "No such step.", "Say why.")
    assert violation.fields == {"to": ["Too early.", "No such step."], "reason": ["Say why."]}
    assert str(violation) == "Too early. No such step. Say why."


def test_lazy_reasons_become_plain_text_at_once():
    violation = RuleViolation(gettext_lazy("Yes"))

    assert type(violation.reasons[0]) is str


def test_a_stale_edit_says_what_the_record_is_now():
    stale = StaleEdit(current={"name": "New"})

    assert isinstance(stale, RuleViolation)
    assert stale.current == {"name": "New"}
    assert "Someone else" in stale.reasons[0]


def test_a_violation_survives_the_way_between_processes():
    stale = pickle.loads(pickle.dumps(StaleEdit("Changed.", current={"name": "New"}, fields={"name": "Now New."})))

    assert (stale.reasons, stale.fields, stale.current) == (
        ("Changed.", "Now New."),
        {"name": ["Now New."]},
        {"name": "New"},
    )


def test_not_allowed_is_what_django_answers_with_403():
    from django.core.exceptions import PermissionDenied

    assert NotAllowed is PermissionDenied
