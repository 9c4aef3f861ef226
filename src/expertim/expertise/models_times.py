"""The times an expert keeps, and the calendars in which they are busy. Minutes are those of the expert's own day."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from expertim.expertise.free_times import DAY, LONGEST_BUFFER
from expertim.foundation.ids import public_id

LONGEST_NOTICE = 60 * DAY  # minutes: two months
LARGEST_LIMIT = 100


class Availability(models.Model):
    """What goes for all of a person's meetings as an expert; no row: nothing is asked for."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="availability"
    )
    notice_minutes = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(LONGEST_NOTICE)])
    buffer_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(LONGEST_BUFFER)])
    day_limit = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(LARGEST_LIMIT)])
    paused_until = models.DateTimeField(null=True)  # the platform's clock; takes no proposals before that

    class Meta:
        verbose_name = _("availability")
        verbose_name_plural = _("availability")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    notice_minutes__lte=LONGEST_NOTICE, buffer_minutes__lte=LONGEST_BUFFER, notice_minutes__gte=0
                )
                & models.Q(buffer_minutes__gte=0),
                name="expertise_availability_minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(day_limit=None) | models.Q(day_limit__gte=1, day_limit__lte=LARGEST_LIMIT),
                name="expertise_availability_limit",
            ),
        ]


class WeeklyHours(models.Model):
    """Open from one minute of a weekday until another, every week, in one Expertise."""

    expert = models.ForeignKey("expertise.Expert", models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        constraints = [
            models.UniqueConstraint(fields=["expert", "weekday", "opens"], name="expertise_weekly_once"),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, opens__gte=0, closes__lte=DAY, opens__lt=models.F("closes")),
                name="expertise_weekly_in_order",
            ),
        ]


class DayHours(models.Model):
    """Other hours on one day, instead of the weekday's; from 0 until 0 is a day off."""

    expert = models.ForeignKey("expertise.Expert", models.CASCADE, related_name="day_hours")
    on = models.DateField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("hours of a day")
        verbose_name_plural = _("hours of days")
        constraints = [
            models.UniqueConstraint(fields=["expert", "on", "opens"], name="expertise_day_once"),
            models.CheckConstraint(
                condition=models.Q(opens=0, closes=0)
                | models.Q(opens__gte=0, closes__lte=DAY, opens__lt=models.F("closes")),
                name="expertise_day_in_order",
            ),
        ]


class Holiday(models.Model):
    """Days on which a person gives no advice anywhere; first and last both within."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="holidays")
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.UniqueConstraint(fields=["person", "first_on", "last_on"], name="expertise_holiday_once"),
            models.CheckConstraint(
                condition=models.Q(first_on__lte=models.F("last_on")), name="expertise_holiday_in_order"
            ),
        ]


class BusyCalendar(models.Model):
    """A calendar elsewhere that says when a person is busy; its address is a secret of theirs.

    `read_until` is the platform's clock: how far its intervals reach. All other moments are the machine's.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="busy_calendars")
    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=2000)
    etag = models.CharField(max_length=200, blank=True, default="")
    due_at = models.DateTimeField(null=True, db_index=True)  # to be read next
    read_at = models.DateTimeField(null=True)  # last read, or found unchanged
    read_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # since it was last read
    trouble = models.CharField(max_length=40, blank=True, default="")  # a code; see words of busy calendars

    class Meta:
        verbose_name = _("busy calendar")
        verbose_name_plural = _("busy calendars")
        constraints = [models.UniqueConstraint(fields=["person", "address"], name="expertise_calendar_once")]


class BusyInterval(models.Model):
    """When a calendar says busy, in whole minutes; what it is about is not kept."""

    calendar = models.ForeignKey(BusyCalendar, models.CASCADE, related_name="intervals")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        indexes = [models.Index(fields=["calendar", "ends_at"], name="expertise_busy_ends")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins_at__lt=models.F("ends_at")), name="expertise_busy_in_order"
            )
        ]
