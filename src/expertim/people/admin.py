"""The operator's people. Nobody's password can be seen or set here: people do that themselves, by the reset link."""

from __future__ import annotations

from typing import Any

from allauth.account import admin as of_accounts
from allauth.mfa import admin as of_factors
from allauth.socialaccount import admin as of_services
from django.contrib import admin
from django.http import HttpRequest

from expertim.foundation.admin import OperatorAdmin
from expertim.people.models import Person

# What proves who somebody is, is theirs alone: a superuser could else take an address, or a second factor, for another.
for ours in (
    *(of_accounts.EmailAddress, of_factors.Authenticator),
    *(of_services.SocialApp, of_services.SocialAccount, of_services.SocialToken),
):
    admin.site.unregister(ours)


@admin.register(Person)
class PersonAdmin(OperatorAdmin):
    may_add = False  # people sign up, or come with the catalogue file
    list_display = ("name", "email", "time_zone", "language", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active", "language")
    search_fields = ("name", "email", "public_id")
    ordering = ("name", "id")
    fields = (
        *("public_id", "email", "name", "time_zone", "date_format", "language"),
        *("is_staff", "is_active", "joined_at", "last_login"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The address belongs to the sign-in, which has to prove it; who is an operator is said in the catalogue file.
        fixed = ("public_id", "email", "joined_at", "last_login")
        return fixed if getattr(request.user, "is_superuser", False) else (*fixed, "is_staff")
