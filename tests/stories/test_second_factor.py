"""A passkey, in a browser with an authenticator of its own: added, used alone and beside the password, taken away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from playwright.sync_api import expect

from tests.stories.axe import without_fault
from tests.stories.place import PASSWORD, Place
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story


def authenticator(visitor: Visitor) -> Callable[[], list[dict[str, Any]]]:
    """A phone that says yes, held to this browser (WebAuthn, virtual authenticators); answers what it holds."""
    browser = visitor.context.new_cdp_session(visitor.page)
    browser.send("WebAuthn.enable")
    options = {
        **{"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True},
        **{"isUserVerified": True, "automaticPresenceSimulation": True},
    }
    known = browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def held() -> list[dict[str, Any]]:
        return list(browser.send("WebAuthn.getCredentials", known)["credentials"])

    return held


def test_a_passkey_opens_the_account_alone_and_an_app_beside_the_password(
    place: Place, visit: Callable[..., Visitor]
) -> None:
    """Passkeys know names, not numbers: the place is visited as localhost."""
    place.cast("passkey", field="Corporate finance")
    base = place.url.replace("127.0.0.1", "localhost")
    jana = visit("Jana Nováková", email="jana.passkey@example.org", base=base)
    held = authenticator(jana)
    jana.sign_in()
    jana.go("Me")
    jana.follow("Look at security")
    jana.sees("Where you are signed in", "Here")
    jana.keep("security")

    jana.follow("Add a passkey")
    jana.type_in(password=PASSWORD)
    jana.press("Go on")
    jana.type_in(what_you_call_it="My laptop")
    jana.keep("add")
    jana.press("Add a passkey")
    jana.sees("Recovery codes", "The passkey has been added.")
    assert len(held()) == 1
    jana.keep("codes")
    without_fault(jana.page)
    jana.follow("I have kept them")
    jana.sees("My laptop", "not used yet", "10 codes are left.")
    jana.keep("listed")
    without_fault(jana.page)

    _leaves(jana)
    jana.page.goto("/accounts/login/")
    jana.keep("log-in")
    without_fault(jana.page)
    jana.press("Sign in with a passkey")
    jana.sees("Good to see you, Jana Nováková")

    _leaves(jana)
    jana.page.goto("/accounts/login/")
    jana.type_in(**{"e-mail": jana.email}, password=PASSWORD)
    jana.press("Log in")
    jana.sees("One more proof")
    jana.keep("proof")
    without_fault(jana.page)
    jana.press("Use a passkey")
    jana.sees("Good to see you, Jana Nováková")

    jana.page.goto("/settings/security/app/")
    jana.sees("Your password, once more", "Another way")
    jana.follow("Use a passkey")
    jana.sees("Your passkey, once more")
    jana.keep("once-more")
    jana.press("Use a passkey")
    jana.sees("Set up an app")
    secret = jana.page.get_by_label("Key", exact=True).input_value()
    jana.type_in(code=auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30)))
    jana.keep("app")
    without_fault(jana.page)
    jana.press("Use this app")
    jana.sees("Your app is set up.", "Remove the app")
    jana.keep("both")

    jana.follow("Rename – My laptop")
    jana.type_in(what_you_call_it="My old laptop")
    jana.press("Save the name")
    jana.follow("Remove – My old laptop")
    jana.sees("opens your account no more")
    jana.keep("remove")
    jana.press("Remove the passkey")
    jana.sees("The passkey has been removed.")
    expect(jana.page.get_by_text("My old laptop")).to_have_count(0)
    jana.follow("Remove the app")
    jana.press("Remove the app")
    jana.sees("The app has been removed.", "Set up an app")


def test_where_no_passkey_can_be_none_is_offered(place: Place, visit: Callable[..., Visitor]) -> None:
    """At an address that is a number the browser would refuse; nothing is shown that cannot work."""
    stranger = visit("A stranger")
    stranger.page.goto("/accounts/login/")
    expect(stranger.page.get_by_role("button", name=re.compile("passkey"))).to_have_count(0)


def _leaves(jana: Visitor) -> None:
    jana.page.get_by_role("contentinfo").get_by_role("button", name="Log out").click()
    jana.sees("Advice from people who do it for a living")
