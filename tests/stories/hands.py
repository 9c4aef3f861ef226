"""Three ways of pressing what a page offers: with a mouse, by keyboard alone, with a thumb where no script runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Locator, Page, expect

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
_MOST_STOPS = 250  # between one thing and the next; more would be no way to live

# What is wrong with where the focus is: nothing, where one can see it.
_UNSEEN = (Path(__file__).parent / "focus.js").read_text()


class Hands(Protocol):
    """How somebody works a page; `browser` is what their browser is told."""

    browser: dict[str, Any]

    def press(self, what: Locator) -> None:
        """A link, a button, the head of something folded."""

    def write(self, field: Locator, text: str) -> None:
        """That text, instead of whatever stands there."""

    def choose(self, one: Locator) -> None:
        """One of several radio buttons."""

    def tick(self, box: Locator) -> None: ...

    def pick(self, entry: str, field: Locator) -> None:
        """An entry of a drop-down list."""


class Mouse:
    browser = DESKTOP

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)

    def choose(self, one: Locator) -> None:
        one.click()

    def tick(self, box: Locator) -> None:
        box.click()

    def pick(self, entry: str, field: Locator) -> None:
        field.select_option(label=entry)


class Thumb(Mouse):
    """On a phone whose browser runs no script."""

    browser = PHONE | {"java_script_enabled": False}

    def press(self, what: Locator) -> None:
        what.tap()

    def write(self, field: Locator, text: str) -> None:
        field.tap()
        field.fill(text)

    def choose(self, one: Locator) -> None:
        one.tap()

    def tick(self, box: Locator) -> None:
        box.tap()


class Keyboard:
    """Tab, Enter, Space, the arrows, and what one types; the focus has to be seen at every stop."""

    browser = DESKTOP

    def press(self, what: Locator) -> None:
        self._reach(what)
        what.page.keyboard.press("Enter" if what.evaluate("node => node.matches('a[href]')") else "Space")

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        field.page.keyboard.press("ControlOrMeta+A")
        if text:
            field.page.keyboard.type(text)
        else:
            field.page.keyboard.press("Delete")
        expect(field).to_have_value(text)

    def choose(self, one: Locator) -> None:
        """Tab reaches the group, the arrows the one that is meant."""
        self._reach(one, enough="node.type === 'radio' && node.name === document.activeElement?.name")
        for _ in range(_MOST_STOPS):
            if one.evaluate("node => node === document.activeElement"):
                break
            one.page.keyboard.press("ArrowDown")
        if not one.is_checked():
            one.page.keyboard.press("Space")
        expect(one).to_be_checked()

    def tick(self, box: Locator) -> None:
        self._reach(box)
        box.page.keyboard.press("Space")

    def pick(self, entry: str, field: Locator) -> None:
        self._reach(field)
        field.page.keyboard.press("Home")
        shown = "node => node.selectedOptions[0]?.label"
        for _ in range(_MOST_STOPS):
            if field.evaluate(shown) == entry:
                return
            field.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrows do not lead to {entry!r}")

    def _reach(self, what: Locator, *, enough: str = "false") -> None:
        """Tab by Tab until the focus is there."""
        expect(what).to_be_visible()
        page = what.page
        there = f"node => node === document.activeElement || ({enough})"
        self._skip(page, what)
        passed: list[str] = []
        for _ in range(_MOST_STOPS):
            if what.evaluate(there):
                assert not (trouble := page.evaluate(_UNSEEN)), trouble
                return
            page.keyboard.press("Tab")
            if trouble := page.evaluate(_UNSEEN):
                passed.append(trouble)
        assert not passed, passed[0]
        raise AssertionError(f"Tab does not lead to {what}")

    def _skip(self, page: Page, what: Locator) -> None:
        """A page just opened: past the navigation, by the link that is there for it.

        An address that names a place on the page has led there already.
        """
        fresh = page.evaluate("!location.hash && (!document.activeElement || document.activeElement === document.body)")
        if not fresh or not what.evaluate("node => !!node.closest('main')"):
            return
        page.keyboard.press("Tab")
        expect(page.locator("a.skip")).to_be_focused()
        assert not (trouble := page.evaluate(_UNSEEN)), trouble
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


WAYS: dict[str, Hands] = {"mouse": Mouse(), "keyboard": Keyboard(), "plain": Thumb()}
