"""What every template knows of the person looking: role, verbs anywhere, and the navigation entry of the page."""

from functools import cached_property

from core.notices import unread_count
from parks.access import roles_of, verbs_of

# First match wins. Names of URLs of higher apps are text here, as in the templates.
PLACES = (
    ("home", "desk"),
    ("crm:lead-board", "pipeline"),
    ("crm:lead-move", "pipeline"),
    ("projects:pipeline", "pipeline"),
    ("projects:move", "pipeline"),
    ("crm:first-talk", "talks"),
    ("crm:conflict", "talks"),
    ("crm:protection", "parks"),
    ("crm:clock-rules", "parks"),
    ("crm:task", "tasks"),
    ("crm:calendar-feed", ""),
    ("crm:lead", "leads"),
    ("crm:pool", "leads"),
    ("crm:hand-over", ""),
    ("crm:", "companies"),
    ("projects:verification", "queue"),
    ("projects:event", "events"),
    ("projects:requirement", "parks"),
    ("projects:", "projects"),
    ("reports:trail", "trail"),
    ("reports:search", ""),
    ("reports:", "board"),
    ("parks:view-", ""),
    ("parks:people", "people"),
    ("parks:person", "people"),
    ("parks:", "parks"),
)


class Viewer:
    """Asks the database only for what a template really shows."""

    def __init__(self, user, view_name):
        self.user = user
        self.view_name = view_name or ""

    @cached_property
    def verbs(self):
        return verbs_of(self.user)

    @cached_property
    def role(self):
        roles = roles_of(self.user)
        return roles[0].label if roles else ""

    @cached_property
    def unread(self):
        """How many notices the bell shows."""
        return self.user.unread_notices if hasattr(self.user, "unread_notices") else unread_count(self.user)

    @property
    def sees_work(self):
        return bool(self.role)

    @property
    def may_log_leads(self):
        return "crm.register_lead" in self.verbs

    @property
    def may_verify(self):
        return "projects.verify_fact" in self.verbs

    @property
    def may_read_trail(self):
        return "reports.read_trail" in self.verbs

    @property
    def may_administer(self):
        return "parks.manage_people" in self.verbs

    @property
    def place(self):
        return next((place for start, place in PLACES if self.view_name.startswith(start)), "")


def viewer(request):
    match = request.resolver_match
    return {"viewer": Viewer(request.user, match.view_name if match else "")} if hasattr(request, "user") else {}
