"""Sending a form or request twice does the deed once: the second sender gets the first one's result."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext

from core.errors import RuleViolation
from core.models import Submission

LONGEST_KEY = 64

Result = TypeVar("Result")


def new_key() -> str:
    """For the hidden field of a form that is shown for the first time."""
    return secrets.token_urlsafe(24)


def once(key: str, *, by: Any, at: datetime, do: Callable[[], Result]) -> Result:
    """Call `do` unless this person already sent this key; then return what it gave the first time.

    `do` gives a saved model instance or something JSON can hold. If it refuses, the key stays free, so a
    corrected form may be sent again. Without a key there is no protection: `do` is simply called.
    """
    if not key:
        return do()
    if len(key) > LONGEST_KEY:
        raise RuleViolation(gettext("This form is damaged. Open it again and send it once more."))
    with transaction.atomic():
        try:
            # A second sender waits here until the first has committed, and then finds the key taken.
            with transaction.atomic():
                submission = Submission.objects.create(key=key, by=by, at=at)
        except IntegrityError:
            return _recall(Submission.objects.get(key=key, by=by).result)
        result = do()
        submission.result = _remember(result)
        submission.save(update_fields=["result"])
        return result


def forget_before(moment: datetime) -> None:
    Submission.objects.made_before(moment).delete()


def _remember(result: Any) -> dict[str, Any]:
    if isinstance(result, models.Model):
        return {"model": result._meta.label_lower, "pk": result.pk}
    return {"value": result}


def _recall(result: dict[str, Any]) -> Any:
    if "model" not in result:
        return result["value"]
    found = apps.get_model(result["model"])._base_manager.filter(pk=result["pk"]).first()
    if found is None:
        raise RuleViolation(gettext("This was already sent once, and what came of it has been removed since."))
    return found
