"""Expertises: professional fields with their own skills, experts, services and policy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expertim.expertise.models_applying import Application
from expertim.expertise.models_times import Availability, BusyCalendar, BusyInterval, DayHours, Holiday, WeeklyHours
from expertim.foundation.amounts import LARGEST_PRICE
from expertim.foundation.durations import LONGEST_MINUTES, SHORTEST_MINUTES
from expertim.foundation.ids import public_id
from expertim.foundation.words import in_language

__all__ = [
    "Application",
    "Availability",
    "BusyCalendar",
    "BusyInterval",
    "DayHours",
    "Expert",
    "Expertise",
    "Holiday",
    "RejectReason",
    "Service",
    "Skill",
    "SkillHeld",
    "SkillWish",
    "WeeklyHours",
]
_PERCENT: dict[str, Any] = {
    "max_digits": 5,
    "decimal_places": 2,
    "validators": [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
}
PERCENTS = ("late_fee_percent", "commission_percent", "no_show_fee_percent")
POLICY = (
    "free_cancellation_hours",
    "late_fee_percent",
    "commission_percent",
    "no_show_fee_percent",
    "join_opens_minutes",
    "join_closes_minutes",
    "reminder_hours",
    "link_minutes",
    "evaluation_reminder_hours",
    "settlement_hours",
    "review_bonus",
)


class Expertise(models.Model):
    """A professional field. The policy values are frozen into each meeting when it is proposed."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(
        pgettext_lazy("of an Expertise or a skill", "name"),
        help_text=_("A text, or one per language: {“en”: …, “cs”: …}."),
    )
    introduction = models.JSONField(_("introduction"), default=str, blank=True)
    position = models.PositiveIntegerField(default=0)
    free_cancellation_hours = models.PositiveIntegerField(
        _("free cancellation until (hours before the start)"), default=48, validators=[MaxValueValidator(8760)]
    )
    late_fee_percent = models.DecimalField(_("late cancellation fee (% of the price)"), default=Decimal(50), **_PERCENT)
    commission_percent = models.DecimalField(
        _("platform's commission (% of what is deducted)"), default=Decimal(20), **_PERCENT
    )
    no_show_fee_percent = models.DecimalField(
        _("fee when the user did not come (% of the price)"), default=Decimal(100), **_PERCENT
    )
    join_opens_minutes = models.PositiveIntegerField(
        _("join opens (minutes before the start)"), default=15, validators=[MaxValueValidator(1440)]
    )
    join_closes_minutes = models.PositiveIntegerField(
        _("link dies (minutes after the end)"), default=60, validators=[MaxValueValidator(1440)]
    )
    reminder_hours = models.PositiveIntegerField(
        _("reminder (hours before the start)"), default=24, validators=[MaxValueValidator(720)]
    )
    link_minutes = models.PositiveIntegerField(
        _("link reminder (minutes before the start)"), default=60, validators=[MaxValueValidator(1440)]
    )
    evaluation_reminder_hours = models.PositiveIntegerField(
        _("evaluation reminder (hours after the end)"), default=24, validators=[MaxValueValidator(720)]
    )
    settlement_hours = models.PositiveIntegerField(
        _("automatic evaluation (hours after the end)"), default=168, validators=[MaxValueValidator(8760)]
    )
    review_bonus = models.PositiveBigIntegerField(
        _("bonus for a first text review (hundredths of a credit)"),
        default=500,
        validators=[MaxValueValidator(LARGEST_PRICE)],
    )

    class Meta:
        verbose_name = _("Expertise")
        verbose_name_plural = _("Expertises")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(**{f"{field}__gte": 0, f"{field}__lte": 100}), name=f"expertise_{field}"
            )
            for field in PERCENTS
        ]

    def __str__(self) -> str:
        return in_language(self.name)


class Skill(models.Model):
    expertise = models.ForeignKey(Expertise, models.CASCADE, related_name="skills")
    slug = models.SlugField(max_length=60)
    name = models.JSONField(pgettext_lazy("of an Expertise or a skill", "name"))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["expertise", "slug"], name="expertise_skill_once")]

    def __str__(self) -> str:
        return in_language(self.name)


class RejectReason(models.Model):
    """A reason one may choose when rejecting a meeting or an alternative date (A2, D5)."""

    code = models.SlugField(max_length=60, unique=True)
    text = models.JSONField(_("text"))
    active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reason for rejecting")
        verbose_name_plural = _("reasons for rejecting")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.text)


