from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "expertim.credits"
    label = "credits"
    protected_tables = True  # the application reads them; only our SQL functions write
