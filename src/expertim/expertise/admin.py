"""The operator's Expertises: policy, skills, reasons, experts and their services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from expertim.expertise.forms import AmountField, TextField
from expertim.expertise.models import POLICY, Expert, Expertise, RejectReason, Service, Skill
from expertim.foundation.admin import OperatorAdmin, OperatorInline

_TEXTS: Mapping[type[models.Field[Any, Any]], Mapping[str, Any]] = {models.JSONField: {"form_class": TextField}}


class SkillInline(OperatorInline):
    model = Skill
    may_delete = True  # refused by the database where a meeting refers to it
    fields = ("slug", "name", "position")
    formfield_overrides = _TEXTS


class ExpertiseForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    review_bonus = AmountField(label=_("bonus for a first text review (credits)"))


@admin.register(Expertise)
class ExpertiseAdmin(OperatorAdmin):
    form = ExpertiseForm
    formfield_overrides = _TEXTS
    list_display = ("__str__", "slug", "position")
    inlines = (SkillInline,)
    fieldsets = (
        (None, {"fields": ("slug", "name", "introduction", "position")}),
        (
            _("Policy"),
            {"fields": POLICY, "description": _("A change never alters a meeting that has been proposed already.")},
        ),
    )


@admin.register(RejectReason)
class RejectReasonAdmin(OperatorAdmin):
    formfield_overrides = _TEXTS
    list_display = ("__str__", "code", "active", "position")


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    price = AmountField(label=_("price (credits)"))


class _OfOneExpertise:
    """Skills are chosen among those of the expert's Expertise, which stands once the expert has been saved."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None, **options: Any) -> Any:
        expert = getattr(request, "expert", None)
        options["queryset"] = Skill.objects.filter(expertise=expert.expertise) if expert else Skill.objects.none()
        options["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **options)  # type: ignore[misc]  # a mixin


class ServiceInline(_OfOneExpertise, OperatorInline):
    model = Service
    form = ServiceForm
    formfield_overrides = _TEXTS
    fields = ("slug", "kind", "title", "length_minutes", "price", "skills", "active", "position")


@admin.register(Expert)
class ExpertAdmin(_OfOneExpertise, OperatorAdmin):
    formfield_overrides = _TEXTS
    list_display = ("person", "expertise", "active")
    list_filter = ("expertise", "active")
    list_select_related = ("person", "expertise")
    search_fields = ("person__name", "person__email")
    autocomplete_fields = ("person",)

    def get_form(self, request: HttpRequest, obj: Expert | None = None, change: bool = False, **options: Any) -> Any:
        request.expert = obj  # type: ignore[attr-defined]  # for the choice of skills, here and in the inline
        return super().get_form(request, obj, change, **options)

    def get_fields(self, request: HttpRequest, obj: Expert | None = None) -> Any:
        first = ("person", "expertise", "headline", "introduction", "active")
        return first if obj is None else (*first[:-1], "skills", "active")

    def get_readonly_fields(self, request: HttpRequest, obj: Expert | None = None) -> Any:
        return () if obj is None else ("person", "expertise")

    def get_inlines(self, request: HttpRequest, obj: Expert | None) -> Any:
        request.expert = obj  # type: ignore[attr-defined]
        return () if obj is None else (ServiceInline,)
