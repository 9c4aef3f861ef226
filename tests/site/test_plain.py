"""Health, robots, errors: pages for when things are not as hoped."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views import defaults

from tests.site.reading import client_of
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")


def test_health_says_well_while_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/healthz").status_code == 200

    def silent() -> bool:
        raise OperationalError("gone")

    monkeypatch.setattr("expertim.site.queries.answers", silent)
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer["Cache-Control"] == "no-store"
    assert b"gone" not in answer.content


def test_robots_and_icon() -> None:
    assert b"Disallow: /" in Client().get("/robots.txt").content
    assert Client().get("/favicon.ico")["Location"].endswith("foundation/icon.svg")


def test_what_is_not_there_has_a_page_of_ours() -> None:
    for client in (Client(), client_of(person())):
        answer = client.get("/no/such/page/")
        assert answer.status_code == 404
        assert b"<h1>There is nothing here</h1>" in answer.content


def test_the_page_for_our_own_faults_asks_the_database_nothing() -> None:
    request = RequestFactory().get("/")
    with CaptureQueriesContext(connection) as taken:
        answers = {
            b"Something broke on our side": defaults.server_error(request),
            b"We could not read that": defaults.bad_request(request, Exception()),
        }
    assert not taken.captured_queries
    for words, answer in answers.items():
        assert words in answer.content
        assert b"style=" not in answer.content


def test_all_error_pages_say_what_can_be_done() -> None:
    for name in ("400", "403", "403_csrf", "404", "405", "413", "429", "500", "503"):
        assert "<h1>" in render_to_string(f"{name}.html", using="pages")


def test_an_address_for_presses_only_says_so_to_whoever_comes_by_a_link() -> None:
    """Whoever pressed, had to log in and was led on, arrives by GET; programs get the bare refusal."""
    client = client_of(person())
    answer = client.get("/inbox/read/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert b"<h1>There is nothing to see here</h1>" in answer.content
    bare = client.get("/inbox/read/", headers={"Accept": "application/json"})
    assert (bare.status_code, bare["Allow"], bare.content) == (405, "POST", b"")


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
@pytest.mark.parametrize("address", ["/", "/account/", "/meetings/", "/accounts/login/", "/no/such/page/"])
def test_a_database_that_has_gone_leaves_a_page_of_ours(fault: type[Exception], address: str) -> None:
    """Whichever statement is the first to fail; the page itself asks for none."""

    def gone(*given: object) -> None:
        raise fault("the connection is lost")

    client = client_of(person())
    client.raise_request_exception = False
    with connection.execute_wrapper(gone):
        answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    assert b"<h1>We are not reachable just now</h1>" in answer.content
    assert b"connection is lost" not in answer.content


def test_a_fault_of_ours_is_not_said_to_be_the_database_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**given: object) -> None:
        raise ZeroDivisionError

    client = client_of(person())
    client.raise_request_exception = False
    monkeypatch.setattr("expertim.credits.queries.open_blocks", broken)
    answer = client.get("/account/")
    assert answer.status_code == 500
    assert b"<h1>Something broke on our side</h1>" in answer.content


@pytest.mark.parametrize("sent", [{"name": "x" * 300_000}, {f"name{n}": "x" for n in range(300)}])
def test_more_than_a_form_can_hold_is_told_so(sent: dict[str, str]) -> None:
    answer = client_of(person()).post("/settings/", sent)
    assert answer.status_code == 413
    assert b"<h1>That is more than we can take</h1>" in answer.content


def test_a_form_of_somebody_signed_in_that_is_too_old_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person())
    answer = client.post("/inbox/read/")
    assert answer.status_code == 403
    assert b"<h1>This page has stood open for too long</h1>" in answer.content


FORM = {"message": "Two pages of <thoughts>", "note": "", "password": "secret word", "key": "our key", "seen_fee": "0"}


def _out_of_date(**headers: str) -> str:
    """The answer to a form whose token is of another sign-in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person())
    answer = client.post("/meetings/0000000000000000/confirm/", FORM, headers=headers)
    assert answer.status_code == 403
    return answer.content.decode()


def test_a_form_out_of_date_gives_back_what_was_typed_and_leads_to_its_page() -> None:
    page = _out_of_date(origin="http://testserver", referer="http://testserver/meetings/0000000000000000/confirm/?x=1")
    assert "<h1>This page has stood open for too long</h1>" in page
    assert "Two pages of &lt;thoughts&gt;" in page
    assert 'href="/meetings/0000000000000000/confirm/?x=1"' in page
    assert "secret word" not in page
    assert "our key" not in page
    assert "Two pages" in _out_of_date(**{"sec-fetch-site": "same-origin"})


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_words_that_another_site_has_sent_are_not_shown(origin: str) -> None:
    page = _out_of_date(origin=origin, referer="https://elsewhere.example/trap", **{"sec-fetch-site": "cross-site"})
    assert "Two pages" not in page
    assert "elsewhere" not in page
