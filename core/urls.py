"""Addresses of background jobs and of the button that undoes."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("jobs/<int:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/download/", views.job_download, name="job-download"),
    path("undo/<uuid:batch>/", views.undo, name="undo"),
]
