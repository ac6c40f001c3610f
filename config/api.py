"""Assemble the API: every app registers its own endpoints on one router."""

from rest_framework.routers import DefaultRouter

from accounts.api import urls as accounts
from core import notices_api, undo_api
from crm.api import urls as crm
from parks.api import urls as parks
from projects.api import urls as projects
from reports.api import urls as reports

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
for app in (undo_api, notices_api, accounts, parks, crm, projects, reports):
    app.register(router)

urlpatterns = router.urls
