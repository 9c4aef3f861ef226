from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "expertim.foundation"
    label = "foundation"
