"""Two people in the room of a meeting of theirs, wherever their browsers are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserType

from tests.stories.company import Company
from tests.stories.hands import Mouse
from tests.stories.place import Place
from tests.stories.steps import confirm, propose
from tests.stories.test_room import DEVICES, goes_in, guest
from tests.stories.visitor import Visitor


@contextmanager
def met(
    place: Place,
    browser_type: BrowserType,
    launching: Sequence[dict[str, Any]],
    *,
    story: str,
    bases: Sequence[str] = (),
    equipped: Sequence[bool] = (True, True),
) -> Iterator[tuple[Visitor, Visitor]]:
    """Jana and Petr, each in a browser launched with what `launching` has for them, at the site's address there.

    Who is not `equipped` has neither camera nor microphone.
    """
    with ExitStack() as ending:
        browsers = []
        for given, devices in zip(launching, equipped, strict=True):
            more = DEVICES if devices else DEVICES[-1:]
            browsers.append(browser_type.launch(**given | {"args": [*given["args"], *more]}))
            ending.callback(browsers[-1].close)

        def come(name: str, *, email: str, hands: Any, **given: Any) -> Visitor:
            place_of = 0 if name.startswith("Jana") else 1
            base = bases[place_of] if bases else place.url
            return guest(browsers[place_of], place, name, email=email, base=base, **given)

        there = Company(place, come, story=story, field="Corporate finance", hands=Mouse())
        jana, petr = there.jana, there.petr
        start = (jana.now + timedelta(minutes=12)).replace(second=0, microsecond=0)
        address = propose(jana, petr, field=there.expertise, start=start)
        confirm(petr, jana, start=start)
        for visitor in (jana, petr):
            visitor.page.goto(urlsplit(address).path)
            visitor.follow("Join")
            visitor.press("Join the meeting")
            goes_in(visitor.page)
        yield jana, petr
