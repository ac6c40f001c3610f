"""The site's addresses and those of the floors."""

from django.urls import include, path

from tests.bench import floors

urlpatterns = [
    path("floor/empty/", floors.empty),
    path("floor/one/", floors.select_one),
    path("floor/html/", floors.html_list),
    path("floor/json/", floors.json_list),
    path("", include("config.urls")),
]
