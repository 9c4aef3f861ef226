"""A mail that asks for an answer, opened on a phone: two taps give it, after the log-in where nobody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Locator, expect

from tests.foundation.holding import eventually
from tests.stories.hands import PHONE, Mouse, Thumb
from tests.stories.place import PASSWORD, Place
from tests.stories.steps import days_ahead, propose, suggest
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

Come = Callable[..., Visitor]


class Touch(Mouse):
    """A phone whose browser runs scripts, and a count of the taps."""

    browser = PHONE

    def __init__(self) -> None:
        self.taps = 0

    def press(self, what: Locator) -> None:
        self.taps += 1
        what.tap()


class PlainTouch(Touch):
    browser = Thumb.browser


@pytest.mark.parametrize("hands", [Touch, PlainTouch], ids=["script", "plain"])
def test_a_mail_is_answered_on_a_phone_in_two_taps(place: Place, visit: Come, hands: Callable[[], Touch]) -> None:
    """A1, D4: the first opens what the answer brings about, the second gives it."""
    touch = hands()
    jana, petr, start = _proposed(place, visit, story=f"phone-{hands.__name__.lower()}", hands=touch)
    petr.sign_in()
    touch.taps = 0
    _opens_mail(petr, "proposes a meeting")
    petr.keep("mail")
    touch.press(petr.page.get_by_role("link", name="Confirm", exact=True))
    petr.sees(f"Confirm the meeting with {jana.name}?")
    petr.keep("first-tap")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.", petr.shows(start, jana))
    petr.sees_timeline(f"Approved by {jana.name}", f"Approved by {petr.name}")
    assert touch.taps == 2
    petr.keep("second-tap")

    later = days_ahead(jana, 6, hour=14)
    jana.page.goto(petr.page.url)
    suggest(jana, petr, start=start, later=later)
    touch.taps = 0
    _opens_mail(petr, "suggests another date")
    touch.press(petr.page.get_by_role("link", name="Confirm the other date"))
    petr.press("Confirm this date")
    petr.sees("Agreed.", petr.shows(later, jana))
    assert touch.taps == 2


def test_a_phone_without_a_session_answers_after_the_log_in(place: Place, visit: Come) -> None:
    """A mail may be passed on, and an answer moves credits: the log-in stands between, and leads on to the answer.

    The text of the mail has the same addresses as its buttons.
    """
    touch = Touch()
    jana, petr, start = _proposed(place, visit, story="phone-away", hands=touch)
    _opens_mail(petr, "proposes a meeting")
    button = petr.page.get_by_role("link", name="Confirm", exact=True).get_attribute("href")
    petr.page.go_back()
    lines = petr.page.get_by_role("main").inner_text().splitlines()
    assert f"Confirm: {button}" in lines
    petr.page.goto(str(button))
    expect(petr.here.get_by_role("heading", level=1, name="Log in")).to_be_visible()
    petr.sees_not(jana.name)
    petr.keep("log-in")
    petr.type_in(**{"e-mail": petr.email}, password=PASSWORD)
    petr.press("Log in")
    petr.sees(f"Confirm the meeting with {jana.name}?")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.", petr.shows(start, jana))
    assert touch.taps == 2


def _proposed(place: Place, visit: Come, *, story: str, hands: Touch) -> tuple[Visitor, Visitor, datetime]:
    """Jana has proposed a meeting to Petr, who holds a phone and has not signed in."""
    field = f"Corporate finance ({story})"
    place.cast(story, field=field)
    jana = visit("Jana Nováková", email=f"jana.{story}@example.org")
    jana.sign_in()
    petr = visit("Petr Svoboda", email=f"petr.{story}@example.org", hands=hands, timezone_id="Europe/London")
    petr.clock = petr.clock.of(time_zone="Europe/London", date_format="YYYY-MM-DD HH:MM")
    start = days_ahead(jana, 5, hour=10)
    propose(jana, petr, field=field, start=start)
    return jana, petr, start


def _opens_mail(reader: Visitor, subject: str) -> None:
    """The newest mail to them with these words, as a mail program shows it, once the worker has sent it."""
    page = reader.page
    page.goto("/demo/mail/")
    newest = page.get_by_role("row").filter(has_text=reader.email).filter(has_text=subject).first

    def sent() -> bool:
        page.reload()
        return newest.count() > 0 and "sent" in newest.inner_text()

    assert eventually(sent, seconds=20)
    page.goto(str(newest.get_by_role("link").get_attribute("href")))
    page.goto(str(page.get_by_role("link", name="As a mail program shows it").get_attribute("href")))
