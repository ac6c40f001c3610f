"""The refusals every door knows how to show: a rule is broken, a record moved on meanwhile, a deed is not yours."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

NotAllowed = PermissionDenied


class RuleViolation(Exception):  # noqa: N818 - it names what happened, in the words of the house
    """One or more full sentences a person can act on; nothing was written.

    `fields` ties a sentence to the input it is about; such sentences are among `reasons` too.
    """

    def __init__(self, *reasons: Any, fields: Mapping[str, Any] | None = None) -> None:
        self.fields: dict[str, list[str]] = {
            name: [str(each) for each in (said if isinstance(said, list | tuple) else [said])]
            for name, said in (fields or {}).items()
        }
        spoken = [str(reason) for reason in reasons]
        spoken += [reason for said in self.fields.values() for reason in said]
        self.reasons: tuple[str, ...] = tuple(dict.fromkeys(spoken))
        super().__init__(*self.reasons)

    def __str__(self) -> str:
        return " ".join(self.reasons)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.__dict__)


class StaleEdit(RuleViolation):
    """Someone else saved this record after the form was opened; `current` holds what each contested field is now."""

    def __init__(self, *reasons: Any, current: Mapping[str, Any], fields: Mapping[str, Any] | None = None) -> None:
        self.current = dict(current)
        if not reasons:
            reasons = (
                gettext(
                    "Someone else changed this record after you opened it. Check what it says now, then save again."
                ),
            )
        super().__init__(*reasons, fields=fields)


def _rebuild(kind: type[RuleViolation], state: dict[str, Any]) -> RuleViolation:
    error = kind.__new__(kind, *state["reasons"])
    error.__dict__.update(state)
    return error
