"""Somebody new: signs up with a code from the mail, forgets the password, comes in again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.stories.place import PASSWORD, Place
from tests.stories.post import code_to, mail_to
from tests.stories.visitor import PHONE, Visitor

pytestmark = pytest.mark.story

NEW_PASSWORD = "another long phrase"


def test_a_new_person_signs_up_and_later_forgets_the_password(place: Place, visit: Callable[..., Visitor]) -> None:
    """The zone is the device's; the code and the link come by mail, which a demo shows in the browser."""
    nora = visit("Nora Newcomer", email="nora@example.org", timezone_id="America/New_York", locale="en-US", **PHONE)
    nora.page.goto("/")
    nora.keep("home")
    nora.follow("Make an account")
    expect(nora.field("Time zone")).to_have_value("America/New_York")
    nora.type_in(**{"e-mail": nora.email}, name=nora.name, password=PASSWORD)
    nora.keep("sign-up")
    nora.press("Make the account")
    nora.sees("Type the code from your mail", nora.email)
    nora.keep("code")
    nora.type_in(code=code_to(nora))
    nora.press("Confirm the address")
    nora.sees(f"Welcome, {nora.name}", "New York")
    nora.keep("welcome")
    nora.press("Look around by myself")
    nora.sees(f"Good to see you, {nora.name}")
    nora.keep("in")
    nora.go("Me")
    expect(nora.field("Time zone")).to_have_value("America/New_York")
    nora.keep("settings")
    _leaves(nora)

    nora.page.get_by_role("navigation").get_by_role("link", name="Log in").click()
    nora.keep("log-in")
    nora.follow("Forgot your password?")
    nora.type_in(**{"e-mail": nora.email})
    nora.keep("forgot")
    nora.press("Send the link")
    nora.sees("Look into your mail")
    nora.keep("look-into-mail")
    link = re.search(re.escape(place.url) + r"/\S+", mail_to(nora))
    assert link
    nora.page.goto(link[0])
    nora.type_in(new_password=NEW_PASSWORD)
    nora.keep("new-password")
    nora.press("Use this password")
    nora.sees("Your password has been changed")
    nora.keep("changed")
    nora.follow("Log in")
    nora.type_in(**{"e-mail": nora.email}, password=NEW_PASSWORD)
    nora.press("Log in")
    nora.sees(f"Good to see you, {nora.name}")


def _leaves(nora: Visitor) -> None:
    nora.page.get_by_role("contentinfo").get_by_role("button", name="Log out").click()
    nora.sees("Advice from people who do it for a living")
