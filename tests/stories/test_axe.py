"""What cannot be seen in words: pages that follow what happens, acts that open in place, letters twice as large."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.axe import without_fault
from tests.stories.hands import Mouse
from tests.stories.place import Place
from tests.stories.steps import days_ahead, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

FIELD = "Corporate finance ({story})"
SOON = 12_000  # milliseconds; the open page is told to ask at once, not to wait for its turn
Come = Callable[..., Visitor]


@pytest.fixture
def pair(place: Place, visit: Come) -> Callable[..., tuple[Visitor, Visitor]]:
    """Jana and Petr, each at a browser."""

    def gathered(story: str, **given: Any) -> tuple[Visitor, Visitor]:
        place.cast(story, field=FIELD.format(story=story))
        jana = visit("Jana Nováková", email=f"jana.{story}@example.org", hands=Mouse(), **given)
        petr = visit(
            "Petr Svoboda",
            email=f"petr.{story}@example.org",
            timezone_id="Europe/London",
            date_format="YYYY-MM-DD HH:MM",
            hands=Mouse(),
            **given,
        )
        return jana, petr

    return gathered


def proposed(jana: Visitor, petr: Visitor, *, story: str) -> tuple[str, datetime]:
    """Jana has proposed a meeting to Petr; its address and start."""
    jana.sign_in()
    petr.sign_in()
    start = days_ahead(jana, 5, hour=10)
    return propose(jana, petr, field=FIELD.format(story=story), start=start), start


def looked_at(visitor: Visitor, addresses: Iterable[str]) -> None:
    for address in addresses:
        visitor.page.goto(address)
        without_fault(visitor.page)
        visitor.keep(address.strip("/").partition("?")[0].replace("/", "_") or "home")


def test_an_open_page_follows_what_the_other_side_does(pair: Callable[..., tuple[Visitor, Visitor]]) -> None:
    """The page is asked to look at once, as it does by itself every fifteen seconds."""
    jana, petr = pair("live")
    address, _start = proposed(jana, petr, story="live")
    expect(jana.page.get_by_role("link", name="Withdraw the proposal")).to_be_visible()
    petr.page.goto(address)
    petr.follow("Confirm")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.")
    loaded = jana.page.evaluate("() => performance.timeOrigin")
    expect(jana.page.get_by_role("status").get_by_text("Just now: Approved by Petr Svoboda")).to_be_visible(
        timeout=SOON + 15_000
    )
    expect(jana.page.get_by_role("link", name="Cancel the meeting")).to_be_visible()
    expect(jana.page.get_by_role("link", name="Withdraw the proposal")).to_have_count(0)
    assert jana.page.evaluate("() => performance.timeOrigin") == loaded  # never reloaded
    expect(jana.page.get_by_role("link", name="Inbox")).to_contain_text("1", timeout=SOON + 30_000)
    without_fault(jana.page)


def test_an_act_opens_in_place_by_keyboard_and_closes_without_doing_anything(
    pair: Callable[..., tuple[Visitor, Visitor]],
) -> None:
    jana, petr = pair("place")
    address, _start = proposed(jana, petr, story="place")
    page, dialog = jana.page, jana.page.get_by_role("dialog")
    page.goto(address)
    opener = page.get_by_role("main").get_by_role("link", name="Withdraw the proposal")
    for close in ("Escape", "Back without doing anything", "Close without doing anything"):
        opener.focus()
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("heading", level=1)).to_be_focused()
        without_fault(page)
        if close == "Escape":
            page.keyboard.press("Escape")
        else:
            dialog.get_by_role("link", name=close).or_(dialog.get_by_role("button", name=close)).focus()
            page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()
        assert page.url == f"{jana.base}{address}"
    opener.focus()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Withdraw the proposal").focus()
    page.keyboard.press("Enter")
    jana.sees("You have withdrawn")
    expect(dialog).to_be_hidden()


def test_what_is_wrong_in_place_is_said_in_place_and_nothing_typed_is_lost(
    pair: Callable[..., tuple[Visitor, Visitor]],
) -> None:
    jana, petr = pair("wrong")
    address, _start = proposed(jana, petr, story="wrong")
    petr.page.goto(address)
    petr.follow("Confirm")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.")
    petr.follow("Suggest another date")
    dialog = petr.page.get_by_role("dialog")
    dialog.get_by_label("Date").fill("2020-01-01")
    dialog.get_by_label("Time").fill("10:00")
    dialog.get_by_label("Message").fill("The auditors are here.")
    dialog.get_by_role("button", name="Suggest this date").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Message")).to_have_value("The auditors are here.")
    without_fault(petr.page)
    assert petr.page.url == f"{petr.base}{address}"


def test_an_act_overtaken_while_it_stood_open_says_so_in_place(pair: Callable[..., tuple[Visitor, Visitor]]) -> None:
    jana, petr = pair("overtaken")
    address, _start = proposed(jana, petr, story="overtaken")
    jana.page.goto(address)
    jana.follow("Withdraw the proposal")
    dialog = jana.page.get_by_role("dialog")
    petr.page.goto(address)
    petr.follow("Confirm")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.")
    dialog.get_by_role("button", name="Withdraw the proposal").click()
    expect(dialog.get_by_role("heading", level=1)).to_contain_text("Not possible now")
    expect(dialog.get_by_role("link", name="Cancel the meeting")).to_be_visible()
    without_fault(jana.page)
    dialog.get_by_role("link", name="Look at the meeting").click()
    expect(dialog).to_be_hidden()
    jana.sees("Agreed.")


def test_motion_stops_and_colours_may_be_forced(pair: Callable[..., tuple[Visitor, Visitor]]) -> None:
    jana, petr = pair("forced", forced_colors="active")
    address, _start = proposed(jana, petr, story="forced")
    looked_at(jana, (address, f"{address}withdraw/", "/account/"))
    moving = "(all) => all.filter((one) => getComputedStyle(one).transitionDuration !== '0s').length"
    assert jana.page.locator("a, button").evaluate_all(moving) == 0


def test_twice_the_text_on_a_phone_fits(pair: Callable[..., tuple[Visitor, Visitor]]) -> None:
    """WCAG 1.4.4, by the browser's own size of letters."""
    jana, petr = pair("large", viewport={"width": 640, "height": 900})
    address, _start = proposed(jana, petr, story="large")
    for one in (address, f"{address}withdraw/", "/meetings/", "/account/", "/inbox/", "/settings/", "/"):
        jana.page.goto(one)
        jana.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        wide = jana.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, one


def test_the_calendar_writes_a_date_as_its_owner_does(pair: Callable[..., tuple[Visitor, Visitor]]) -> None:
    """It is the browser's own; here it is stood in for, because no test can press what is not on the page."""
    jana, petr = pair("calendar")
    address, start = proposed(jana, petr, story="calendar")
    jana.page.goto(address)
    jana.follow("Petr Svoboda")
    jana.follow("Propose a time")
    date, iso = jana.field("Date"), f"{jana.clock.local(start):%Y-%m-%d}"
    button = jana.page.get_by_role("button", name="Choose in a calendar")
    date.fill(jana.clock.typed(start)[0])
    jana.page.locator("input[type=date]").evaluate("(days) => { days.showPicker = () => {}; }")
    button.click()
    assert jana.page.locator("input[type=date]").input_value() == iso
    jana.page.locator("input[type=date]").evaluate(
        "(days) => { days.value = '2031-02-03'; days.dispatchEvent(new Event('change')); }"
    )
    expect(date).to_have_value("03.02.2031")
    expect(date).to_be_focused()
    without_fault(jana.page)
