"""The projects a list page was asked for, so that an export holds exactly the rows of that list."""

from typing import Any

from django.http import QueryDict

from parks.models import Park
from projects.filters import ProjectFilter
from projects.models import Project


class _Asker:
    """The part of a request that filters look at."""

    def __init__(self, user: Any) -> None:
        self.user = user


def asked_projects(query: QueryDict, *, by: Any) -> Any:
    """Scoped to `by`; None where the filters are wrong."""
    parks = Park.objects.visible_to(by).in_tree_order()
    found = ProjectFilter(query, queryset=Project.objects.visible_to(by), request=_Asker(by), parks=parks)
    return found.qs if found.is_valid() else None
