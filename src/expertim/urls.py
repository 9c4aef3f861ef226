"""Every address of the product."""

from django.contrib import admin
from django.http import Http404
from django.urls import URLPattern, URLResolver, include, path


def _not_yet(request, **_given):  # type: ignore[no-untyped-def]
    raise Http404


_meetings: list[URLPattern | URLResolver]
try:
    _meetings = [path("", include("expertim.meetings.urls"))]
except ImportError:
    _meetings = [
        path("meetings/", _not_yet, name="meetings"),
        path("meetings/<str:public_id>/", _not_yet, name="meeting"),
        path("meetings/<str:public_id>/<slug:act>/", _not_yet, name="meeting_act"),
        path("e/<slug:slug>/experts/<str:public_id>/propose/", _not_yet, name="propose"),
        path("people/<str:public_id>/propose/", _not_yet, name="propose_to"),
        path("operator/disputes/", _not_yet, name="disputes"),
        path("operator/disputes/<str:public_id>/", _not_yet, name="settle"),
    ]

urlpatterns = [
    path("", include("expertim.site.urls")),
    *_meetings,
    path("", include("expertim.people.urls")),
    path("", include("expertim.outbox.urls")),
    path("admin/", admin.site.urls),
]
