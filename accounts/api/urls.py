"""Where a program fetches its token."""

from rest_framework.routers import DefaultRouter

from accounts.api.views import TokenView


def register(router: DefaultRouter) -> None:
    router.register("token", TokenView, basename="token")
