"""Addresses of the report API, hung into the one router."""

from rest_framework.routers import DefaultRouter

from reports.api.search import Search
from reports.api.views import Reports


def register(router: DefaultRouter) -> None:
    router.register("reports", Reports, basename="reports")
    router.register("search", Search, basename="search")
