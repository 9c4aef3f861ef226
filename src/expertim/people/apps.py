from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "expertim.people"
    label = "people"
