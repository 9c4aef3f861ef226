"""The inbox: one notice per recipient, kind and cause, codes and values, never words; what people want, and where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Notice(models.Model):
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=120)
    reference = models.BigIntegerField(null=True)  # the meeting's id; this room knows no meetings
    values = models.JSONField(default=dict)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notifications_inbox"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="notifications_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notifications_notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"


class Preference(models.Model):
    """Whether a person wants one kind on one channel; where there is no row, they do."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10)
    wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "channel"], name="notifications_wanted_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} by {self.channel} {'on' if self.wanted else 'off'}"


class QuietHours(models.Model):
    """When a person wants no mail, by their own clock; over midnight where the end comes before the beginning."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="quiet_hours"
    )
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.begins:%H:%M}–{self.ends:%H:%M}"


class Device(models.Model):
    """A browser that a person has let us push to (RFC 8030); whoever has the endpoint and the keys can reach it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)  # its public key, base64url
    auth = models.CharField(max_length=40)
    name = models.CharField(pgettext_lazy("of a device", "name"), max_length=80)
    made_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(null=True)  # when it was last reached

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.name}"
