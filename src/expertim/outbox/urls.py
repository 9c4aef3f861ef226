"""The mail of a movable installation."""

from django.urls import path

from expertim.outbox import views

urlpatterns = [
    path("demo/mail/", views.mails, name="demo_mail"),
    path("demo/mail/<int:number>/", views.mail, name="demo_mail_one"),
]
