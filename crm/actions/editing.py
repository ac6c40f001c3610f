"""What every verb that changes fields does: set them, keep what they were, and name both for the trail."""

from django.utils.translation import gettext as _

from core.privacy import STARS, masked, personal, unveiled
from core.rules import refuse


def apply(instance, changes, editable):
    """Set the changed fields; return (before, after) of all editable ones."""
    before = {field: getattr(instance, field) for field in editable}
    for field, value in changes.items():
        if field not in editable:
            refuse(field, _("The field %(field)s cannot be edited.") % {"field": field})
        setattr(instance, field, whole(instance, field, value))
    return before, {field: getattr(instance, field) for field in editable}


def audited(changes):
    return {key: getattr(value, "pk", value) for key, value in changes.items()}


def whole(instance, field, value):
    """A typed value with the numbers that were shown in part put back as the record has them.

    Forms and the API show numbers in part, so an untouched one comes back with stars; those are never stored.
    """
    if not isinstance(value, str) or STARS not in value:
        return value
    present = getattr(instance, field) or ""
    if field not in personal(instance):
        try:
            return unveiled(value, present)
        except ValueError as alike:
            sentence = _("Two numbers here look alike as %(number)s. Write the one that stays in full.")
            refuse(field, sentence % {"number": alike})
    if not present or value.strip() != masked(present):
        refuse(field, _("Enter it in full. To keep what is there, leave it as it is shown."))
    return present


def refuse_masked(model, given):
    """A new record starts from nothing, so a number shown in part means no number."""
    for field in personal(model):
        if STARS in (given.get(field) or ""):
            refuse(field, _("Enter it in full; this is only a part of it."))
