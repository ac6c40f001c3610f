"""Addresses of background jobs, of notices, of what came of bulk deeds, and of the button that undoes."""

from django.urls import path

from core import views, views_notices

app_name = "core"
urlpatterns = [
    path("notices/", views_notices.notice_list, name="notice-list"),
    path("notices/read/", views_notices.notice_read_all, name="notice-read-all"),
    path("notices/<int:pk>/open/", views_notices.notice_open, name="notice-open"),
    path("jobs/<int:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/download/", views.job_download, name="job-download"),
    path("bulk-runs/<int:pk>/", views.bulk_run, name="bulk-run"),
    path("undo/<uuid:batch>/", views.undo, name="undo"),
]
