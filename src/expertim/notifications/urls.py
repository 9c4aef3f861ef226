"""What one wants to be told."""

from django.urls import path

from expertim.notifications import views

urlpatterns = [
    path("settings/notifications/", views.wishes, name="notification_settings"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
