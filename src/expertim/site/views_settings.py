"""One's own settings: who one is, how time is shown, what one wants to learn, how one signs in."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from expertim.expertise import queries as expertise
from expertim.people.actions import change_settings
from expertim.people.addresses import second_address
from expertim.people.forms import SettingsForm
from expertim.people.languages import spoken
from expertim.site.middleware import HeaderRequest


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HeaderRequest) -> HttpResponse:
    """Name, language, time zone and date format are typed here; the rest is shown with a way to change it."""
    person = request.user
    now = {field: getattr(person, field) for field in SettingsForm.base_fields}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        change_settings(person=person, **form.cleaned_data)
        with override(spoken(person.language)):
            messages.success(request, _saved_words(request, moved=now["time_zone"] != person.time_zone))
        return redirect("settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    shown = {"form": form, "wishes": _wishes(request), "second": second_address(person)}
    return render(request, "site/settings.html", shown, status=status)


def _saved_words(request: HeaderRequest, *, moved: bool) -> str:
    if not moved:
        return _("Your settings have been saved.")
    zone = request.user.clock.zone_name
    return _("Your settings have been saved. All times are now shown for %(zone)s.") % {"zone": zone}


def _wishes(request: HeaderRequest) -> list[tuple[str, str, list[str], list[str]]]:
    """Of each Expertise: its slug, its name, the skills that this person wants to develop there, those they have."""
    every = expertise.skills_to_wish(request.user.pk)
    fields = groupby(every, key=lambda skill: (skill.expertise, skill.expertise_name))
    return [
        (slug, name, [skill.name for skill in here if skill.wished], [skill.name for skill in here if skill.held])
        for (slug, name), skills in fields
        if (here := list(skills))
    ]
