"""Every address of ours, as somebody who has not signed in: shut, or on the list below for a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.site.reading import client_of
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")

# Reviewed: what a stranger may reach, and why.
PUBLIC = {
    "home": "says what this place is",
    "help": "how the place works; for everybody",
    "help_page": "how the place works; for everybody",
    "healthz": "for whoever watches the installation; says no more than well or not",
    "readyz": "for whoever watches the installation; figures of the worker, nothing about anybody",
    "robots": "for search engines",
    "unsubscribe": "the signed token of a mail is the key, for one person and one kind",
    "push_worker": "the service worker, the same for everybody; only where devices are pushed to",
    "favicon": "browsers ask for it everywhere",
    "demo": "in a movable installation only",
    "components": "in a movable installation only; shows made-up meetings",
    "demo_clock": "in a movable installation only",
    "demo_mail": "in a movable installation only",
    "demo_mail_one": "in a movable installation only",
    "account_login": "signing in",
    "account_logout": "of somebody who is not signed in: leads home",
    "account_signup": "signing in",
    "account_inactive": "says that the account is closed",
    "account_email_verification_sent": "types the code of a sign-up; without one leads to the log-in",
    "account_reset_password": "a forgotten password",
    "account_reset_password_done": "a forgotten password",
    "account_reset_password_from_key": "a forgotten password",
    "account_reset_password_from_key_done": "a forgotten password",
    "calendar_feed": "calendar programs do not sign in; the secret address is the key",
    "join": "the personal link is the key",
}
VALUES = {
    "name": "user",
    "slug": "x",
    "public_id": "x",
    "number": "1",
    "act": "confirm",
    "uidb36": "1",
    "key": "a-b",
    "token": "x",
}


def patterns(resolver: URLResolver) -> Iterator[tuple[str, str]]:
    """Name and an address of each pattern outside the admin, which has a log-in of its own."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from patterns(pattern)
        elif isinstance(pattern, URLPattern):
            values = {name: VALUES[name] for name in pattern.pattern.regex.groupindex}
            yield str(pattern.name), reverse(str(pattern.name), kwargs=values)


OURS = sorted(set(patterns(get_resolver())))


@pytest.mark.parametrize(("name", "address"), OURS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_led_to_the_log_in(name: str, address: str, method: str) -> None:
    answer = getattr(Client(), method)(address)
    assert answer.status_code < 500 or name == "readyz"  # it says so where no worker is at work
    if name not in PUBLIC:
        assert (answer.status_code, answer["Location"].partition("=")[0]) == (302, "/accounts/login/?next")


def test_every_pattern_has_a_name_and_every_exception_is_still_there() -> None:
    names = {name for name, _address in OURS}
    assert "None" not in names
    assert set(PUBLIC) - names <= {"join"}


@pytest.mark.parametrize("address", ["/admin/", "/admin/meetings/meeting/", "/admin/credits/entry/"])
def test_the_admin_is_for_operators(address: str) -> None:
    assert Client().get(address).status_code == 302
    assert client_of(person()).get(address).status_code == 302
