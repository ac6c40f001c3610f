"""Which views a list offers a person, which of them it shows, and with which it opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict

from parks.access import roles_of
from parks.actions_views import plain_query
from parks.models import SavedView, ViewAudience, ViewDefault

Page = TypeVar("Page", bound=Callable[..., Any])


def keeps_views(filters_of: Callable[[QueryDict, Any], Any]) -> Callable[[Page], Page]:
    """Mark the page of a list whose filters may be kept; `filters_of(asked, request)` is its filter set."""

    def mark(page: Page) -> Page:
        page.filters_of = filters_of
        return page

    return mark


@dataclass(frozen=True, slots=True)
class ListViews:
    """`current` is the view whose filters the address holds; `default` the one an address without filters opens."""

    list_name: str
    views: list[SavedView]
    current: SavedView | None
    default: SavedView | None
    query: str

    @property
    def by_audience(self) -> list[tuple[str, list[SavedView]]]:
        """Mine first, then those of the park, then everybody's; groups without a view are left out."""
        mine = [view for view in self.views if view.is_mine]
        shared = [
            (audience.label, [view for view in self.views if not view.is_mine and view.audience == audience])
            for audience in (ViewAudience.PARK, ViewAudience.EVERYBODY)
        ]
        return [(label, views) for label, views in [("", mine), *shared] if views]

    @property
    def opens(self) -> str:
        """Where an address without filters leads; "" where it stays."""
        return f"?{self.default.query}" if self.default and self.default.query else ""


def views_of(request: HttpRequest) -> ListViews:
    """The views of the list this request asks for, in two queries."""
    list_name, user = request.resolver_match.view_name, request.user
    views = list(SavedView.objects.visible_to(user).of_list(list_name).select_related("park"))
    for view in views:
        view.is_mine = view.owner_id == user.pk
        view.link = f"?{view.query}" if view.query else "?view=all"
    chosen = list(ViewDefault.objects.filter(user=user, list_name=list_name).values_list("view_id", flat=True))
    query = plain_query(request.GET.urlencode()) if request.GET else ""
    shown = [view for view in views if view.query == query] if request.GET else []
    return ListViews(list_name, views, shown[0] if shown else None, _default(views, chosen, user), query)


def _default(views: list[SavedView], chosen: list[int | None], user: Any) -> SavedView | None:
    """What the person chose; else that of the strongest role, a park's before everybody's."""
    if chosen:
        return next((view for view in views if view.pk == chosen[0]), None)
    for role in roles_of(user):
        offered = [view for view in views if view.default_role == role]
        if offered:
            return min(offered, key=lambda view: (view.audience != ViewAudience.PARK, -view.pk))
    return None
