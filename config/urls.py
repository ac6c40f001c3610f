"""Every address of the site."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config.api_docs import ApiDocs
from config.health import healthz
from reports.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("config.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", ApiDocs.as_view(url_name="schema"), name="api-docs"),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("parks.urls")),
    path("", include("crm.urls")),
    path("", include("projects.urls")),
    path("", include("reports.urls")),
]

handler400 = "config.failures.bad_request"
handler404 = "config.failures.not_found"
handler500 = "config.failures.crashed"
