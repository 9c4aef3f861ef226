"""A user's words about an expert (V1): one text per pair, public on the expert's page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Review(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_written")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_received")
    text = models.TextField(_("text"), max_length=5000)
    written_at = models.DateTimeField(_("written at"))
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_note = models.CharField(_("why it is hidden"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [models.Index(fields=["expert", "-written_at"], name="reviews_of_expert")]
        constraints = [
            models.UniqueConstraint(fields=["user", "expert"], name="reviews_review_once"),
            models.CheckConstraint(condition=~models.Q(user=models.F("expert")), name="reviews_review_of_another"),
            models.CheckConstraint(
                condition=models.Q(hidden_at=None) | ~models.Q(hidden_note=""), name="reviews_review_hidden_with_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.expert}"


class Reply(models.Model):
    """What the expert says to a text about them: one, editable, shown below it. Its author is the text's expert."""

    review = models.OneToOneField(Review, models.CASCADE, related_name="reply", primary_key=True)
    text = models.TextField(_("text"), max_length=2000)
    written_at = models.DateTimeField(_("written at"))
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_note = models.CharField(_("why it is hidden"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="reviews_reply_not_blank"),
            models.CheckConstraint(
                condition=models.Q(hidden_at=None) | ~models.Q(hidden_note=""), name="reviews_reply_hidden_with_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
