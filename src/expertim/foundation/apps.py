from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "expertim.foundation"
    label = "foundation"

    def ready(self) -> None:
        from expertim.foundation import checks  # noqa: F401  # they register themselves
