"""The addresses of meetings."""

from django.urls import path

from expertim.meetings import views, views_acts, views_calendar, views_disputes, views_proposing

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/<str:public_id>/", views.meeting, name="meeting"),
    path("meetings/<str:public_id>/<slug:act>/", views_acts.meeting_act, name="meeting_act"),
    path("calendar/<str:token>.ics", views_calendar.feed, name="calendar_feed"),
    path("settings/calendar/", views_calendar.calendar_settings, name="calendar_settings"),
    path("e/<slug:slug>/experts/<str:public_id>/propose/", views_proposing.propose, name="propose"),
    path("people/<str:public_id>/propose/", views_proposing.propose_to, name="propose_to"),
    path("operator/disputes/", views_disputes.disputes, name="disputes"),
    path("operator/disputes/<str:public_id>/", views_disputes.settle, name="settle"),
]
