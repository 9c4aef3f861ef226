from django.apps import AppConfig


class ExpertiseConfig(AppConfig):
    name = "expertim.expertise"
    label = "expertise"
