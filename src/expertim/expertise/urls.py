"""The addresses of what experts say about themselves."""

from django.urls import path

from expertim.expertise import views_times

urlpatterns = [
    path("settings/times/", views_times.own_times, name="own_times"),
]
