"""One's own settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from expertim.people.actions import change_settings
from expertim.people.forms import SettingsForm
from expertim.people.languages import spoken
from expertim.people.middleware import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: PersonRequest) -> HttpResponse:
    """Name, time zone, date format and language."""
    person = request.user
    now = {field: getattr(person, field) for field in SettingsForm.base_fields}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        change_settings(person=person, **form.cleaned_data)
        with override(spoken(person.language)):
            messages.success(request, _("Your settings have been saved."))
        return redirect("settings")
    return render(request, "people/settings.html", {"form": form})
