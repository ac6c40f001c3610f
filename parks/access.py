"""Who sees which rows and who may do which verb: the only place that knows roles.

Two questions, asked in two places. *Which rows* is asked when loading, through `visible_to`, so that a stranger
gets 404 and learns nothing. *Which verbs* is asked inside the action, through `require`, so that no door can forget;
the answer is 403.
"""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OFFICER = "officer", _("Investment officer")
    OPERATOR = "operator", _("Park operator")
    MANAGER = "manager", _("Manager")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


CRM_VERBS = frozenset(
    {
        "crm.register_company",
        "crm.edit_company",
        "crm.add_contact",
        "crm.edit_contact",
        "crm.register_lead",
        "crm.keep_source_text",
        "crm.edit_lead",
        "crm.advance_lead",
        "crm.record_interaction",
        "crm.claim_lead",
        "crm.assess_lead",
        "crm.return_lead",
        "crm.hand_over_own",
        "crm.reveal_contact",
        "crm.merge_companies",
        "crm.merge_contacts",
    }
)
TASK_VERBS = frozenset({"crm.plan_task", "crm.finish_task", "crm.move_task", "crm.drop_task"})
# What a park does about its own first talks; what the office does about those of all parks.
TALK_VERBS = frozenset({"crm.register_first_talk", "crm.renew_first_talk", "crm.end_first_talk", "crm.appeal_conflict"})
OFFICE_VERBS = frozenset(
    {
        "crm.verify_first_talk",
        "crm.open_conflict",
        "crm.decide_conflict",
        "crm.transfer_lead",
        "crm.assign_lead",
        "crm.hand_over",
        "crm.set_rules",
    }
)
PROJECT_VERBS = frozenset(
    {
        "projects.open_project",
        "projects.edit_project",
        "projects.advance_project",
        "projects.correct_fact",
        "projects.increase_investment",
        "projects.attach_document",
        "projects.record_signing_event",
    }
)
COUNTING_VERBS = frozenset({"projects.verify_fact", "projects.transfer_project", "projects.set_requirements"})
RULE_VERBS = frozenset({"crm.set_rules", "parks.set_calendar_day"})
"""What the office sets for a whole zone: clocks, protection, pool, and the working calendar."""
PARK_VERBS = frozenset({"parks.add_park", "parks.edit_park", "parks.manage_people"})

VIEW_VERBS = frozenset({"parks.save_view", "parks.share_view"})
"""Filters kept under a name; for everybody in the zone only by those who answer for it."""

VERBS = {
    Role.OFFICER: CRM_VERBS | TASK_VERBS | TALK_VERBS | PROJECT_VERBS | VIEW_VERBS | {"reports.export"},
    Role.OPERATOR: (PROJECT_VERBS - {"projects.open_project", "projects.record_signing_event"})
    | VIEW_VERBS
    | TASK_VERBS
    | {"crm.record_interaction", "crm.hand_over_own", "reports.export"},
    # The counting side may correct but not report: what it verifies comes from somebody else.
    Role.MANAGER: CRM_VERBS
    | TASK_VERBS
    | TALK_VERBS
    | OFFICE_VERBS
    | COUNTING_VERBS
    | RULE_VERBS
    | VIEW_VERBS
    | {
        "parks.share_view_with_all",
        "projects.edit_project",
        "projects.correct_fact",
        "projects.attach_document",
        "projects.record_signing_event",
        "parks.edit_park",
        "crm.hear_of_overdue",
        "reports.export",
        "reports.read_trail",
    },
    Role.AUDITOR: frozenset({"parks.save_view", "reports.export", "reports.read_trail"}),
    Role.ADMINISTRATOR: CRM_VERBS
    | TASK_VERBS
    | TALK_VERBS
    | OFFICE_VERBS
    | PROJECT_VERBS
    | COUNTING_VERBS
    | RULE_VERBS
    | PARK_VERBS
    | VIEW_VERBS
    | {"parks.share_view_with_all", "reports.export", "reports.read_trail"},
}
ALL_VERBS = frozenset().union(*VERBS.values())


def posts(user):
    """The user's (role, path of the park) pairs, read once for each user object, that is once for each request."""
    if not user.is_authenticated or not user.is_active:
        return ()
    if not hasattr(user, "_posts"):
        user._posts = tuple(user.memberships.values_list("role", "park__path"))
    return user._posts


def forget_posts(user):
    """Call after granting or revoking, where the same user object lives on."""
    user.__dict__.pop("_posts", None)
    user.__dict__.pop("_sees_every_park", None)


def verbs_of(user, park=None):
    """Every verb `user` may do in `park`; with no park, in at least one park. For hiding buttons and for `require`."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return ALL_VERBS
    return frozenset().union(*(VERBS[role] for role, path in posts(user) if park is None or park.path.startswith(path)))


def may(by, verb, park=None):
    return verb in verbs_of(by, park)


def require(by, verb, park=None):
    """Raise PermissionDenied unless `by` may do `verb` in `park`. The first line of every action."""
    if verb not in ALL_VERBS:
        raise LookupError(f"No role knows the verb {verb}")
    if not may(by, verb, park):
        raise PermissionDenied(_("Your role does not allow this here. Ask an administrator of the park."))


def roles_with(verb):
    return [role for role, verbs in VERBS.items() if verb in verbs]


def paths_over(park):
    """The paths of the parks whose role holders reach `park`: its own and those above it."""
    keys = park.path.strip("/").split("/")
    return ["/" + "/".join(keys[: depth + 1]) + "/" for depth in range(len(keys))]


def roles_of(user):
    """The user's roles, strongest first; a superuser counts as administrator."""
    held = {role for role, _path in posts(user)}
    if user.is_authenticated and user.is_superuser:
        held.add(Role.ADMINISTRATOR)
    order = [Role.ADMINISTRATOR, Role.MANAGER, Role.OFFICER, Role.OPERATOR, Role.AUDITOR]
    return [role for role in order if role in held]


def within(user, field="path"):
    """The condition that a path column lies under one of the user's parks; None where there is no limit."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return None
    condition = Q(pk__in=[])
    for _role, path in posts(user):
        condition |= Q(**{f"{field}__startswith": path})
    return condition


def within_for(user, verb, field="path"):
    """As `within`, but only the parks over which one of the user's roles allows `verb`."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return None
    condition = Q(pk__in=[])
    for role, path in posts(user):
        if verb in VERBS[role]:
            condition |= Q(**{f"{field}__startswith": path})
    return condition
