"""People as a whole: one's own profile, and others as one may see them."""

from django.urls import path

from expertim.site import views_applying, views_leaving, views_people, views_welcome

urlpatterns = [
    path("welcome/", views_welcome.welcome_page, name="welcome"),
    path("settings/profile/", views_people.profile, name="profile"),
    path("settings/data/", views_leaving.my_data, name="my_data"),
    path("settings/data/export/", views_leaving.export, name="export"),
    path("settings/leaving/", views_leaving.leaving, name="leaving"),
    path("e/<slug:slug>/apply/", views_applying.apply, name="apply"),
    path("operator/applications/", views_applying.waiting, name="operator_applications"),
    path("operator/applications/<int:number>/", views_applying.decide, name="operator_application"),
    path("people/<str:public_id>/", views_people.person, name="person"),
]
