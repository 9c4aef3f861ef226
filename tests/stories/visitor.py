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
from tests.stories.hands import DESKTOP, PHONE, Hands, Mouse
from tests.stories.place import PASSWORD

__all__ = ["DESKTOP", "PHONE", "Visitor"]

WIDTHS = (1280, 390)
_steps = count(1)
# What a browser says of an answer by which nothing was done; a story says where it expects one.
_REFUSED = re.compile(r"status of 4(?:09|22)\b")
_ANY_STATUS = re.compile(r"the server responded with a status of [45]\d\d\b")

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
        hands: Hands | None = None,
        date_format: str = "DD.MM.YYYY HH:MM",
        screens: Path | None = None,
        timezone_id: str = "Europe/Prague",
        **given: Any,
    ) -> None:
        self.name, self.email, self.troubles = name, email, list[str]()
        self.clock = Clock.of(time_zone=timezone_id, date_format=date_format)
        self.base, self._screens, self._absent = base, screens, set[str]()
        self.hands, self._refusals, self.minds_statuses = hands or Mouse(), 0, True
        usual = {"base_url": base, "timezone_id": timezone_id, "locale": "en-GB", "reduced_motion": "reduce"}
        self.context = browser.new_context(**{**usual, **self.hands.browser, **given})
        self.context.set_default_timeout(10_000)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._complain(f"page error: {error.error}"))
        self.context.on("request", self._watch)
        self.page = self.context.new_page()

    # ------------------------------------------------------------ what must not happen

    def _hear(self, message: ConsoleMessage) -> None:
        if self._refusals and _REFUSED.search(message.text):
            self._refusals -= 1
        elif not self.minds_statuses and _ANY_STATUS.search(message.text):
            return  # whoever does not mind looks at each answer
        elif message.type == "error" and message.location["url"] not in self._absent:
            self._complain(f"console: {message.text} ({message.location['url']})")

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(f"{self.base}/"):
            self._complain(f"asked another host: {request.url}")

    def _complain(self, what: str) -> None:
        self.troubles.append(f"{self.name} at {urlsplit(self.page.url).path}: {what}")

    # ------------------------------------------------------------ what people do

    @property
    def here(self) -> Locator:
        """Where the attention is: a dialog that stands open, else the main part of the page."""
        return self.page.locator("dialog[open], body:not(:has(dialog[open])) main")

    @property
    def _ways(self) -> Locator:
        """The navigation, which a phone has at the bottom; what has no room in it stands below the page."""
        return self.page.locator("header nav, footer")

    def sign_in(self) -> None:
        self.page.goto("/")
        self.hands.press(self._ways.get_by_role("link", name="Log in"))
        self.type_in(**{"e-mail": self.email}, password=PASSWORD)
        self.press("Log in")
        self.sees(f"Good to see you, {self.name}")

    def field(self, label: str) -> Locator:
        """What one types in, by its label."""
        return self.here.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$", re.I))

    def type_in(self, **fields: str) -> None:
        for label, text in fields.items():
            self.hands.write(self.field(label.replace("_", " ")), text)

    def choose(self, label: str) -> None:
        self.hands.choose(self.here.get_by_role("radio", name=label))

    def tick(self, label: str, *, group: str | None = None) -> None:
        within = self.here.get_by_role("group", name=group) if group else self.here
        self.hands.tick(within.get_by_role("checkbox", name=label))

    def pick(self, entry: str, *, field: str) -> None:
        self.hands.pick(entry, self.field(field))

    def button(self, words: str) -> Locator:
        return self.here.get_by_role("button", name=words, exact=True)

    def press(self, button: str) -> None:
        self.hands.press(self.button(button))

    def press_in_vain(self, button: str) -> None:
        """Something is in the way; what it is, is said on top, and the focus goes there."""
        self._refusals += 1
        self.press(button)
        expect(self.here.get_by_role("alert").first).to_be_visible()
        self._refusals = 0

    def follow(self, link: str, *, within: Locator | None = None) -> None:
        """The first link of that name; an act opens in place where there is script."""
        self.hands.press((within or self.here).get_by_role("link", name=link).first)

    def go(self, where: str) -> None:
        """By the navigation."""
        self.hands.press(self._ways.get_by_role("link", name=re.compile(rf"^{where}\b|\b{where}$", re.I)).first)

    def turn_to(self, room: str) -> None:
        """To another of the operator's pages; on a phone their list unfolds."""
        rooms = self.here.get_by_role("navigation", name="Operator")
        if (folded := rooms.locator("summary")).is_visible():
            self.hands.press(folded)
        self.follow(room, within=rooms)

    def open_notice(self, title: str, *words: str) -> None:
        """Find the newest notice of that title with these words in the inbox, and go where it leads."""
        self.go("Inbox")
        notice = self.page.get_by_role("listitem").filter(has=self.page.get_by_role("button", name=title))
        for text in words:
            notice = notice.filter(has_text=text)
        expect(notice.first).to_be_visible()
        self.keep("inbox")
        self.hands.press(notice.first.get_by_role("button", name=title))

    def look_for(self, address: str) -> None:
        """An address that must not be theirs to see."""
        self._absent.add(f"{self.base}{address}")
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 404

    def wait(self, *, until: datetime) -> None:
        """Press the demo's clock on, day by day, until that moment has passed."""
        while (shown := self.now) <= until:
            self.hands.press(self.page.get_by_role("button", name="+1 day"))
            expect(self._time).not_to_have_attribute("datetime", shown.isoformat(timespec="minutes"))

    # ------------------------------------------------------------ what people see

    def sees(self, *words: str | re.Pattern[str]) -> None:
        for text in words:
            expect(self.here.get_by_text(text).first).to_be_visible()

    def sees_not(self, *words: str) -> None:
        for text in words:
            expect(self.here.get_by_text(text)).to_have_count(0)

    def fact(self, name: str) -> Locator:
        """What a page says under that name."""
        term = self.here.get_by_role("term").filter(has_text=re.compile(f"^{re.escape(name)}$"))
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
            # as if scrolled through: else a bar at the bottom of a phone would stand across the middle
            tall = int(self.page.evaluate("document.documentElement.scrollHeight"))
            self.page.set_viewport_size({"width": width, "height": max(tall, 844)})
            try:
                self.page.screenshot(path=self._screens / f"{number:02}-{self.name}-{step}-{width}.png", full_page=True)
            except Error as error:
                self._complain(f"no picture of {step}: {error.message}")
        if own:
            self.page.set_viewport_size(own)
