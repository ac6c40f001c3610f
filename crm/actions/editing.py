"""What every verb that changes fields does: set them, keep what they were, and name both for the trail."""

from django.utils.translation import gettext as _

from core.rules import refuse


def apply(instance, changes, editable):
    """Set the changed fields; return (before, after) of all editable ones."""
    before = {field: getattr(instance, field) for field in editable}
    for field, value in changes.items():
        if field not in editable:
            refuse(field, _("The field %(field)s cannot be edited.") % {"field": field})
        setattr(instance, field, value)
    return before, {field: getattr(instance, field) for field in editable}


def audited(changes):
    return {key: getattr(value, "pk", value) for key, value in changes.items()}
