from django.urls import path

from expertim.video import views

urlpatterns = [
    path("video/<slug:key>/events/", views.events, name="video_events"),
    path("video/<slug:key>/events/<path:rest>", views.events, name="video_events_below"),
]
