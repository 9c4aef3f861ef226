from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "expertim.site"
    label = "site"
