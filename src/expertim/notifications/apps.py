from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "expertim.notifications"
    label = "notifications"

    def ready(self) -> None:
        from expertim.notifications import mail
        from expertim.notifications.calendar import checks  # noqa: F401  # checks register themselves
        from expertim.outbox.worker import add_sender

        add_sender("notice", mail.send)
