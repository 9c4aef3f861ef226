"""The addresses of an account: the main one, where mail goes, and a second one that opens it too."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from expertim.people.middleware import PersonRequest
from expertim.people.models import Person


class AddressesView(EmailView):  # type: ignore[misc]  # allauth has no types
    """allauth's page of addresses: its own rules of what may be added, made the main one and removed."""

    def post(self, request: PersonRequest, *args: Any, **named: Any) -> HttpResponse:
        """One change of a person's addresses after the other: two at once would leave two main ones, or none."""
        if not {"action_primary", "action_remove"} & request.POST.keys():
            return self._answered(request)
        try:
            with transaction.atomic():
                Person.objects.select_for_update().get(pk=request.user.pk)
                return self._answered(request)
        except IntegrityError:
            # Somebody began to sign up by this address and never proved it: it is the name of an account that is none.
            get_adapter().add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": request.POST.get("email", "")},
            )
            return redirect("account_email")

    def _answered(self, request: PersonRequest) -> HttpResponse:
        answer: HttpResponse = super().post(request)
        return answer

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """The main one first; `waiting` is an address whose code has yet to be typed, "" where there is none."""
        shown: dict[str, Any] = super().get_context_data(**given)
        addresses: list[EmailAddress] = sorted(shown["emailaddresses"], key=lambda one: not one.primary)
        waits = EmailVerificationProcess.resume(self.request)
        known = {one.email for one in addresses if one.verified}
        waiting = waits.email if waits and waits.email not in known else ""
        return {**shown, "addresses": addresses, "waiting": waiting}
