from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "expertim.api"
    label = "api"
