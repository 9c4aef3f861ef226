"""Every page of ours, full, empty, refused and stale: through axe, in both themes, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Error, Page, Response

from tests.stories.axe import OF_COLOURS, faults_of
from tests.stories.comfort import discomforts_of
from tests.stories.hands import Mouse
from tests.stories.month import PASSWORD, PLACES, STORY
from tests.stories.pages import NO_PAGE, TOUR, Stop
from tests.stories.place import Place, opened
from tests.stories.visitor import Visitor

# Theme, width, what axe is asked: nothing but colours changes with the theme.
LOOKS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("light", 1280, {}),
    ("dark", 320, {}),
    ("dark", 1280, OF_COLOURS),
    ("light", 320, OF_COLOURS),
)
ALIKE = 2  # looks are enough where a page was looked at before, in another state


def names(resolver: URLResolver) -> Iterator[str]:
    """Of every address outside the admin, which is Django's own."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from names(pattern)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name)


def test_the_tour_leaves_no_page_of_ours_out() -> None:
    visited = {stop.name for stops in TOUR.values() for stop in stops} - {""}
    ours = {name for name in names(get_resolver()) if not name.startswith("api_") or name == "api_docs"}  # JSON
    assert not visited & NO_PAGE.keys()
    assert ours - visited == NO_PAGE.keys() & ours, "not visited, and no reason given"
    assert not (visited | NO_PAGE.keys()) - ours, "there is no such address any more"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, Any]]]:
    """An installation with the demo's people and meetings, and what its addresses are made of."""
    told: list[str] = []

    def first(place: Place) -> None:
        told.append(place.run("shell", "--verbosity", "0", "-c", STORY + PLACES))

    with opened(tmp_path_factory.mktemp("month"), name="month", first=first) as place:
        yield place, json.loads(told[0])


@pytest.mark.story
@pytest.mark.parametrize("who", TOUR, ids=lambda who: who.partition("@")[0] or "stranger")
def test_every_page_is_without_fault(
    month: tuple[Place, dict[str, Any]], visit: Callable[..., Visitor], who: str
) -> None:
    place, found = month
    visitor = visit(who.partition("@")[0] or "stranger", hands=Mouse(), base=place.url)
    visitor.minds_statuses = False
    if who:
        _sign_in(visitor.page, who)
    faults = [fault for stop in TOUR[who] for fault in _looked_at(visitor, stop, found)]
    assert not faults, "\n".join(faults)


def _sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


def _looked_at(visitor: Visitor, stop: Stop, found: dict[str, Any]) -> list[str]:
    """What is wrong with one page, whichever way one looks at it."""
    page, address = visitor.page, stop.at.format(**found)
    page.set_viewport_size({"width": 1280, "height": 844})
    answers: list[Response] = []
    hear = lambda answer: answers.append(answer) if answer.request.is_navigation_request() else None  # noqa: E731
    page.on("response", hear)
    if stop.state in found["bare"]:
        body = found["bare"][stop.state]
        page.route(f"**{address}", lambda route: route.fulfill(status=stop.answer, content_type="text/html", body=body))
    where = f"{stop.name or stop.state} ({stop.state})"
    try:
        page.goto(address)
        if stop.then:
            stop.then(page)
            page.wait_for_load_state()
    except Error as error:  # the other pages are looked at all the same
        return [f"{where}: {error.message}"]
    page.remove_listener("response", hear)
    faults = [] if answers[-1].status == stop.answer else [f"{where} answers {answers[-1].status}"]
    if stop.name and _name_at(page.url) != stop.name:
        faults.append(f"{where} is not at {page.url}")
    for theme, width, options in LOOKS[: ALIKE if stop.state else None]:
        # Without motion: on a busy machine axe would meet colours on their way from one theme to the other.
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # light or dark
        page.set_viewport_size({"width": width, "height": 844})
        faults += [f"{where}, {theme}, {width}: {fault}" for fault in faults_of(page, options=options)]
    page.emulate_media(color_scheme="light")
    visitor.keep("-".join(filter(None, (stop.name, stop.state))))
    return faults + [f"{where}, {fault}" for fault in discomforts_of(page)]


def _name_at(url: str) -> str:
    try:
        return str(resolve(urlsplit(url).path).url_name)
    except Resolver404:
        return ""
