"""Putting one field of a record back to what it was, through the verb that edits the record."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from core.audit import diff
from core.models import AuditEntry
from core.rules import refuse
from crm.actions.companies import COMPANY_EDITABLE, CONTACT_EDITABLE, edit_company, edit_contact
from crm.actions.leads import LEAD_EDITABLE, edit_lead
from crm.models import Company, Contact, Lead

ALIASES = "aliases"
OF_ITS_LEAD = "lead."
"""Where a conversation moved its lead along, the trail has the lead's columns under this."""
MAKING = ("crm.register_company", "crm.add_contact", "crm.register_lead")
"""Before these there was no record, so there is nothing to put back."""

_VERBS = {
    Company: (edit_company, (*COMPANY_EDITABLE, ALIASES)),
    Contact: (edit_contact, CONTACT_EDITABLE),
    Lead: (edit_lead, LEAD_EDITABLE),
}


def entries_about(record):
    """The deeds that may have changed fields of the record, the latest first. Looks and the like are left out."""
    about = models.Q(subject_type=record._meta.label_lower, subject_id=record.pk)
    if isinstance(record, Lead):
        talks = record.interactions.order_by().values("pk")
        about |= models.Q(subject_type="crm.interaction", subject_id__in=talks)
    return AuditEntry.objects.filter(about).exclude(changes={}).order_by("-pk")


def changed_fields(record, entry):
    """What the deed did to fields of this record: {field: (before, after)} as the trail has them."""
    prefix = OF_ITS_LEAD if entry.subject_type != record._meta.label_lower else ""
    pairs = {name.removeprefix(prefix): pair for name, pair in entry.changes.items() if name.startswith(prefix)}
    known = [field.name for field in record._meta.concrete_fields] + [ALIASES] * isinstance(record, Company)
    # In the order of the form: what the database keeps as JSON has none of its own.
    return {name: tuple(pairs[name]) for name in known if _is_pair(pairs.get(name))}


def _is_pair(pair):
    return isinstance(pair, list) and len(pair) == 2


def may_be_put_back(record, entry, field):
    """Whether the value from before the deed could be put back: it is an editable field, and now says otherwise."""
    _edit, editable = _VERBS[type(record)]
    changed = changed_fields(record, entry)
    if field not in editable or field not in changed or entry.verb in MAKING:
        return False
    return bool(diff({field: changed[field][0] or None}, {field: _present(record, field) or None}))


def _present(record, field):
    if field == ALIASES:
        return sorted(alias.name for alias in record.aliases.all())
    value = getattr(record, record._meta.get_field(field).attname)
    return diff({}, {field: value}).get(field, [None, None])[1]


@transaction.atomic
def restore_field(record, *, entry, field, expected_version=None, at, by):
    """Put `field` back to what it was before `entry`, one of `entries_about`; refused as any other edit would be."""
    edit, editable = _VERBS[type(record)]
    if entry is None or entry.verb in MAKING or field not in editable or field not in changed_fields(record, entry):
        refuse("entry", _("This entry says nothing that could be put back. Choose another line of the history."))
    before = changed_fields(record, entry)[field][0]
    if field == ALIASES:
        return edit(record, changes={}, aliases=before or [], expected_version=expected_version, at=at, by=by)
    return edit(
        record, changes={field: as_value(record, field, before)}, expected_version=expected_version, at=at, by=by
    )


def as_value(record, name, said):
    """A value of the trail as the model has it."""
    field = record._meta.get_field(name)
    if said is None:
        return None if field.null else field.get_default()
    if field.is_relation:
        found = field.related_model._base_manager.filter(pk=said).first()
        if found is None:
            refuse("entry", _("What stood there is no longer in the system. Enter another value."))
        return found
    return field.to_python(said)
