from django.apps import AppConfig


class ExpertiseConfig(AppConfig):
    name = "expertim.expertise"
    label = "expertise"

    def ready(self) -> None:
        from expertim.expertise.busy_calendars import read_due
        from expertim.outbox.worker import add_pass

        add_pass("busy calendars", read_due)
