from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "expertim.meetings"
    label = "meetings"
    protected_tables = True  # the application reads them; only our SQL functions write
