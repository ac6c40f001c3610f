"""Writes to the rules of a zone about protection."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.rules import refuse, refuse_invalid, refuse_stale
from crm.actions.editing import apply
from crm.models import ProtectionRule
from parks.access import require

PROTECTION_EDITABLE = (
    "min_wan",
    "is_min_wan_inclusive",
    "min_wan_usd",
    "is_min_wan_usd_inclusive",
    "period_days",
    "renewals",
    "silent_days",
    "appeal_days",
)


@transaction.atomic
def set_protection_rule(zone, *, changes, expected_version=None, at, by):
    """Change how a zone protects first talks. What is running keeps its last day, but silence goes by the new rule."""
    require(by, "crm.set_rules", zone)
    if zone.parent_id is not None:
        refuse("zone", _("Rules are set for the whole zone."))
    rule = ProtectionRule.objects.select_for_update().filter(zone=zone).first() or ProtectionRule(zone=zone)
    refuse_stale(rule, expected_version, PROTECTION_EDITABLE)
    before, after = apply(rule, changes, PROTECTION_EDITABLE)
    refuse_invalid(rule, exclude=["zone"])
    changed = diff(before, after)
    if not changed:
        return rule
    rule.version += 1
    rule.save()
    record("crm.set_rules", rule, park=zone.pk, changes=changed, at=at, by=by)
    return rule
