"""A meeting on another platform, in a real browser: Join leads there, by page, in place and by the personal link.

Browsers hold a page's form-action against the redirect that answers its form; only a browser can show that ours passes.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from playwright.sync_api import Browser, BrowserType, Page, expect

from expertim.meetings import queries
from expertim.meetings.facts import By
from expertim.meetings.links import token_of
from expertim.video import platforms
from expertim.video.jitsi import Jitsi
from expertim.wsgi import application
from tests.conftest import PlatformClock
from tests.video.fakes.jitsi import APP_ID, HOST, SECRET, verified
from tests.world import in_, world

pytestmark = pytest.mark.story


class Meet(BaseHTTPRequestHandler):
    """The page of a Jitsi Meet: it says whom it lets in, and where they came from."""

    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query).get("jwt", [""])[0]
        try:
            words = f"Welcome, {verified(token, now=time.time())['context']['user']['name']}"
        except (ValueError, KeyError) as refused:
            words = f"No: {refused}"
        came = f"from {self.headers.get('referer', 'nowhere')}"
        body = f"<!doctype html><title>{HOST}</title><h1>{words}</h1><p>{came}</p>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that speaks TLS under that name, with a certificate of its own making."""
    folder = tmp_path_factory.mktemp("tls")
    server = HTTPServer(("127.0.0.1", 0), Meet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser_there(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], elsewhere: int
) -> Iterator[Browser]:
    """A browser that finds that name on this machine."""
    rule = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{elsewhere}"
    made = browser_type.launch(**browser_type_launch_args | {"args": [*browser_type_launch_args["args"], rule]})
    yield made
    made.close()


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_given: Any) -> None:
        pass


@pytest.fixture
def site(clock: PlatformClock, settings: Any) -> Iterator[str]:
    """This very installation, served; its meetings take place on that Jitsi."""
    platforms.register(there := Jitsi(url=f"https://{HOST}", app_id=APP_ID, secret=SECRET), origins=[f"https://{HOST}"])
    settings.VIDEO_PLATFORM, settings.RATE_LIMITS = there.key, 0
    server = make_server("127.0.0.1", 0, application, Threads, Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    platforms.forget(there.key)


def test_join_leads_to_the_platforms_own_page(browser_there: Browser, site: str) -> None:
    """J1: in place, by the page, by the personal link; the platform does not learn where one came from."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    view = queries.meeting_for(person=w.user.pk, meeting=meeting)
    assert view is not None
    page = _signed_in(browser_there, site, w.user)
    page.goto(f"{site}/meetings/{meeting}/")
    page.get_by_role("link", name="Join").first.click()
    _lets_in(page, w.user.name)
    stranger = browser_there.new_context(ignore_https_errors=True).new_page()
    for each, address in ((page, f"/meetings/{meeting}/join/"), (stranger, f"/join/{token_of(view, By.USER)}/")):
        each.goto(f"{site}{address}")
        _lets_in(each, w.user.name)
    _is_not_led_from_another_page(page, site, meeting)
    for each in (page, stranger):
        each.context.close()


def _signed_in(browser: Browser, site: str, who: Any) -> Page:
    client = Client()
    client.force_login(who)
    context = browser.new_context(ignore_https_errors=True, locale="en-GB")
    context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in client.cookies.items()])
    return context.new_page()


def _lets_in(page: Page, name: str) -> None:
    page.get_by_role("button", name="Join the meeting").click()
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    expect(page.get_by_text("from nowhere")).to_be_visible()


def _is_not_led_from_another_page(page: Page, site: str, meeting: str) -> None:
    """The same form on a page that is not meant for it: the browser stops at the redirect. So the test can fail."""
    page.goto(f"{site}/meetings/{meeting}/join/")
    content = page.locator("form.sheet").inner_html()
    page.goto(f"{site}/inbox/")
    page.evaluate(
        """([address, content]) => {
          const form = Object.assign(document.createElement("form"), { method: "post", action: address });
          form.innerHTML = content;
          document.body.append(form);
          form.submit();
        }""",
        [f"/meetings/{meeting}/join/", content],
    )
    page.wait_for_timeout(1000)
    assert HOST not in page.url


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
