"""The question whether a project of a similar name exists already, which the strip under a new lead asks."""

from typing import Any

from core.search import find
from crm.duplicates import MOST_CANDIDATES, SHORTEST_TITLE, Hit, alike_by_title, asks_for_titles
from projects.models import Project


@asks_for_titles
def _projects(user: Any, core: str, zones: frozenset[int] | None) -> list[Hit]:
    keys = find("project", core[:SHORTEST_TITLE], scopes=zones, most=MOST_CANDIDATES)
    rows = Project.objects.filter(pk__in=keys)  # scoped: alike_by_title
    return alike_by_title(user, rows, lambda project: project.name, core, "similar_project")
