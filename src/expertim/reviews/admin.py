"""The operator may hide a public text with a note, and nothing else (X2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from expertim.foundation import clock
from expertim.foundation.admin import OperatorAdmin
from expertim.reviews.models import Reply, Review


class HidingForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    hidden = forms.BooleanField(label=_("hidden from everybody"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["hidden"].initial = self.instance.hidden_at is not None

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if given and given.get("hidden") and not given.get("hidden_note", "").strip():
            raise ValidationError({"hidden_note": _("Say why it is hidden.")})
        return given


class HidingAdmin(OperatorAdmin):
    """A public text: the operator hides it with a note, or shows it again."""

    may_add = False
    form = HidingForm
    list_filter = (("hidden_at", admin.EmptyFieldListFilter),)
    ordering = ("-written_at",)

    def save_model(self, request: HttpRequest, obj: Review | Reply, form: Any, change: bool) -> None:
        hidden = form.cleaned_data["hidden"]
        if hidden != (obj.hidden_at is not None):
            obj.hidden_at = clock.now() if hidden else None
        # Only these two: the writer may be changing the text at this very moment.
        obj.save(update_fields=["hidden_at", "hidden_note"])


@admin.register(Review)
class ReviewAdmin(HidingAdmin):
    list_display = ("user", "expert", "written_at", "hidden_at")
    list_select_related = ("user", "expert")
    search_fields = ("text", "user__name", "expert__name")
    fields = ("user", "expert", "text", "written_at", "hidden_at", "hidden", "hidden_note")
    readonly_fields = ("user", "expert", "text", "written_at", "hidden_at")


@admin.register(Reply)
class ReplyAdmin(HidingAdmin):
    """What an expert has said to a text."""

    list_display = ("review", "written_at", "hidden_at")
    list_select_related = ("review__user", "review__expert")
    search_fields = ("text", "review__user__name", "review__expert__name")
    fields = ("review", "text", "written_at", "hidden_at", "hidden", "hidden_note")
    readonly_fields = ("review", "text", "written_at", "hidden_at")
