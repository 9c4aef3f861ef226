"""A browser is added to the devices that somebody is told on: as far as a browser without a push service can go."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.foundation.holding import eventually
from tests.stories.place import Place
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

_SHOWN = """navigator.serviceWorker.getRegistration("/").then((found) => found.getNotifications())
  .then((lines) => lines.map((line) => [line.title, line.body, line.data.address]))"""


def test_a_browser_shows_what_is_pushed_to_it(place: Place, visit: Callable[..., Visitor]) -> None:
    """The worker is ours, lives under the strict policy, and leads nowhere else than to us."""
    place.cast("push", field="Corporate finance")
    jana = visit("Jana Nováková", email="jana.push@example.org")
    jana.sign_in()
    jana.page.goto("/settings/notifications/")
    jana.sees("Your devices", "No device yet.")
    jana.keep("devices")
    jana.press("Add this browser")  # a private window may not
    expect(jana.page.locator("#push-refused")).to_be_visible()
    [said] = jana.troubles
    assert "incognito" in said
    jana.troubles.clear()
    jana.context.grant_permissions(["notifications"], origin=place.url)
    push = pushing_to(jana)
    push(json.dumps({"title": "Expertim", "body": "Petr proposes", "address": f"{place.url}/inbox/", "about": "x"}))
    push("this is not what we send")
    assert eventually(lambda: len(jana.page.evaluate(_SHOWN)) == 2)
    assert ["Expertim", "Petr proposes", f"{place.url}/inbox/"] in jana.page.evaluate(_SHOWN)


def pushing_to(visitor: Visitor) -> Callable[[str], object]:
    """What a push service would do once it has been asked to."""
    browser = visitor.context.new_cdp_session(visitor.page)
    found: list[dict[str, Any]] = []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    browser.send("ServiceWorker.enable")
    for _wait in range(50):
        if found:
            break
        visitor.page.wait_for_timeout(100)
    asked = {"origin": visitor.base, "registrationId": found[0]["registrationId"]}
    return lambda data: browser.send("ServiceWorker.deliverPushMessage", {**asked, "data": data})
