"""Where programs want to be told what happens to meetings, and how that went."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from expertim.foundation.ids import public_id


class Endpoint(models.Model):
    """An address that is told of events: of one person's meetings, or, without a person, of all. Machine's clock."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="endpoints")
    url = models.CharField(_("address"), max_length=2000)
    events = ArrayField(models.CharField(max_length=24), verbose_name=_("events"))
    secret = models.CharField(max_length=100)  # signs, so it cannot be kept as a digest
    former_secret = models.CharField(max_length=100, blank=True, default="")
    former_until = models.DateTimeField(null=True)  # until then both sign
    made_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True)  # the first failure since it last went well
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class Attempt(models.Model):
    """One try to tell an endpoint of one event."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="attempts")
    message = models.CharField(max_length=64)  # webhook-id: the same for every try
    payload = models.JSONField()  # of the outbox's row, for sending it again
    at = models.DateTimeField(default=timezone.now)
    status = models.IntegerField(null=True)  # that was answered
    trouble = models.TextField(blank=True, default="")
    milliseconds = models.IntegerField()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="api_attempt_log"),
            models.Index(fields=["at"], name="api_attempt_age"),
        ]
