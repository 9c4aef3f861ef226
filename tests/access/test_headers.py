"""What every answer tells the browser, over TLS and without; and what no form is taken without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import conftest
from tests.access.answering import values
from tests.access.routes import ROUTES, WITHOUT_TOKEN
from tests.access.scenes import Scene
from tests.meetings.visiting import act

ROLES = ("anonymous", "user", "operator who is a party")
TLS = {"PUBLIC_URL": "https://meet.example.org", "TRUSTED_PROXIES": "1", "EXPERTIM_MOVABLE_CLOCK": "0"}


@pytest.fixture(scope="module")
def answers(place: Scene) -> dict[tuple[str, str], Any]:
    """Every page as a stranger, a party and an operator get it."""
    found = {}
    for role in ROLES:
        client, known = place.client(role), values(place, role, "")
        for name, route in ROUTES.items():
            found[role, name] = client.get(reverse(name, args=[known[part] or "x" for part in route.args]))
        found[role, "nothing"] = client.get("/nothing/is/here/")
        found[role, "admin"] = client.get("/admin/")
    return found


def is_page(answer: Any) -> bool:
    return bool(answer.content) and str(answer["Content-Type"]).startswith("text/html")


def test_every_answer_carries_the_same_guards(answers: dict[tuple[str, str], Any]) -> None:
    """ASVS 3.4: nothing inline, nothing framed, nothing guessed, nothing told to other hosts."""
    for where, answer in answers.items():
        rules = dict(rule.strip().split(" ", 1) for rule in answer["Content-Security-Policy"].split(";"))
        assert rules["default-src"] == rules["base-uri"] == "'none'", where
        assert rules["frame-ancestors"] in ("'none'", "'self'"), where
        assert "unsafe" not in answer["Content-Security-Policy"], where
        assert "*" not in answer["Content-Security-Policy"], where
        assert answer["X-Content-Type-Options"] == "nosniff", where
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer"), where
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert "geolocation=()" in answer["Permissions-Policy"], where
        assert "Access-Control-Allow-Origin" not in answer, where
        assert "Server" not in answer, where


def test_no_page_holds_a_script_or_a_style_of_its_own(answers: dict[tuple[str, str], Any]) -> None:
    for where, answer in answers.items():
        page = answer.content.decode() if is_page(answer) else ""
        assert " style=" not in page, where
        assert "<style" not in page, where
        assert all(" src=" in tag.split(">")[0] for tag in page.split("<script")[1:]), where
        assert " onclick" not in page, where
        assert ' src="http' not in page, where


def test_pages_of_signed_in_people_and_pages_that_ask_for_a_password_are_not_kept(
    answers: dict[tuple[str, str], Any],
) -> None:
    """ASVS 14.3.2: whoever sits down next finds nothing by going back."""
    for (role, name), answer in answers.items():
        if is_page(answer) and (role != "anonymous" or 'type="password"' in answer.content.decode()):
            assert "no-store" in answer.get("Cache-Control", ""), (role, name)


def test_every_answer_says_what_it_is(answers: dict[tuple[str, str], Any]) -> None:
    """ASVS 4.1.1."""
    for where, answer in answers.items():
        if answer.content:
            said = answer["Content-Type"]
            assert "charset=utf-8" in said or "json" in said, where


# ------------------------------------------------------------------ over TLS


@pytest.fixture(scope="module")
def over_tls(installation: conftest.Installation) -> dict[str, Any]:
    """A process of its own with a public address: settings are read once."""
    script = Path(__file__).with_name("asked_over_tls.py")
    ran = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | TLS | {"DATABASE_URL": installation.app, "EMAIL_URL": "smtp+tls://mail.example.org:587"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def test_over_tls_browsers_come_by_tls_only_for_a_year(over_tls: dict[str, Any]) -> None:
    assert over_tls["headers"]["Strict-Transport-Security"] == "max-age=31536000"


def test_over_tls_cookies_are_bound_to_this_very_host(over_tls: dict[str, Any]) -> None:
    """ASVS 3.3: Secure, HttpOnly, SameSite, the whole host and no other, a name that says so."""
    assert set(over_tls["cookies"]) >= {"__Host-expertim_csrf", "__Host-expertim_session"}
    for name, cookie in over_tls["cookies"].items():
        assert name.startswith("__Host-")
        assert cookie == {"secure": True, "httponly": True, "path": "/", "domain": "", "samesite": "Lax"}
    assert over_tls["names"] == ["__Host-expertim_field", "__Host-expertim_zones", "__Host-expertim_messages"]


def test_over_tls_a_form_from_elsewhere_is_refused(over_tls: dict[str, Any]) -> None:
    assert over_tls["origins"] == {"https://meet.example.org": 200, "https://evil.com": 403, "null": 403, "": 403}


def test_a_public_installation_shows_nothing_of_a_demo(over_tls: dict[str, Any]) -> None:
    """ASVS 15.2.3."""
    assert set(over_tls["demo"].values()) == {404}


# ------------------------------------------------------------------ CSRF


def test_73_no_form_is_taken_without_its_token_or_with_anothers(place: Scene) -> None:
    careful, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    for client, role in ((careful, "user"), (other, "other")):
        somebody = place.person(role)
        assert somebody is not None
        client.force_login(somebody)
    known, tried = values(place, "user", ""), 0
    for name, route in ROUTES.items():
        if "405" in route.post.split() or name in WITHOUT_TOKEN or name.startswith("api_"):
            continue
        there = reverse(name, args=[known[part] or "x" for part in route.args])
        assert careful.post(there, route.sent).status_code == 403, name
        tried += 1
    assert tried > 30
    address = act(place.meetings["agreed"], "cancel")
    page, foreign = careful.get(address).content.decode(), token_of(other.get("/settings/").content.decode())
    for token in ("", "x", foreign, "é" * 64, token_of(page)[:-1]):
        assert careful.post(address, {"csrfmiddlewaretoken": token, "reason": "Ill"}).status_code == 403
    for origin in ("null", "https://evil.com", "http://testserver.evil.com", "http://testserver:81"):
        sent = {"csrfmiddlewaretoken": token_of(page), "reason": "Ill"}
        assert careful.post(address, sent, headers={"origin": origin}).status_code == 403, origin


def test_only_what_proves_itself_otherwise_is_taken_without_a_token() -> None:
    """A4."""

    def exempt(resolver: URLResolver) -> list[str]:
        found: list[str] = []
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                found += exempt(pattern)
            elif isinstance(pattern, URLPattern) and getattr(pattern.callback, "csrf_exempt", False):
                found.append(str(pattern.name))
        return found

    free = {name for name in exempt(get_resolver()) if not name.startswith("api_")}  # tests/api asks those
    assert free == set(WITHOUT_TOKEN)


def token_of(page: str) -> str:
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
