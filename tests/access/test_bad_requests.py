"""Requests that no browser of a person sends: hosts, addresses to go back to, odd methods, sizes, places in lists.

Case by case as catalogued: refused as said, never a 500, and nothing is written.
"""

from __future__ import annotations

from typing import Any

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import escape

from expertim.people.actions import create_person
from expertim.reviews.models import Review
from tests.access.answering import values
from tests.access.routes import ROUTES
from tests.access.scenes import Scene, rich
from tests.access.test_bad_input import written
from tests.meetings.visiting import Visitor, text_of
from tests.people.visiting import PASSWORD, mails_to, some_email, visitor
from tests.world import in_


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


# ------------------------------------------------------------------ 56-58: where from, where to

ELSEWHERE = [
    *("//evil.com", "///evil.com", r"/\evil.com", r"\\evil.com", "https:evil.com", "https://evil.com/"),
    *("http:///evil.com", "https://localhost@evil.com/", "\x08//evil.com", "javascript:alert(1)", "data:text/html,x"),
    *(" //evil.com", "/\t/evil.com", "https://localhost.evil.com/"),
]


@pytest.mark.parametrize("there", ELSEWHERE)
def test_56_nobody_is_led_away(there: str) -> None:
    person = create_person(email=some_email(), name="Alice", password=PASSWORD)
    client = visitor()
    page = client.get("/accounts/login/", {"next": there})
    assert page.status_code == 200
    assert f'href="{escape(there)}' not in page.content.decode()
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD, "next": there})
    assert answer["Location"] == "/"
    back = client.post("/settings/zone/", {"device": "Europe/Prague", "answer": "keep", "back": there})
    assert back["Location"] == "/settings/"
    assert client.post("/demo/clock/", {"by": "never", "back": there})["Location"] == "/demo/clock/"
    assert client.post("/accounts/logout/", {"next": there})["Location"] == "/"


def test_56_ones_own_address_is_led_back_to() -> None:
    person = create_person(email=some_email(), name="Alice", password=PASSWORD)
    answer = visitor().post("/accounts/login/", {"login": person.email, "password": PASSWORD, "next": "/account/?x=1"})
    assert answer["Location"] == "/account/?x=1"


