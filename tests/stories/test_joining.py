"""Coming in and staying in: a passkey instead of a password, terms that change, a second address, another time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.stories.axe import without_fault
from tests.stories.place import PASSWORD, Place, opened
from tests.stories.post import code_to, mail_to
from tests.stories.test_second_factor import authenticator
from tests.stories.visitor import PHONE, Visitor

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place of its own: everybody in it has to agree to what its operator publishes."""
    with opened(tmp_path_factory.mktemp("ruled"), name="ruled") as running:
        yield running


@pytest.fixture(scope="module")
def people(place: Place) -> str:
    """The name of the story that the others share."""
    place.cast("joining", field="Corporate finance")
    return "joining"


def test_somebody_joins_with_a_passkey_and_is_asked_again_when_the_terms_change(
    ruled: Place, visit: Callable[..., Visitor]
) -> None:
    """By a phone; passkeys know names, not numbers, so the place is visited as localhost."""
    ruled.cast("rules", field="Corporate finance")
    base = ruled.url.replace("127.0.0.1", "localhost")
    olga = visit("Olga Dvořáková", email="olga.rules@example.org", base=ruled.url)
    olga.sign_in()
    _publishes(olga, "Be kind.", version=1)

    nora = visit("Nora Newcomer", email="nora.rules@example.org", base=base, timezone_id="Europe/London", **PHONE)
    held = authenticator(nora)
    nora.page.goto("/accounts/signup/")
    nora.follow("Sign up with a passkey, without a password")
    expect(nora.field("Time zone")).to_have_value("Europe/London")
    nora.type_in(**{"e-mail": nora.email}, name=nora.name)
    nora.press_in_vain("Make the account")
    nora.sees("Without your agreement there can be no account.")
    nora.tick("I have read these texts and agree to them")
    nora.keep("sign-up")
    without_fault(nora.page)
    nora.press("Make the account")
    nora.type_in(code=code_to(nora))
    nora.press("Confirm the address")
    nora.sees("Make your passkey")
    nora.keep("passkey")
    without_fault(nora.page)
    nora.press("Make the passkey")
    nora.sees(f"Welcome, {nora.name}", "make recovery codes")
    assert len(held()) == 1
    nora.press("Look around by myself")
    nora.sees(f"Good to see you, {nora.name}")

    _publishes(olga, "Be very kind.", version=2)
    nora.go("Meetings")
    nora.sees("Before you go on", "version 2")
    nora.hands.press(nora.here.get_by_text("Read it"))
    nora.sees("Be very kind.")
    nora.keep("asked-again")
    without_fault(nora.page)
    nora.press("I have read this and agree")
    expect(nora.page).to_have_url(f"{base}/meetings/")

    nora.hands.press(nora.page.get_by_role("contentinfo").get_by_role("button", name="Log out"))
    nora.page.goto("/accounts/login/")
    nora.press("Sign in with a passkey")
    nora.sees(f"Good to see you, {nora.name}")


def _publishes(olga: Visitor, text: str, *, version: int) -> None:
    """Looked at first, then published; the operator owes it like everybody."""
    olga.page.goto("/operator/legal/terms/")
    olga.type_in(text=text)
    olga.press("See how it looks")
    olga.press(f"Publish version {version}")
    olga.page.goto("/meetings/")
    olga.press("I have read this and agree")


def test_a_second_address_is_added_gets_one_in_becomes_the_main_one_and_the_only_one(
    people: str, visit: Callable[..., Visitor]
) -> None:
    """Without script."""
    old, second = f"jana.{people}@example.org", "jana.second@example.org"
    jana = visit("Jana Nováková", email=old, java_script_enabled=False)
    jana.sign_in()
    jana.page.goto("/settings/")
    jana.sees("no second address")
    jana.follow("Change the addresses")
    jana.type_in(**{"new e-mail": second})
    jana.press("Send the code")
    jana.type_in(password=PASSWORD)
    jana.press("Go on")
    jana.sees("Type the code from your mail", second)
    jana.type_in(code=code_to(jana, second))
    jana.press("Confirm the address")
    jana.sees(f"{second} has been confirmed.", "Make it the main address")
    jana.keep("two")
    assert second in mail_to(jana, old)

    _leaves(jana)
    jana.page.goto("/accounts/login/")
    jana.follow("Log in with a code from your mail")
    jana.type_in(**{"e-mail": second})
    jana.press("Send the code")
    jana.type_in(code=code_to(jana, second))
    jana.press("Log in")
    jana.sees(f"Good to see you, {jana.name}")

    jana.page.goto("/accounts/email/")
    jana.press("Make it the main address")
    jana.type_in(password=PASSWORD)
    jana.press("Go on")
    jana.sees("This is your main address from now on.")
    assert "no longer to" in mail_to(jana, old)
    jana.press("Remove it")
    jana.sees(f"{old} has been removed.")
    jana.keep("one")
    _leaves(jana)
    jana.email = second
    jana.sign_in()


def test_who_travels_is_shown_their_times_there_by_one_click(people: str, visit: Callable[..., Visitor]) -> None:
    """The device is in New York, the profile in London: said on the page, changed by a click, and said what it did."""
    petr = visit("Petr Svoboda", email=f"petr.{people}@example.org", timezone_id="America/New_York", **PHONE)
    petr.sign_in()
    bar = petr.page.get_by_role("complementary", name="Time zone")
    expect(bar).to_contain_text("Your device is in New York, your times are shown for London.")
    petr.keep("warned")
    without_fault(petr.page)
    petr.hands.press(bar.get_by_role("button", name="Show times for New York"))
    petr.sees("All times are now shown for New York, no longer for London. No meeting has been moved.")
    expect(bar).to_be_hidden()
    petr.keep("changed")


def _leaves(jana: Visitor) -> None:
    jana.hands.press(jana.page.get_by_role("contentinfo").get_by_role("button", name="Log out"))
    jana.sees("Advice from people who do it for a living")
