from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "expertim.credits"
    label = "credits"
