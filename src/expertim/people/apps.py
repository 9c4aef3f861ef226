from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "expertim.people"
    label = "people"

    def ready(self) -> None:
        from allauth.account.decorators import secure_admin_login
        from django.contrib import admin

        from expertim.foundation import sizes
        from expertim.outbox.worker import add_pass
        from expertim.people import checks, devices, photos, second_factor, sessions, signing_log  # noqa: F401

        # One way in: with the limits on attempts, and with the second factor once there is one.
        admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
        add_pass("sessions", sessions.sweep, every=3600)
        signing_log.listen()
        # a form around a file takes some bytes of its own
        for page in ("/settings/photo/", "/settings/photo/banner/"):
            sizes.takes_files(page, most=photos.LARGEST_UPLOAD + (64 << 10))
        devices.listen()
        second_factor.listen()
