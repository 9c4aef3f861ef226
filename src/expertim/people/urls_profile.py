"""One's own profile and photo."""

from django.urls import path

from expertim.people import views_hints, views_photo, views_profile

urlpatterns = [
    path("settings/profile/<slug:name>/", views_profile.profile_group, name="profile_group"),
    path("settings/hints/", views_hints.hint_off, name="hint_off"),
    path("settings/photo/", views_photo.photo_settings, name="photo_settings"),
    path("settings/photo/banner/", views_photo.banner_settings, name="banner_settings"),
    path("photo/<str:public_id>/<str:version>/banner.webp", views_photo.banner, name="banner"),
    path("photo/<str:public_id>/<str:version>/<int:pixels>.webp", views_photo.photo, name="photo"),
]
