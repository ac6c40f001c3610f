"""What a person may change about their own sign-in: language, theme, name, password."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Theme, User
from accounts.tokens import forget_token
from core import audit
from core.errors import RuleViolation


def choose_language(person: User, *, language: str, by: User) -> None:
    """A preference, not a fact: it leaves no trace in the record."""
    _require_self(person, by)
    if language not in dict(settings.LANGUAGES):
        raise RuleViolation(gettext("This language is not available."))
    person.language = language
    person.save(update_fields=["language"])


def choose_theme(person: User, *, theme: str, by: User) -> None:
    _require_self(person, by)
    if theme not in Theme.values:
        raise RuleViolation(gettext("This theme is not available."))
    person.theme = theme
    person.save(update_fields=["theme"])


@transaction.atomic
def edit_profile(person: User, *, full_name: str, email: str, at: datetime, by: User) -> None:
    _require_self(person, by)
    changes = audit.diff(
        {"full_name": person.full_name, "email": person.email}, {"full_name": full_name, "email": email}
    )
    if not changes:
        return
    person.full_name, person.email = full_name, email
    person.save(update_fields=["full_name", "email"])
    audit.record("accounts.edit_profile", person, changes=changes, at=at, by=by)


@transaction.atomic
def change_password(person: User, *, old: str, new: str, at: datetime, by: User) -> None:
    """Asks the old password although the person is signed in: an open screen must not be enough to take an account."""
    _require_self(person, by)
    if not person.check_password(old):
        raise RuleViolation(fields={"old": gettext("This is not your present password.")})
    if old == new:
        raise RuleViolation(fields={"new": gettext("Choose a password that differs from the present one.")})
    try:
        validate_password(new, person)
    except ValidationError as weak:
        raise RuleViolation(fields={"new": weak.messages}) from weak
    person.set_password(new)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    forget_token(person)
    audit.record("accounts.change_password", person, at=at, by=by)


@transaction.atomic
def close_demo_accounts(*, at: datetime, by: User | None = None) -> int:
    """How many were closed. Asked for at the console, where nobody is signed in."""
    people = list(User.objects.filter(is_demo=True, is_active=True))  # scoped: the console sees all
    for person in people:
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        forget_token(person)
        audit.record("accounts.close_demo_account", person, at=at, by=by)
    return len(people)


def _require_self(person: User, by: User) -> None:
    if by.pk != person.pk:
        raise PermissionDenied(gettext("Only you may change this about your own account."))
