"""Assemble the API: every app registers its own endpoints on one router."""

from importlib import import_module
from importlib.util import find_spec

from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
for app in ("accounts", "parks", "crm", "projects", "reports"):
    if find_spec(f"{app}.api.urls") if find_spec(f"{app}.api") else None:
        import_module(f"{app}.api.urls").register(router)

urlpatterns = router.urls
