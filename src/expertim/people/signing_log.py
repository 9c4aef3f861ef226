"""A line of the log for who signed in and out, and for who could not; an address that was typed is not written down."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from expertim.people.models import Person

log = logging.getLogger(__name__)


def listen() -> None:
    """Called once, at start-up."""
    user_logged_in.connect(_in, dispatch_uid="log of signing in")
    user_logged_out.connect(_out, dispatch_uid="log of signing out")
    user_login_failed.connect(_failed, dispatch_uid="log of failing to sign in")


def _in(request: HttpRequest, user: Person, **_given: Any) -> None:
    log.info("Signed in: %s from %s", user.public_id, _from(request))


def _out(request: HttpRequest, user: Person | None, **_given: Any) -> None:
    if user is not None:
        log.info("Signed out: %s from %s", user.public_id, _from(request))


def _failed(request: HttpRequest | None = None, **_given: Any) -> None:
    log.warning("Signing in failed from %s", _from(request))


def _from(request: HttpRequest | None) -> str:
    """The visitor's network address, as our own proxies tell it."""
    known = request is not None and "REMOTE_ADDR" in request.META
    return str(get_adapter().get_client_ip(request)) if known else "nowhere"
