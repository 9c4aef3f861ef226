"""Applications to become an expert of an Expertise: one open at a time, decided once, with a reason where refused."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Application(models.Model):
    """What somebody says to be approved as an expert, the policy that they agreed to, and how it was decided."""

    class Decision(models.TextChoices):
        OPEN = "open", _("waits")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    expertise = models.ForeignKey("expertise.Expertise", models.CASCADE, related_name="applications")
    headline = models.CharField(_("headline"), max_length=160)
    introduction = models.TextField(_("introduction"), max_length=5000)
    services = models.TextField(_("services wished"), max_length=2000)
    skills = models.ManyToManyField("expertise.Skill", related_name="+")
    terms = models.JSONField()  # the policy that was shown and agreed to
    sent_at = models.DateTimeField()  # the platform's clock, like the next
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    reason = models.CharField(_("reason"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "expertise"], condition=Q(decision="open"), name="expertise_application_open_once"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["open", "approved", "refused", "withdrawn"]),
                name="expertise_application_decision",
            ),
            models.CheckConstraint(
                condition=Q(decision="open", decided_at=None, decided_by=None)
                | Q(decision="withdrawn", decided_at__isnull=False, decided_by=None)
                | Q(decision__in=["approved", "refused"], decided_at__isnull=False, decided_by__isnull=False),
                name="expertise_application_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(decision="refused") | Q(reason__regex=r"\S"), name="expertise_application_refused_why"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("person")),
                name="expertise_application_not_by_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
