"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("expertim.site.urls")),
    path("accounts/", include("expertim.people.urls")),
    path("admin/", admin.site.urls),
]