class Expert(models.Model):
    """A person approved to give advice inside one Expertise."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert_in")
    expertise = models.ForeignKey(Expertise, models.PROTECT, related_name="experts")
    headline = models.JSONField(_("headline"), default=str, blank=True)
    introduction = models.JSONField(_("introduction"), default=str, blank=True)
    skills = models.ManyToManyField(Skill, related_name="experts", blank=True)
    active = models.BooleanField(_("listed"), default=True)
    public = models.BooleanField(_("page for visitors without an account"), default=False, db_default=False)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        constraints = [models.UniqueConstraint(fields=["person", "expertise"], name="expertise_expert_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.expertise}"


class Service(models.Model):
    """What an expert offers: kind, title, length, price in credits, the skills it serves."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="services")
    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    slug = models.SlugField(max_length=60)
    kind = models.SlugField(_("kind"), max_length=60)
    title = models.JSONField(_("title"))
    length_minutes = models.PositiveIntegerField(
        _("length (minutes)"), validators=[MinValueValidator(SHORTEST_MINUTES), MaxValueValidator(LONGEST_MINUTES)]
    )
    price = models.PositiveBigIntegerField(
        _("price (hundredths of a credit)"), validators=[MaxValueValidator(LARGEST_PRICE)]
    )
    skills = models.ManyToManyField(Skill, related_name="services")
    active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "slug"], name="expertise_service_once"),
            models.CheckConstraint(
                condition=models.Q(length_minutes__gte=SHORTEST_MINUTES, length_minutes__lte=LONGEST_MINUTES),
                name="expertise_service_length",
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=0, price__lte=LARGEST_PRICE), name="expertise_service_price"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title)


class SkillWish(models.Model):
    """A skill that a person wants to develop; its experts come first on the dashboard (B5)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skill_wishes")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="wishes")

    class Meta:
        verbose_name = _("skill to develop")
        verbose_name_plural = _("skills to develop")
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="expertise_wish_once")]


class SkillHeld(models.Model):
    """A skill that a person says they have at senior or expert level; whoever sees their page sees it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills_held")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="held_by")

    class Meta:
        verbose_name = _("skill at senior or expert level")
        verbose_name_plural = _("skills at senior or expert level")
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="expertise_held_once")]


class Favourite(models.Model):
    """An expert whom a person keeps among the favourites in an Expertise; nobody else sees it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites")
    expert = models.ForeignKey(Expert, models.CASCADE, related_name="favourite_of")

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [models.UniqueConstraint(fields=["person", "expert"], name="expertise_favourite_once")]


class Listing(models.Model):
    """What finding an expert reads, on one row: kept by the database's triggers alone (sql/listing_1.sql).

    The columns stand in the order in which `expertise_listing_of` gives them.
    """

    expert = models.OneToOneField(Expert, models.CASCADE, primary_key=True, related_name="listing")
    public_id = models.CharField(max_length=16)  # the person's
    name = models.CharField(max_length=120)
    listed = models.BooleanField()
    skills = ArrayField(models.BigIntegerField())  # that they serve: named, or of a service on offer
    prices = ArrayField(models.BigIntegerField())  # of the services on offer, the lowest first
    languages = ArrayField(models.CharField(max_length=3))
    searched = models.TextField()  # every word about them, in every language, folded
    expertise = models.ForeignKey(Expertise, models.CASCADE, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["expertise", "name", "public_id"], condition=models.Q(listed=True), name="expertise_by_name"
            )
        ]


class Reliability(models.Model):
    """What an expert's timelines say of them in an Expertise, as counted at that moment (docs/finding.md).

    A figure that rests on too few meetings is not stored: it says more of chance than of the expert.
    """

    expert = models.OneToOneField(Expert, models.CASCADE, primary_key=True, related_name="reliability")
    counted_at = models.DateTimeField()
    held = models.IntegerField()
    answer_minutes = models.IntegerField(null=True)
    on_time_percent = models.SmallIntegerField(null=True)
    next_free_at = models.DateTimeField(null=True)  # when it was counted; what is shown is asked anew

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(on_time_percent=None) | models.Q(on_time_percent__gte=0, on_time_percent__lte=100),
                name="expertise_on_time_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(answer_minutes=None) | models.Q(answer_minutes__gte=0),
                name="expertise_answer_minutes",
            ),
        ]


class Counted(models.Model):
    """How far the timelines have been counted: one row, the id of an event."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    event = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="expertise_counted_one_row")]
