from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "expertim.site"
    label = "site"

    def ready(self) -> None:
        from expertim.site import farewell

        farewell.register()
        from expertim.notifications.kinds import register
        from expertim.site import chatting, replying

        register([chatting.KIND], write=chatting.write)
        register([replying.KIND], write=replying.write)
