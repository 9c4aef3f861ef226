"""The operator's terms, also those for experts, privacy policy and imprint; who has agreed to which version."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TermsText(models.Model):
    """One version of a text; the one with the highest number is in force. Never changed (sql/terms_1.sql).

    Those for experts are owed by experts alone (sql/terms_2.sql).
    """

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        PRIVACY = "privacy", _("Privacy policy")
        EXPERTS = "experts", _("Terms for experts")
        IMPRINT = "imprint", _("Imprint")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.PositiveIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField()  # the platform's clock
    published_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="people_termstext_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="people_termstext_number"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["terms", "privacy", "experts", "imprint"]), name="people_termstext_kind"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="people_termstext_text"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Agreement(models.Model):
    """That a person has agreed to a version, and when. Kept also of those who have left: there is no name in it."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="agreements")
    version = models.ForeignKey(TermsText, models.PROTECT, related_name="+")
    at = models.DateTimeField()  # the platform's clock

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="people_agreement_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.version_id}"
