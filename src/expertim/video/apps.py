from django.apps import AppConfig


class VideoConfig(AppConfig):
    name = "expertim.video"
    label = "video"

    def ready(self) -> None:
        from expertim.outbox.worker import add_pass
        from expertim.video import checks  # noqa: F401  # registers itself
        from expertim.video.builtin.room import BuiltIn, forget_signals
        from expertim.video.platforms import register, register_configured

        register(BuiltIn())
        register_configured()
        add_pass("old signals of rooms", lambda limit: forget_signals(limit=limit), every=3600)
