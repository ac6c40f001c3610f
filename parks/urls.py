"""Addresses of parks and of the people who work in them."""

from django.urls import path

from parks import views, views_calendar, views_saved

app_name = "parks"
urlpatterns = [
    path("parks/", views.park_list, name="list"),
    path("parks/new/", views.park_new, name="new"),
    path("parks/<str:code>/", views.park_detail, name="detail"),
    path("parks/<str:code>/edit/", views.park_edit, name="edit"),
    path("calendar/", views_calendar.calendar_page, name="calendar"),
    path("calendar/days/", views_calendar.calendar_add, name="calendar-add"),
    path("calendar/days/<int:pk>/drop/", views_calendar.calendar_drop, name="calendar-drop"),
    path("calendar/years/<int:year>/", views_calendar.calendar_year, name="calendar-year"),
    path("views/", views_saved.view_list, name="view-list"),
    path("views/new/", views_saved.view_new, name="view-new"),
    path("views/default/", views_saved.view_default, name="view-default"),
    path("views/<int:pk>/edit/", views_saved.view_edit, name="view-edit"),
    path("views/<int:pk>/remove/", views_saved.view_remove, name="view-remove"),
    path("people/", views.people_list, name="people-list"),
    path("people/new/", views.person_new, name="person-new"),
    path("people/<int:pk>/", views.person_detail, name="person-detail"),
    path("people/<int:pk>/grant/", views.person_grant, name="person-grant"),
    path("people/<int:pk>/revoke/<int:membership>/", views.person_revoke, name="person-revoke"),
    path("people/<int:pk>/activate/", views.person_activate, name="person-activate"),
    path("people/<int:pk>/password/", views.person_password, name="person-password"),
]
