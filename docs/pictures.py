"""Take the pictures of the manuals and of the README: `.venv/bin/python docs/pictures.py`, after `make docs`.

A demo in a folder and at a port of its own, whose clock stands still: the same code gives the same pictures.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
from expertim.foundation import embedded  # noqa: E402
from tests.browser import present  # noqa: E402
from tests.stories.month import JANA, NOW, OPERATOR, PETR, STORY  # noqa: E402

PICTURES = ROOT / "src" / "expertim" / "site" / "static" / "site" / "pictures"
COLOURS = 48
WIDE, PHONE = (1280, 800), (390, 780)
LONGEST = 1900  # of a page on a phone that is shown whole

# name, who looks, how wide, where to begin (a tour of the start page by its button), the links on the way; a last step
# that begins with # is the place on the page to be shown
SHOTS: tuple[tuple[str, str, tuple[int, int], str, tuple[str, ...]], ...] = (
    ("start", "", WIDE, "/demo/", ()),
    ("dashboard", JANA, WIDE, "/e/corporate-finance/", ()),
    ("expert", JANA, WIDE, "/e/corporate-finance/experts/?q=svoboda", ("Petr Svoboda",)),
    ("experts", JANA, WIDE, "/e/corporate-finance/experts/?held=1&order=held", ()),
    ("free-times", JANA, WIDE, "/e/corporate-finance/experts/?q=svoboda", ("Petr Svoboda", "Propose", "#free-times")),
    ("propose", JANA, PHONE, "/e/corporate-finance/experts/?q=hudakova", ("Lucia Hudáková", "Propose")),
    ("meeting", JANA, WIDE, "Suggest another date", (":is(.trail, .back) a",)),
    ("another-date", JANA, PHONE, "Suggest another date", ()),
    ("answer", JANA, PHONE, "Answer", ()),
    ("cancel", JANA, PHONE, "See the fee", ()),
    ("evaluate", JANA, PHONE, "Say how it went", ()),
    ("account", JANA, WIDE, "/account/", ()),
    ("inbox", JANA, PHONE, "/inbox/", ()),
    ("chat", JANA, PHONE, "/chats/", (":is(.chats a)",)),
    ("profile", JANA, PHONE, "/settings/profile/", ()),
    ("apply", JANA, PHONE, "/e/corporate-finance/apply/", ()),
    ("offer", PETR, WIDE, "/settings/offer/", ()),
    ("times", PETR, WIDE, "/settings/times/", ()),
    ("expert-meetings", PETR, WIDE, "/meetings/", ()),
    ("disputes", OPERATOR, WIDE, "/operator/disputes/", ()),
    ("settle", OPERATOR, WIDE, "/operator/disputes/", ("Settle the dispute",)),
)


def main(only: list[str]) -> None:
    """Every picture, or only those named."""
    with (
        tempfile.TemporaryDirectory(prefix="expertim-pictures-") as folder,
        _demo(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=present(), args=["--no-sandbox"])
        for name, who, size, begin, on_the_way in SHOTS:
            if not only or name in only:
                _keep(name, _taken(browser, address, who=who, size=size, begin=begin, on_the_way=on_the_way))
        browser.close()
    kept = sorted(PICTURES.glob("*.png"))
    print(f"{len(kept)} pictures, {sum(file.stat().st_size for file in kept) / 1000:.0f} kB")


def _taken(
    browser: Browser, address: str, *, who: str, size: tuple[int, int], begin: str, on_the_way: tuple[str, ...]
) -> bytes:
    # The bar of the demo's clock is no part of the product, and our own policy would forbid hiding it.
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        is_mobile=size == PHONE,
        timezone_id="Europe/Prague",
        locale="en-GB",
        color_scheme="light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.goto("/demo/")
    if who:
        _enter(page, who, begin)
    for step in on_the_way:
        if step.startswith("#"):
            continue
        # by its address: a page by itself, where pressing would open a dialog
        link = page.locator("main").locator(step if step.startswith(":") else f"a:has-text('{step}')").first
        page.goto(link.get_attribute("href") or "")
        page.wait_for_load_state("networkidle")
    page.add_style_tag(content=".clock-bar, .messages, footer.bottom { display: none }")
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    if on_the_way and on_the_way[-1].startswith("#"):
        page.locator(on_the_way[-1]).evaluate("(place) => place.scrollIntoView()")
    if failed:
        raise SystemExit(f"No picture is better than a wrong one: {', '.join(failed)}")
    if size == PHONE:
        _show_all(page)
    picture = page.screenshot()
    context.close()
    return picture


def _enter(page: Page, who: str, begin: str) -> None:
    """By a tour of the start page, or as that person at an address."""
    if begin.startswith("/"):
        page.locator(f"form:has(input[value='{who}']) button").first.click()
        page.goto(begin)
    else:
        page.get_by_role("button", name=begin, exact=True).click()
    page.wait_for_load_state("networkidle")


def _show_all(page: Page) -> None:
    """A page on a phone is shown whole, as if scrolled through; of a very long one its beginning."""
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": PHONE[0], "height": height if height < LONGEST else PHONE[1]})


def _keep(name: str, picture: bytes) -> None:
    """In few colours: pages are flat, and a picture of 40 kB shows as much as one of 150."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB").quantize(colors=COLOURS, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{name}.png", optimize=True)


@contextmanager
def _demo(folder: Path) -> Iterator[str]:
    """The address of a demo whose clock stands still, with a web server and no worker."""
    urls = embedded.ensure(folder, fsync=False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE")} | {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "EXPERTIM_MOVABLE_CLOCK": "1",
        "WEB_WORKERS": "1",
    }
    command = [sys.executable, "-m", "expertim"]
    address = f"http://127.0.0.1:{port}"
    try:
        for words in (["migrate", "--verbosity", "0"], ["shell", "--verbosity", "0", "-c", STORY]):
            subprocess.run([*command, *words], env=environment, check=True)
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            # within the same minute, and later than where the story has left it
            owner.execute("UPDATE platform_clock SET frozen_at = %s::timestamptz + interval '50 s'", [NOW])
        server: subprocess.Popen[Any] = subprocess.Popen(
            [*command, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait(30)
    finally:
        embedded.leave()


def _wait_for(address: str) -> None:
    for _turn in range(300):
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        time.sleep(0.1)
    raise SystemExit(f"Nothing answers at {address}.")


if __name__ == "__main__":
    main(sys.argv[1:])
