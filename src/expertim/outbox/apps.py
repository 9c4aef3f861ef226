from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "expertim.outbox"
    label = "outbox"

    def ready(self) -> None:
        from expertim.foundation import cache
        from expertim.outbox import checks, keeping, mail  # noqa: F401  # checks register themselves
        from expertim.outbox.worker import add_pass, add_sender

        add_sender("mail", mail.send)
        add_pass("cache", cache.sweep, every=60)
        add_pass("old outbox rows", keeping.sweep, every=3600)
