"""One installation for all stories of a worker, and people who come to it with browsers of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import browser as machines
from tests.stories.company import Company
from tests.stories.hands import WAYS
from tests.stories.place import Place, opened
from tests.stories.visitor import Visitor

SCREENS = Path(__file__).resolve().parent.parent / "screens"
_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium, which is to talk to nobody but us."""
    quiet = ("background-networking", "component-update", "sync", "quic")
    return browser_type_launch_args | {
        "executable_path": machines.present(),
        "args": ["--no-sandbox", *(f"--disable-{habit}" for habit in quiet)],
    }


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation that runs; in the end the books of all its stories are right."""
    with opened(tmp_path_factory.mktemp("place")) as running:
        yield running
        assert "no discrepancy" in running.run("audit")


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """`visit("Jana", email=…, …)`: somebody at a browser of their own. Whatever went wrong in it fails the story.

    `base=…` is the address of another place than the stories' own. With `--screenshot on` every step is kept in
    tests/screens/, at both widths; after a failure where everybody was.
    """
    folder = SCREENS / request.node.name
    shutil.rmtree(folder, ignore_errors=True)
    every = request.config.getoption("--screenshot") == "on"
    there: list[Visitor] = []

    def come(name: str, base: str = "", **given: Any) -> Visitor:
        base = base or request.getfixturevalue("place").url
        there.append(Visitor(browser, name, base=base, screens=folder if every else None, **given))
        return there[-1]

    yield come
    if request.node.stash.get(_FAILED, False):
        for visitor in there:
            visitor.page.screenshot(path=folder / f"failed-{visitor.name}.png", full_page=True)
    for visitor in there:
        visitor.context.close()
    assert not (troubles := [line for visitor in there for line in visitor.troubles]), troubles


@pytest.fixture(params=list(WAYS))
def company(request: pytest.FixtureRequest, place: Place, visit: Callable[..., Visitor]) -> Callable[..., Company]:
    """`company("user-day", field=…)`: the people of a story. Told three times: by mouse, by keyboard, by thumb."""
    way = str(request.param)

    def gathered(story: str, *, field: str) -> Company:
        return Company(place, visit, story=f"{story}-{way}", field=field, hands=WAYS[way])

    return gathered


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if call.when == "call" and report.failed:
        item.stash[_FAILED] = True
    return report
