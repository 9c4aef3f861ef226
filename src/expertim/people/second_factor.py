"""The second factor: whether an operator has shown one, how its secrets are kept, what is said about it."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.people.models import Person
from expertim.people.sessions import end_sessions

log = logging.getLogger(__name__)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_OPERATORS = ("/operator/", "/admin/")
_FREE = ("/operator/components/", "/admin/logout/", "/admin/jsi18n/")  # hold nothing of anybody's


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's second factor with our words, under the name of this site, its secrets encrypted."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is wrong, too old, or has been used already."),
        "cannot_delete_authenticator": gettext_lazy("Operators need a second way to prove who they are."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes stand in for an app or a passkey: add one first."
        ),
    }

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; with another key than it was kept by, one that no code fits: never a shorter way in."""
        try:
            return _safe().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("The secret of a second factor cannot be read: FACTOR_KEY is not the one it was kept by.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _safe() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor:" + settings.FACTOR_KEY.encode()).digest()))


def shown(request: HttpRequest) -> bool:
    """Whether this sign-in has shown a second factor, or a passkey, which is two in one."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


class OperatorsProveThemselves:
    """An operator who signed in by a password alone is led to where a second factor is set up, and is nobody else's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user
        if settings.OPERATORS_NEED_SECOND_FACTOR and person.is_authenticated and person.is_staff:
            person.held_back = not shown(request)
            if person.held_back and request.path.startswith(_OPERATORS) and not request.path.startswith(_FREE):
                return HttpResponseRedirect(f"{reverse('mfa_index')}?{urlencode({'next': request.path})}")
        return self.get_response(request)


def listen() -> None:
    """Called once, at start-up."""
    signals.authenticator_added.connect(_added, dispatch_uid="second factor added")
    signals.authenticator_removed.connect(_removed, dispatch_uid="second factor removed")


def _added(request: HttpRequest, user: Person, authenticator: Authenticator, **_given: Any) -> None:
    """Whoever has just set it up has it in hand. Elsewhere this person signs in anew, with it."""
    if authenticator.type in FACTORS and request.user.is_authenticated:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        end_sessions(person=user, but=request.session.session_key)
    log.info("Second factor added: %s, %s", user.public_id, authenticator.type)


def _removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_given: Any) -> None:
    """Without any left this sign-in is one by a password alone again."""
    log.info("Second factor removed: %s, %s", user.public_id, authenticator.type)
    if not Authenticator.objects.filter(user=user, type__in=FACTORS).exists():
        forget(request)
    end_sessions(person=user, but=request.session.session_key)


def forget(request: HttpRequest) -> None:
    """What this session has shown of a second factor counts no more."""
    kept = [one for one in get_authentication_records(request, request.user) if one.get("method") != "mfa"]
    request.session["account_authentication_methods"] = kept


def drop(person: Person) -> int:
    """Take all of a person's second factors away, at the machine's own prompt; answers how many. They sign in anew."""
    dropped: int = Authenticator.objects.filter(user=person).delete()[0]
    end_sessions(person=person)
    return dropped
