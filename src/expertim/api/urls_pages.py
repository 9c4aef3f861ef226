"""The pages of webhooks, among the settings and among the operators' pages."""

from django.urls import path

from expertim.api import views_webhooks

urlpatterns = [
    path("settings/webhooks/", views_webhooks.own, name="webhooks"),
    path("settings/webhooks/<str:public_id>/", views_webhooks.own_one, name="webhook"),
    path("operator/webhooks/", views_webhooks.installation, name="operator_webhooks"),
    path("operator/webhooks/<str:public_id>/", views_webhooks.installation_one, name="operator_webhook"),
]
