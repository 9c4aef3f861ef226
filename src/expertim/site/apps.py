from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "expertim.site"
    label = "site"

    def ready(self) -> None:
        from expertim.notifications.kinds import register
        from expertim.site import applying, chatting, farewell, replying

        farewell.register()
        register(applying.KINDS, write=applying.write)
        register([chatting.KIND], write=chatting.write)
        register([replying.KIND], write=replying.write)
