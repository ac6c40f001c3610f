"""Sending a form or request twice does the deed once: the second sender gets the first one's result."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext

from core.errors import RuleViolation
from core.models import Submission

LONGEST_KEY = 64

Result = TypeVar("Result")


class KeyUsed(RuleViolation):
    """The key belongs to something else that was sent before; sending this needs a key of its own."""


def new_key() -> str:
    """For the hidden field of a form that is shown for the first time."""
    return secrets.token_urlsafe(24)


def digest_of(address: str, said: Iterable[tuple[str, Any]]) -> str:
    """What was sent where, files by their bytes: two requests with one digest ask for the same thing."""
    digest = hashlib.sha256(repr(address).encode("utf-8", "backslashreplace"))
    for name, value in sorted(said, key=lambda pair: pair[0]):
        digest.update(repr((name, _plain(value))).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if not hasattr(value, "chunks"):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return (value.name, digest.hexdigest())


def once(key: str, *, content: str = "", by: Any, at: datetime, do: Callable[[], Result]) -> Result:
    """Call `do` unless this person already sent this key; then return what it gave the first time.

    `do` gives a saved model instance or something JSON can hold. If it refuses, the key stays free, so a
    corrected form may be sent again. Without a key there is no protection: `do` is simply called.
    `content` (see `digest_of`) binds the key: sent again with another content it is refused with KeyUsed, because
    the answer to the first would pass for an answer to the second.
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
            return _recall(Submission.objects.get(key=key, by=by).result, content)
        result = do()
        submission.result = {**_remember(result), "content": content}
        submission.save(update_fields=["result"])
        return result


def forget_before(moment: datetime) -> None:
    Submission.objects.made_before(moment).delete()


def _remember(result: Any) -> dict[str, Any]:
    if isinstance(result, models.Model):
        return {"model": result._meta.label_lower, "pk": result.pk}
    return {"value": result}


def _recall(result: dict[str, Any], content: str) -> Any:
    if result.get("content", "") != content:
        raise KeyUsed(gettext("This was sent before with other content. Look whether it still has to be sent."))
    if "model" not in result:
        return result["value"]
    found = apps.get_model(result["model"])._base_manager.filter(pk=result["pk"]).first()
    if found is None:
        raise RuleViolation(gettext("This was already sent once, and what came of it has been removed since."))
    return found
