from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "expertim.backoffice"
    label = "backoffice"
