from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "expertim.notifications"
    label = "notifications"
