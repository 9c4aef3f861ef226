from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "expertim.meetings"
    label = "meetings"
