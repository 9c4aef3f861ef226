"""The addresses of meetings."""

from django.urls import path

from expertim.meetings import (
    views,
    views_acts,
    views_calendar,
    views_disputes,
    views_door,
    views_periods,
    views_proposing,
    views_room,
)

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/period/", views_periods.cancel_period, name="cancel_period"),
    path("meetings/<str:public_id>/", views.meeting, name="meeting"),
    path("join/<str:token>/", views_door.door, name="join"),
    path("meetings/<str:public_id>/link/", views_door.own_link, name="meeting_link"),
    path("meetings/<str:public_id>/room/", views_room.room, name="room"),
    path("meetings/<str:public_id>/room/exchange/", views_room.exchange_of_page, name="room_exchange"),
    path("meetings/<str:public_id>/room/pass/", views_room.pass_of_page, name="room_pass"),
    path("meetings/<str:public_id>/<slug:act>/", views_acts.meeting_act, name="meeting_act"),
    path("calendar/<str:token>.ics", views_calendar.feed, name="calendar_feed"),
    path("settings/calendar/", views_calendar.calendar_settings, name="calendar_settings"),
    path("e/<slug:slug>/experts/<str:public_id>/propose/", views_proposing.propose, name="propose"),
    path("people/<str:public_id>/propose/", views_proposing.propose_to, name="propose_to"),
    path("operator/disputes/", views_disputes.disputes, name="disputes"),
    path("operator/disputes/<str:public_id>/", views_disputes.settle, name="settle"),
]
