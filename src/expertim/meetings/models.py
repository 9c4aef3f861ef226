"""A meeting's tables. The application may read them; only `meetings_write` writes (meetings/sql)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from expertim.foundation.amounts import LARGEST_PRICE
from expertim.meetings.facts import PARTIES, Bell, By, Event, Payment, Progress, Said, State

_PARTY = [(party.value, party.value) for party in PARTIES]


def _one_of(words: type[State | Payment | Progress | By | Event | Said | Bell]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Meeting(models.Model):
    """One user, one expert, a date: priced and worded as on the day it was proposed."""

    id = models.BigIntegerField(primary_key=True)  # drawn before the row is written: postings name it
    public_id = models.CharField(max_length=16, unique=True)
    expertise = models.ForeignKey("expertise.Expertise", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings_as_user", db_index=False)
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings_as_expert", db_index=False
    )
    service = models.ForeignKey("expertise.Service", models.SET_NULL, null=True, related_name="+")
    skill = models.ForeignKey("expertise.Skill", models.SET_NULL, null=True, related_name="+")
    service_kind = models.CharField(max_length=60)
    service_title = models.JSONField(_("service"))  # a text, or one per language, like the skill's name
    skill_name = models.JSONField(_("skill"))
    terms = models.JSONField(_("terms"))  # the policy on the day of the proposal
    price = models.BigIntegerField(_("price"))
    length_minutes = models.IntegerField(_("length (minutes)"))
    proposed_at = models.DateTimeField()

    state = models.CharField(_("status"), max_length=20, choices=_one_of(State))
    payment = models.CharField(_("credits"), max_length=24, choices=_one_of(Payment))
    progress = models.CharField(_("progress"), max_length=16, null=True, choices=_one_of(Progress))
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    approved_by = ArrayField(models.CharField(max_length=6), default=list)
    alternative_at = models.DateTimeField(null=True)
    alternative_by = models.CharField(max_length=6, null=True, choices=_PARTY)
    generation = models.IntegerField(default=1)
    in_force_at = models.DateTimeField(null=True)
    rung = ArrayField(models.CharField(max_length=2), default=list)
    alarm_at = models.DateTimeField(null=True)  # the next moment at which time does something to it
    version = models.IntegerField()  # how many events its timeline has

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [
            models.Index(fields=["user", "starts_at"], include=["state"], name="meetings_of_user"),
            models.Index(fields=["expert", "starts_at"], include=["state"], name="meetings_of_expert"),
            # The dashboard counts and lists inside one Expertise: from the index alone, however many there were.
            models.Index(
                fields=["user", "expertise", "starts_at"], include=["state", "ends_at"], name="meetings_of_user_in"
            ),
            models.Index(
                fields=["expert", "expertise", "starts_at"], include=["state", "ends_at"], name="meetings_of_expert_in"
            ),
            models.Index(fields=["alarm_at"], condition=~Q(alarm_at=None), name="meetings_due"),
            models.Index(fields=["user", "alarm_at"], condition=~Q(alarm_at=None), name="meetings_due_for_user"),
            models.Index(fields=["expert", "alarm_at"], condition=~Q(alarm_at=None), name="meetings_due_for_expert"),
            models.Index(fields=["ends_at"], condition=Q(progress=Progress.DISPUTED.value), name="meetings_disputed"),
        ]
        # What changes during a meeting's life is held together by a trigger (sql/meetings_guard_2.sql, decision 0020).
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("expert")), name="meetings_two_people"),
            models.CheckConstraint(condition=Q(price__gte=0, price__lte=LARGEST_PRICE), name="meetings_price"),
            models.CheckConstraint(condition=Q(length_minutes__gte=5, length_minutes__lte=480), name="meetings_length"),
        ]

    def __str__(self) -> str:
        return self.public_id


class TimelineEvent(models.Model):
    """One line of a meeting's timeline: a code and values, never words; never changed."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="timeline", db_index=False)
    sequence = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=8, choices=_one_of(By))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=24, choices=_one_of(Event))
    values = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        constraints = [models.UniqueConstraint(fields=["meeting", "sequence"], name="meetings_event_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.sequence} {self.event}"


class Statement(models.Model):
    """How a party said the meeting went. Stars are for the operator only (V1)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="statements", db_index=False)
    party = models.CharField(max_length=6, choices=_PARTY)
    progress = models.CharField(max_length=24, choices=_one_of(Said))
    stars = models.SmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "party"], name="meetings_statement_once"),
            models.CheckConstraint(
                condition=Q(stars=None) | Q(stars__gte=1, stars__lte=5, party=By.USER.value), name="meetings_stars"
            ),
        ]


class Attendance(models.Model):
    """A Join that was pressed (J1)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance", db_index=False)
    generation = models.IntegerField()
    party = models.CharField(max_length=6, choices=_PARTY)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance log")
        indexes = [models.Index(fields=["meeting", "generation", "at"], name="meetings_attendance_log")]


class Request(models.Model):
    """A key that took effect (Z1): of whom, for what, with which content, and the answer it got."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [models.Index(fields=["made_at"], name="meetings_request_age")]
        constraints = [models.UniqueConstraint(fields=["person", "scope", "key"], name="meetings_request_once")]
