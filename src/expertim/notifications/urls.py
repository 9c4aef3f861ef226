"""What one wants to be told."""

from django.urls import path

from expertim.notifications import views
from expertim.notifications.push import views as devices

urlpatterns = [
    path("settings/notifications/", views.wishes, name="notification_settings"),
    path("settings/notifications/devices/", devices.add, name="device_add"),
    path("settings/notifications/devices/<int:number>/remove/", devices.remove, name="device_remove"),
    path("push-worker.js", devices.worker, name="push_worker"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
