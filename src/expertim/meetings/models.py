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
from expertim.meetings.lifecycle import RESCHEDULABLE, SETTLED, SETTLED_PAYMENTS, UNSETTLED_PAYMENTS

_PARTY = [(party.value, party.value) for party in PARTIES]


def _one_of(words: type[State | Payment | Progress | By | Event | Said | Bell]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


def _values(words: frozenset[Payment] | frozenset[Progress] | frozenset[State]) -> list[str]:
    return sorted(word.value for word in words)


def payments_beside_states() -> Q:
    """Which payment may stand beside which state and progress: the core's sets, as a condition."""
    allowed = Q(state=State.AGREED.value, progress__in=_values(SETTLED), payment__in=_values(SETTLED_PAYMENTS))
    for state, payments in UNSETTLED_PAYMENTS.items():
        unsettled = Q(state=state.value, payment__in=_values(payments))
        if state is State.AGREED:
            allowed |= unsettled & (Q(progress=None) | Q(progress=Progress.DISPUTED.value))
        else:
            allowed |= unsettled & Q(progress=None)
    return allowed


class Meeting(models.Model):
    """One user, one expert, a date: priced and worded as on the day it was proposed."""

    id = models.BigIntegerField(primary_key=True)  # drawn before the row is written: postings name it
    public_id = models.CharField(max_length=16, unique=True)
    expertise = models.ForeignKey("expertise.Expertise", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings_as_user")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings_as_expert")
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
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("expert")), name="meetings_two_people"),
            models.CheckConstraint(condition=payments_beside_states(), name="meetings_payment_fits_state"),
            models.CheckConstraint(
                condition=Q(price=0, payment=Payment.FREE.value) | (Q(price__gt=0) & ~Q(payment=Payment.FREE.value)),
                name="meetings_free_means_price_0",
            ),
            models.CheckConstraint(condition=Q(price__gte=0, price__lte=LARGEST_PRICE), name="meetings_price"),
            models.CheckConstraint(condition=Q(length_minutes__gte=5, length_minutes__lte=480), name="meetings_length"),
            models.CheckConstraint(
                condition=Q(alternative_at=None, alternative_by=None)
                | Q(
                    alternative_at__isnull=False,
                    alternative_by__in=[party.value for party in PARTIES],
                    state__in=_values(RESCHEDULABLE),
                ),
                name="meetings_alternative_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.AGREED.value) | Q(in_force_at__isnull=False), name="meetings_agreed_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class TimelineEvent(models.Model):
    """One line of a meeting's timeline: a code and values, never words; never changed."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="timeline")
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

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="statements")
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

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    generation = models.IntegerField()
    party = models.CharField(max_length=6, choices=_PARTY)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance log")
        indexes = [models.Index(fields=["meeting", "generation", "at"], name="meetings_attendance_log")]


class Request(models.Model):
    """A key that took effect (Z1): of whom, for what, with which content, and the answer it got."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
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
