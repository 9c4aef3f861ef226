"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("expertim.site.urls")),
    path("", include("expertim.meetings.urls")),
    path("", include("expertim.expertise.urls")),
    path("", include("expertim.people.urls")),
    path("", include("expertim.people.urls_profile")),
    path("", include("expertim.site.urls_people")),
    path("", include("expertim.notifications.urls")),
    path("", include("expertim.outbox.urls")),
    path("", include("expertim.video.urls")),
    path("api/v1/", include("expertim.api.urls")),
    path("", include("expertim.api.urls_pages")),
    path("operator/", include("expertim.backoffice.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "expertim.site.views_trouble.unreadable"
handler429 = "expertim.site.views_trouble.too_many_attempts"
handler500 = "expertim.site.views_trouble.broken"
