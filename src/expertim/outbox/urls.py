"""The mail of a movable installation, and readiness for machines."""

from django.urls import path

from expertim.outbox import views, views_health

urlpatterns = [
    path("demo/mail/", views.mails, name="demo_mail"),
    path("demo/mail/<int:number>/", views.mail, name="demo_mail_one"),
    path("demo/mail/<int:number>/html/", views.mail_html, name="demo_mail_html"),
    path("readyz", views_health.readyz, name="readyz"),
]
