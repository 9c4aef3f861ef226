"""Somebody at a browser: their clock, their screen, and an eye on whatever goes wrong in it."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Request, expect

from expertim.people.formats import Clock
from tests.stories.place import PASSWORD

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WIDTHS = (1280, 390)
_steps = count(1)

expect.set_options(timeout=10_000)  # the machine may have other things to do


class Visitor:
    """A person with a browser of their own: `given` is what the browser is told, such as its time zone."""

    def __init__(
        self,
        browser: Browser,
        name: str,
        *,
        base: str,
        email: str = "",
        date_format: str = "DD.MM.YYYY HH:MM",
        screens: Path | None = None,
        timezone_id: str = "Europe/Prague",
        **given: Any,
    ) -> None:
        self.name, self.email, self.troubles = name, email, list[str]()
        self.clock = Clock.of(time_zone=timezone_id, date_format=date_format)
        self.base, self._screens, self._absent = base, screens, set[str]()
        self.context = browser.new_context(
            **{"base_url": base, "timezone_id": timezone_id, "locale": "en-GB", "reduced_motion": "reduce", **given}
        )
        self.context.set_default_timeout(10_000)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._complain(f"page error: {error.error}"))
        self.context.on("request", self._watch)
        self.page = self.context.new_page()

    # ------------------------------------------------------------ what must not happen

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and message.location["url"] not in self._absent:
            self._complain(f"console: {message.text} ({message.location['url']})")

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(f"{self.base}/"):
            self._complain(f"asked another host: {request.url}")

    def _complain(self, what: str) -> None:
        self.troubles.append(f"{self.name} at {urlsplit(self.page.url).path}: {what}")

    # ------------------------------------------------------------ what people do

    def sign_in(self) -> None:
        self.page.goto("/")
        self.page.get_by_role("navigation").get_by_role("link", name="Log in").click()
        self.type_in(email=self.email, password=PASSWORD)
        self.press("Log in")
        self.sees(f"Good to see you, {self.name}")

    def type_in(self, **fields: str) -> None:
        """Fill in fields by their labels."""
        for label, text in fields.items():
            self.page.get_by_role("main").get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$", re.I)).fill(
                text
            )

    def choose(self, label: str) -> None:
        self.page.get_by_role("radio", name=label).check()

    def press(self, button: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=link).first.click()

    def go(self, where: str) -> None:
        """By the navigation, which a phone has at the bottom."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile(rf"^{where}\b")).click()

    def open_notice(self, title: str, *words: str) -> None:
        """Find the newest notice of that title in the inbox, read it, and go where it leads."""
        self.go("Inbox")
        notice = self.page.get_by_role("listitem").filter(has=self.page.get_by_role("button", name=title)).first
        for text in words:
            expect(notice).to_contain_text(text)
        self.keep("inbox")
        notice.get_by_role("button", name=title).click()

    def look_for(self, address: str) -> None:
        """An address that must not be theirs to see."""
        self._absent.add(f"{self.base}{address}")
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 404

    def wait(self, *, until: datetime) -> None:
        """Press the demo's clock on, day by day, until that moment has passed."""
        while (shown := self.now) <= until:
            self.page.get_by_role("button", name="+1 day").click()
            expect(self._time).not_to_have_attribute("datetime", shown.isoformat(timespec="minutes"))

    # ------------------------------------------------------------ what people see

    def sees(self, *words: str | re.Pattern[str]) -> None:
        for text in words:
            expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    def sees_not(self, *words: str) -> None:
        for text in words:
            expect(self.page.get_by_role("main").get_by_text(text)).to_have_count(0)

    def fact(self, name: str) -> Locator:
        """What a page says under that name."""
        term = self.page.get_by_role("main").get_by_role("term").filter(has_text=re.compile(f"^{re.escape(name)}$"))
        return term.locator("xpath=following-sibling::dd[1]")

    def sees_facts(self, **facts: str) -> None:
        for name, text in facts.items():
            expect(self.fact(name.replace("_", " "))).to_have_text(text)

    def row(self, *words: str) -> Locator:
        """The row of a table that has all these words."""
        found = self.page.get_by_role("row")
        for text in words:
            found = found.filter(has_text=text)
        return found

    def sees_timeline(self, *lines: str | re.Pattern[str]) -> None:
        """These lines and no others, in this order."""
        shown = self.page.get_by_role("region", name="Timeline").get_by_role("listitem")
        expect(shown).to_contain_text(list(lines))

    def shows(self, moment: datetime, other: Visitor | None = None) -> str:
        """A moment as a page has it for this person, with the other's clock beside it where one is asked for."""
        mine = f"{self.clock.moment(moment)} ({self.clock.zone_name})"
        if other is None:
            return mine
        theirs = Clock.of(time_zone=other.clock.zone_key, date_format=self.clock.date_format)
        return f"{mine} · for {other.name} {theirs.time(moment)} ({theirs.zone_name})"

    @property
    def _time(self) -> Locator:
        return self.page.get_by_role("complementary", name="The clock of this demo").get_by_role("time")

    @property
    def now(self) -> datetime:
        """The platform's time, as the bar on every page of a demo has it."""
        return datetime.fromisoformat(self._time.get_attribute("datetime") or "")

    def keep(self, step: str) -> None:
        """A picture of this step at both widths, where pictures are wanted."""
        if self._screens is None:
            return
        own, number = self.page.viewport_size, next(_steps)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 844})
            try:
                self.page.screenshot(path=self._screens / f"{number:02}-{self.name}-{step}-{width}.png", full_page=True)
            except Error as error:
                self._complain(f"no picture of {step}: {error.message}")
        if own:
            self.page.set_viewport_size(own)
