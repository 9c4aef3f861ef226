from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "expertim.outbox"
    label = "outbox"
