"""What must happen outside, as rows written in the transaction that decided it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Row(models.Model):
    """One thing to be done later by the worker; a repeat of its key is harmless."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LEASED = "leased", _("in hand")
        SENT = "sent", _("sent")
        EXPIRED = "expired", _("too late")
        WITHDRAWN = "withdrawn", _("withdrawn")
        DEAD = "dead", _("given up")

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    recipient = models.BigIntegerField(null=True)
    reference = models.BigIntegerField(null=True)
    generation = models.IntegerField(null=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    due_at = models.DateTimeField(_("due at"))  # the platform's clock
    not_after = models.DateTimeField(null=True)  # from then on it is too late
    retry_at = models.DateTimeField(null=True)  # the machine's clock, like the lease
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    deaths = models.SmallIntegerField(default=0, db_default=0)  # how often a worker ended with this row in hand
    priority = models.SmallIntegerField(default=1, db_default=1)  # 0 before 1: money, links and codes before chatter
    last_error = models.TextField(blank=True, default="")
    made_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("outbox row")
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(
                fields=["priority", "due_at"], condition=models.Q(status__in=["waiting", "leased"]), name="outbox_next"
            ),
            models.Index(fields=["reference", "id"], condition=models.Q(reference__isnull=False), name="outbox_of"),
            models.Index(fields=["done_at", "id"], condition=models.Q(done_at__isnull=False), name="outbox_done"),
            models.Index(fields=["kind", "-id"], name="outbox_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Heartbeat(models.Model):
    """One row per worker process that is, or was, alive (machine's clock)."""

    worker = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())
    stopped_at = models.DateTimeField(null=True)


class Pause(models.Model):
    """The one row that keeps all workers from working; see `pausing`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    paused_at = models.DateTimeField(db_default=Now())  # the machine's clock

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="outbox_one_pause")]
