"""The inbox: one notice per recipient, kind and cause. Codes and values, never words."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
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
