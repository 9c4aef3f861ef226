from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "expertim.api"
    label = "api"

    def ready(self) -> None:
        from expertim.api import letters, webhooks
        from expertim.notifications.kinds import register
        from expertim.outbox.worker import add_pass, add_sender

        register([webhooks.SWITCHED_OFF], write=letters.write)
        add_sender(webhooks.KIND, webhooks.deliver)
        add_pass("old deliveries", webhooks.sweep, every=3600)
