"""The API's addresses of parks."""

from rest_framework.routers import DefaultRouter

from parks.api.calendar import WorkingDays
from parks.api.saved_views import SavedViews
from parks.api.views import Parks


def register(router: DefaultRouter) -> None:
    router.register("parks", Parks, basename="park")
    router.register("working-days", WorkingDays, basename="working-days")
    router.register("views", SavedViews, basename="view")
