"""One group of one's own profile."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from expertim.people.forms_profile import GROUPS
from expertim.people.middleware import PersonRequest
from expertim.people.profile import change_profile


@require_http_methods(["GET", "HEAD", "POST"])
def profile_group(request: PersonRequest, name: str) -> HttpResponse:
    """What one tells about work, school, place or billing; each by itself: nothing long is ever typed anew."""
    group = GROUPS.get(name)
    if group is None:
        raise Http404
    if request.method == "POST":
        form = group.form(request.POST)
        if form.is_valid():
            change_profile(person=request.user, model=group.model, changes=form.cleaned_data)
            messages.success(request, _("Saved: %(group)s.") % {"group": group.title})
            return redirect("profile")
    else:
        kept = group.model._default_manager.filter(person=request.user).values(*group.form.base_fields).first()
        form = group.form(initial=kept)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    shown = {"group": group, "form": form, "usual": [code for code, _name in settings.LANGUAGES]}
    return render(request, "people/profile_group.html", shown, status=status)
