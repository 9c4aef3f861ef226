from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "expertim.notifications"
    label = "notifications"

    def ready(self) -> None:
        from expertim.notifications import checks, mail  # noqa: F401  # checks register themselves
        from expertim.notifications.calendar import checks as calendar_checks  # noqa: F401
        from expertim.notifications.push import sending
        from expertim.outbox.worker import add_sender

        add_sender("notice", mail.send)
        add_sender("push", sending.send)  # without the extra, or a key, there are no such rows; left ones are withdrawn