@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com", "localhost@evil.com", "a b", "[::1", "x" * 300])
def test_57_another_host_is_refused(host: str) -> None:
    assert Client().get("/", headers={"host": host}).status_code == 400


def test_57_a_forwarded_host_is_ignored() -> None:
    email = create_person(email=some_email(), name="Alice", password=PASSWORD).email
    client = visitor(
        headers={"X-Forwarded-Host": "evil.com", "X-Forwarded-Server": "evil.com", "Forwarded": "host=evil.com"}
    )
    assert "evil.com" not in client.get("/accounts/login/").content.decode()
    client.post("/accounts/password/reset/", {"email": email})
    assert "evil.com" not in str(mails_to(email)[-1])


def test_58_forged_addresses_of_visitors_are_ignored(settings: Any) -> None:
    """Only what our own proxies have added counts, from the right."""
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": "1.2.3.4, 5.6.7.8"})
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert get_client_ip(request) == "203.0.113.9"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert get_client_ip(request) == "5.6.7.8"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    cache.clear()
    codes = []
    for n in range(25):
        forger = Client(REMOTE_ADDR="203.0.113.10", headers={"X-Forwarded-For": f"10.0.0.{n}"})
        codes.append(forger.post("/accounts/password/reset/", {"email": f"n{n}@example.org"}).status_code)
    assert codes == [302] * 20 + [429] * 5


# ------------------------------------------------------------------ 83-86: searches, places in lists, methods, sizes

SEARCHES = ["%", "_", "\\", "(a+)+$" * 40, "x" * 10_000, "\x00", "' OR 1=1--", "{{7*7}}", "%00", "é" * 300, "*", "["]


@pytest.mark.parametrize("words", SEARCHES)
def test_83_what_is_searched_for_is_taken_by_the_letter(words: str) -> None:
    w = rich(operator=False)
    Review.objects.create(user=w.user, expert=w.expert, text="Good", written_at=in_(hours=0))
    user, operator = Visitor(w.user), Visitor(rich(operator=True).user)
    page = user.get(reverse("experts", args=[w.expertise.slug]), data={"q": words})
    assert page.status_code == 200
    assert words == "\x00" or w.expert.public_id not in text_of(page)  # it stands for no other letter
    for name in ("operator_people", "operator_meetings", "operator_reviews"):
        assert operator.get(reverse(name), data={"q": words}).status_code == 200


ODD = ["-1", "0", "1000000000", str(10**40), "abc", "1.5", "", "\x00", "٣", "null", "[]", "x" * 5000]


@pytest.mark.parametrize("value", ODD)
def test_84_a_place_in_a_list_that_is_none_is_the_beginning_or_not_there(value: str) -> None:
    w = rich(operator=True)
    meeting = w.propose(start=in_(days=5))
    visitor, slug = Visitor(w.user), w.expertise.slug
    asked = {
        "/meetings/": ("after", "list", "expertise"),
        f"/meetings/{meeting}/": ("seen",),
        "/account/": ("before",),
        "/account/blocks/": ("before",),
        "/inbox/": ("before",),
        f"/e/{slug}/experts/": ("after", "skill"),
        f"/e/{slug}/experts/{w.expert.public_id}/": ("reviews",),
        "/operator/people/": ("before",),
        "/operator/meetings/": ("before", "state", "person"),
        "/operator/credits/": ("before", "kind"),
        "/operator/notices/": ("before", "list"),
        "/operator/reviews/": ("before", "list"),
        "/demo/mail/": ("before",),
    }
    more = {"ordering": "password", "per_page": "1000000", "page": value}  # nobody reads these
    for address, names in asked.items():
        for name in names:
            status = visitor.get(address, data={name: value, **more}).status_code
            assert status in (200, 404), (address, name)


@pytest.fixture(scope="module")
def clients(place: Scene) -> dict[str, Client]:
    return {role: place.client(role) for role in ("user", "operator who is a party")}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "BREW"])
def test_85_other_methods_are_refused_everywhere(place: Scene, clients: dict[str, Client], method: str) -> None:
    before = written()
    for role, client in clients.items():
        known = values(place, role, "")
        for name, route in ROUTES.items():
            address = reverse(name, args=[known[part] or "x" for part in route.args])
            status = client.generic(method, address, b"_method=DELETE").status_code
            assert status == 405 or (status in (401, 404) and str(status) in route.get + route.post), (address, status)
    assert written() == before


def test_85_a_method_in_a_field_is_a_field(place: Scene, clients: dict[str, Client]) -> None:
    client, address = clients["user"], f"/meetings/{place.meetings['agreed']}/"
    client.get(address)
    before = written()
    assert client.post(address, {"_method": "DELETE"}, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405
    assert client.get(address, {"_method": "POST"}).status_code == 200
    assert written() == before


def test_86_a_file_where_none_is_expected_is_ignored_and_a_large_one_not_read() -> None:
    w = rich(operator=False)
    user, address = Visitor(w.user), reverse("propose", args=[w.expertise.slug, w.expert.public_id])
    before = written()
    small, *large = (SimpleUploadedFile("a.exe", b"MZ" * size) for size in (10, 200_000, 200_000))
    assert user.post(address, {"message": small, "date": small}).status_code == 422
    assert user.post(address, {"message": large[0]}).status_code == 413
    assert Client().post("/accounts/login/", {"login": large[1]}).status_code == 413
    assert written() == before


@pytest.mark.parametrize(("length", "status"), [("52428800", 413), ("9" * 40, 413), ("-1", 200)])
def test_23_what_says_to_be_huge_is_not_waited_for(length: str, status: int) -> None:
    form = "application/x-www-form-urlencoded"
    answer = Client().generic("POST", "/accounts/login/", b"login=x", content_type=form, CONTENT_LENGTH=length)
    assert answer.status_code == status


def test_23_ten_thousand_fields_are_not_read() -> None:
    user, before = Visitor(rich(operator=False).user), written()
    assert user.post("/settings/", {f"f{n}": "x" for n in range(10_000)}).status_code == 413
    assert written()[:3] == before[:3]
