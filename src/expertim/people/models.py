"""Persons. *User* and *expert* are roles in a meeting, so the account is called a person."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from expertim.foundation.ids import public_id
from expertim.people.formats import DATE_FORMATS, Clock
from expertim.people.models_profile import Banner, Billing, Photo, Profile, WorkStatus
from expertim.people.models_terms import Agreement, TermsText

__all__ = [
    "Agreement",
    "ApiToken",
    "Banner",
    "Billing",
    "CalendarFeed",
    "Person",
    "PersonSession",
    "Photo",
    "Profile",
    "TermsText",
    "WorkStatus",
]


@cache
def time_zones() -> frozenset[str]:
    """Names of the IANA database; read once, because each reading walks all its files."""
    return frozenset(available_timezones() - {"Factory", "localtime", "posixrules"})


def validate_time_zone(name: str) -> None:
    """Only names of the IANA database; anything else would be asked of the file system."""
    if name not in time_zones():
        raise ValidationError(_("There is no time zone of that name."), code="time_zone")


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Made at the machine's own prompt, so the address needs no code; without mail it could get none."""
        from allauth.account.models import EmailAddress

        person = self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Every expert is also a user."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    date_format = models.CharField(
        _("date format"), max_length=20, default=DATE_FORMATS[0], choices=[(f, f) for f in DATE_FORMATS]
    )
    language = models.CharField(_("language"), max_length=5, default="en", choices=settings.LANGUAGES)
    is_staff = models.BooleanField(_("operator"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    # On this row, because the statement that reads the session brings it: nothing of it may cost a page a trip.
    photo = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)  # its version
    hints_off = ArrayField(models.CharField(max_length=20), blank=True, default=list, db_default=[], editable=False)
    # None only between signing up and having said name and zone.
    welcomed_at = models.DateTimeField(null=True, default=timezone.now, db_default=Now(), editable=False)
    left_at = models.DateTimeField(null=True, editable=False)  # whoever was here; name and address are gone

    # The database's alone: sql/terms_2.sql; expertise/sql/advising_1.sql, an expert somewhere.
    owes_terms = models.BooleanField(default=False, db_default=False, editable=False)
    advises = models.BooleanField(default=False, db_default=False, editable=False)

    held_back = False  # not kept: a sign-in that has yet to show a second factor, see second_factor.py

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="people_person_email_once"),
            models.CheckConstraint(condition=models.Q(date_format__in=DATE_FORMATS), name="people_person_date_format"),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(is_active=False, is_staff=False, is_superuser=False),
                name="people_person_left_for_good",
            ),
        ]
        # Every notice asks who the operators are: among many people they must not be looked for one by one.
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(is_staff=True) & models.Q(is_active=True), name="people_operators"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def clock(self) -> Clock:
        """How this person reads time."""
        try:
            return Clock.of(time_zone=self.time_zone, date_format=self.date_format)
        except ZoneInfoNotFoundError:  # a name that the database of zones has dropped since
            return Clock.of(time_zone="UTC", date_format=self.date_format)

    @property
    def is_operator(self) -> bool:
        return self.is_staff and not self.held_back


class PersonSession(AbstractBaseSession):
    """Django's table of sessions with one column more: whose it is, so that one statement reads both."""

    person_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False  # django.contrib.sessions makes it, our migration adds the column
        db_table = "django_session"

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from expertim.people.sessions import SessionStore

        return SessionStore


class CalendarFeed(models.Model):
    """The secret address at which a person's calendar is read; only its digest is kept. Deleted, it is revoked."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="calendar_feed", primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)  # the machine's clock, like all that concerns signing in

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ApiToken(models.Model):
    """What a program signs in with instead of its person; only its digest is kept. Deleted, it is revoked."""

    class Scope(models.TextChoices):
        READ = "read", _("read only")
        WRITE = "write", _("read and act")

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("may"), max_length=5, choices=Scope.choices, default=Scope.WRITE)
    made_at = models.DateTimeField(default=timezone.now)  # the machine's clock, like all that concerns signing in
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the hour: it is written that often at most

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=["read", "write"]), name="people_apitoken_scope"),
        ]

    def __str__(self) -> str:
        return self.name
