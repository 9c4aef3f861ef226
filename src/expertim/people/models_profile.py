"""What a person tells about themselves beyond name and zone: to others, to the operator for invoices, as a picture."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from expertim.people.tongues import TONGUES

LONGEST = 120  # characters of one line


class WorkStatus(models.TextChoices):
    STUDENT = "student", _("student")
    EMPLOYEE = "employee", _("employee")
    ENTREPRENEUR = "entrepreneur", _("entrepreneur")
    LOOKING = "looking", _("working and looking for something new")
    RETIRED = "retired", _("retired")


def _line(label: object, **more: object) -> models.CharField[str, str]:
    return models.CharField(label, max_length=LONGEST, blank=True, default="", db_default="", **more)  # type: ignore[arg-type]


class Profile(models.Model):
    """What others see of a person besides name and photo; the phone is the operators' alone. No row: nothing told."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="profile")
    linkedin = models.CharField(_("LinkedIn"), max_length=200, blank=True, default="", db_default="")
    work_status = models.CharField(
        _("what you do"), max_length=12, blank=True, default="", db_default="", choices=WorkStatus.choices
    )
    position = _line(_("position"))
    company = _line(_("company"))
    industry = _line(_("industry"))
    school = _line(_("school"))
    school_city = _line(_("city of the school"))
    city = _line(_("city"))
    languages = ArrayField(  # ISO 639-1 codes
        models.CharField(max_length=2), verbose_name=_("languages you speak"), blank=True, default=list, db_default=[]
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(work_status__in=["", *WorkStatus.values]), name="people_profile_work_status"
            ),
            models.CheckConstraint(
                condition=models.Q(languages__contained_by=list(TONGUES)), name="people_profile_languages"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Billing(models.Model):
    """What stands on a person's invoice; seen by nobody else but the operators."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="billing")
    title = _line(_("name or company on the invoice"))
    company_id = models.CharField(_("company ID"), max_length=30, blank=True, default="", db_default="")
    tax_id = models.CharField(_("tax ID"), max_length=30, blank=True, default="", db_default="")
    email = models.EmailField(_("billing e-mail"), blank=True, default="", db_default="")
    street = _line(_("street and number"))
    city = _line(_("city"))
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="", db_default="")
    country = _line(_("country"))

    class Meta:
        verbose_name = _("billing address")
        verbose_name_plural = _("billing addresses")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Banner(models.Model):
    """The wide picture on top of an expert's page, as WebP; `version` stands in its address. No row: none."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="banner")
    version = models.CharField(max_length=16)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.person_id}"


class Photo(models.Model):
    """A person's picture in one of its sizes, as WebP; `version` stands in its address and in Person.photo."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="photos")
    version = models.CharField(max_length=16)
    pixels = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [models.UniqueConstraint(fields=["person", "pixels"], name="people_photo_once")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.person_id} {self.pixels}"
