"""The living page of parts, the operator's own face, and what htmx is answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from expertim.foundation.brand import brand
from expertim.foundation.htmx import HtmxMiddleware
from expertim.foundation.variables import read
from expertim.meetings.facts import Act, By, State
from expertim.notifications.models import Notice
from expertim.site import samples
from tests.meetings.visiting import Visitor, act, hidden_of, text_of, words_of
from tests.site.reading import client_of
from tests.world import in_, person, row, world

ROOT = Path(__file__).resolve().parents[2] / "src" / "expertim"
SHEETS = sorted(ROOT.glob("*/static/*/*.css"))
# A mail brings its style along.
PAGES = sorted(page for page in ROOT.glob("*/jinja2/**/*.html") if "mail" not in page.parts[-2])
PARTS = "/operator/components/"
OF_HTMX = {"HX-Request": "true"}
IN_PLACE = OF_HTMX | {"HX-Target": "dialog-body"}


# ------------------------------------------------------------ the page of parts


@pytest.mark.usefixtures("database")
def test_the_page_of_parts_is_open_in_a_movable_installation_and_else_to_operators(settings):
    assert Client().get(PARTS).status_code == 200
    settings.MOVABLE_CLOCK = False
    assert Client().get(PARTS).status_code == 404
    assert client_of(person()).get(PARTS).status_code == 404
    assert client_of(person(is_staff=True)).get(PARTS).status_code == 200


@pytest.mark.usefixtures("database")
def test_the_page_of_parts_shows_every_state_and_every_part():
    page = Client().get(PARTS)
    shown = text_of(page)
    assert {view.situation.now.state for view in samples.meetings()} == set(State)
    classes = ("date-block", "meeting-row", "state-line", "two-clocks", "money-line", "consequences", "timeline")
    classes += ("choices", "summary", "empty", "message warning", "overlap", "amount", "field wrong")
    assert [name for name in classes if name not in shown] == []
    assert "Cancel the meeting, pay 12.50 credits" in words_of(page)
    assert "autofocus" not in shown


# Parts that the page of parts does not show by themselves, and why.
_WITHOUT_EXAMPLE = {
    "csrf": "is not seen",
    "hidden": "is not seen",
    "newest": "is not seen: it asks a chat for news",
    "meeting_link": "a link within a sentence",
    "older_words": "a link to the next page",
    "from_price": "words within a card",
    "dated_fields": "free times and fields, which both have an example",
    "skill_boxes": "fields that have an example, in a frame",
    "text_field": "a field that has an example",
    **dict.fromkeys(
        ("person", "press", "pages", "filters", "search", "meeting_rows", "movement_rows", "told_rows"),
        "of operators' pages, where it stands at length",
    ),
}


def test_the_page_of_parts_leaves_no_part_out():
    """A part is a macro that pages share; one that another part calls is shown with it."""
    page = (ROOT / "site/jinja2/site/components.html").read_text()
    shared = [page for page in PAGES if page.parent.name == "parts" or page.stem.endswith("parts")]
    shared += [ROOT / "people/jinja2/people" / name for name in ("hint.html", "photo.html")]
    parts = {name: body for file in shared for name, body in _macros(file.read_text())}
    assert {"free_times", "message", "face", "hint", "favourite", "meeting_row", "state_mark"} <= parts.keys()
    examples = page.replace("typed_field(", "field(").replace("said_message(", "message(")
    shown, left = set(), [name for name in parts if re.search(rf"\b{name}\(", examples)]
    while left:
        shown.add(name := left.pop())
        left += [other for other in parts if re.search(rf"\b{other}\(", parts[name]) and other not in shown]
    assert parts.keys() - shown - _WITHOUT_EXAMPLE.keys() == set(), "no example, and no reason given"
    assert _WITHOUT_EXAMPLE.keys() <= parts.keys(), "there is no such part any more"


def _macros(text: str) -> list[tuple[str, str]]:
    return re.findall(r"\{% macro (\w+)\(.*?%\}(.*?)\{% endmacro %\}", text, re.DOTALL)


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'symbol id="(\w+)"', (ROOT / "foundation/static/foundation/icons.svg").read_text()))
    named = {name for page in PAGES for name in re.findall(r"""icon\(["'](\w+)["']\)""", page.read_text())}
    assert named - drawn == set()


# ------------------------------------------------------------ the design language


def test_colours_are_said_in_the_tokens_alone():
    rules = {sheet: sheet.read_text() for sheet in SHEETS if sheet.name != "tokens.css"}
    bare = {
        f"{sheet.name}: {found}"
        for sheet, text in rules.items()
        for found in re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\([^)]*\)", text)
    }
    assert bare == set()


def test_the_accent_is_for_the_next_step_only():
    users = re.findall(r"([^{}]+)\{[^{}]*var\(--accent", "".join(sheet.read_text() for sheet in SHEETS))
    named = {selector.split("*/")[-1].strip() for selector in users}
    assert named == {"button, .button", "button:hover, .button:hover", ".swatch.accent", ".swatch.accent-strong"}


def test_every_token_that_is_used_is_declared():
    text = "".join(sheet.read_text() for sheet in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", text)) - set(re.findall(r"(--[\w-]+):", text)) == set()


def test_templates_keep_to_the_strict_policy():
    """No inline script, style or handler, and nothing that htmx would have to evaluate."""
    forbidden = re.compile(
        r"<script(?![^>]*(?:\bsrc=|type=\"application/ld\+json\"))|<style|\bstyle=|<[^>{]*\son[a-z]+=|hx-on|hx-vals=.?js:|hx-trigger=\"[^\"]*\["
    )
    assert {page.name for page in PAGES if forbidden.search(page.read_text())} == set()


# ------------------------------------------------------------ an operator's own face


def test_an_operator_s_brand_stands_in_place_of_ours(tmp_path, settings):
    (tmp_path / "brand.css").write_text(":root { --accent: #0a4f9e; }")
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.BRAND_DIR = tmp_path
    made = brand()
    assert (made.css, made.logo) == ("/static/brand/brand.css", "/static/brand/logo.svg")
    assert made.icon == "/static/foundation/icon.svg"  # none of their own


def test_without_a_brand_the_pages_are_ours(settings):
    settings.BRAND_DIR = None
    assert (brand().css, brand().logo, brand().icon) == ("", "", "/static/foundation/icon.svg")


def test_a_brand_is_served_and_comes_after_our_sheets(tmp_path):
    """In a process of its own, as an operator starts it."""
    import os
    import subprocess
    import sys

    (tmp_path / "brand.css").write_text(":root { --accent: #0a4f9e; }")
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    asked = (
        "import django; django.setup()\n"
        "from django.contrib.staticfiles import finders\n"
        "from django.template.loader import render_to_string\n"
        "print(finders.find('brand/brand.css')); print(render_to_string('500.html'))"
    )
    given = {"BRAND_DIR": str(tmp_path), "SITE_NAME": "Good Advice", "DJANGO_SETTINGS_MODULE": "expertim.settings"}
    done = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ | given, capture_output=True, text=True, check=True
    )
    found, page = done.stdout.split("\n", 1)
    assert found == str(tmp_path / "brand.css")
    assert page.index("expertim.css") < page.index("/static/brand/brand.css")
    assert '<img class="logo" src="/static/brand/logo.svg" alt="Good Advice">' in page


def test_a_misspelt_brand_folder_is_named_by_the_checks(settings, tmp_path):
    from expertim.foundation.checks import brand_is_there

    settings.BRAND_DIR = tmp_path / "nowhere"
    assert [found.id for found in brand_is_there()] == ["expertim.W011"]
    settings.BRAND_DIR = tmp_path
    assert brand_is_there() == []


def test_the_sheets_and_the_script_are_found():
    assert read("BRAND_DIR") == ""
    assert settings.STATICFILES_DIRS == []
    for name in ("foundation/tokens.css", "foundation/expertim.css", "foundation/live.js", "django_htmx/htmx-2.min.js"):
        assert finders.find(name)


# ------------------------------------------------------------ open pages


@pytest.fixture
def open_page(database, clock):
    """A meeting that Uma has proposed, and the address at which her open page asks."""
    place = world()
    meeting = place.propose(start=in_(days=9))
    uma = Visitor(place.user)
    page = text_of(uma.get(f"/meetings/{meeting}/"))
    [asks] = re.findall(r'id="now" data-live hx-get="([^"]+)"', page)
    return place, meeting, uma, asks


def test_an_open_page_is_told_that_nothing_is_new(open_page):
    _place, _meeting, uma, asks = open_page
    answer = uma.get(asks, headers=OF_HTMX)
    assert (answer.status_code, answer.content) == (204, b"")


def test_asking_whether_anything_is_new_costs_little(open_page):
    """One statement for session, person and header, one for the meeting; the timeline is not read."""
    _place, _meeting, uma, asks = open_page
    with CaptureQueriesContext(connection) as taken:
        assert uma.get(asks, headers=OF_HTMX).status_code == 204
    assert len(taken) <= 2
    assert not any("timelineevent" in one["sql"] for one in taken)


def test_an_open_page_follows_what_the_other_side_does(open_page):
    place, meeting, uma, asks = open_page
    place.act(By.EXPERT, meeting, Act.CONFIRM)
    answer = uma.get(asks, headers=OF_HTMX)
    part = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert part.lstrip().startswith('<div id="now"')
    assert "<html" not in part
    assert "Just now: Approved by Erin" in part.split('hx-swap-oob="innerHTML:#messages"')[1]
    [asks_now] = re.findall(r'id="now" data-live hx-get="([^"]+)"', part)
    assert uma.get(asks_now, headers=OF_HTMX).status_code == 204


def test_an_open_page_follows_the_clock(open_page, clock):
    """Acts end and begin without anybody's doing."""
    place, meeting, uma, _asks = open_page
    place.act(By.EXPERT, meeting, Act.CONFIRM)
    [asks] = re.findall(r'id="now" data-live hx-get="([^"]+)"', text_of(uma.get(f"/meetings/{meeting}/")))
    clock.freeze(row(meeting).starts_at)
    part = uma.get(asks, headers=OF_HTMX).content.decode()
    assert "/join/" in part


def test_the_address_of_an_open_page_is_a_page_by_itself(open_page):
    _place, _meeting, uma, asks = open_page
    assert b"<html" in uma.get(asks).content


def test_a_page_asking_with_what_it_never_was_given_is_shown_as_it_stands(open_page):
    _place, meeting, uma, _asks = open_page
    for seen in ("", "x", "²-x", "99999999999999999999-x", "-"):
        answer = uma.get(f"/meetings/{meeting}/?seen={seen}", headers=OF_HTMX)
        assert answer.status_code == 200
        assert b"Just now" not in answer.content


@pytest.mark.usefixtures("database")
def test_the_unread_count_is_told_where_it_has_changed():
    reader = person()
    client = client_of(reader)
    assert client.get("/inbox/unread/?seen=0", headers=OF_HTMX).status_code == 204
    Notice.objects.create(recipient=reader, kind="meeting_agreed", key=f"k{reader.pk}", at=in_(hours=0), values={})
    answer = client.get("/inbox/unread/?seen=0", headers=OF_HTMX).content.decode()
    assert '<span class="count">1' in answer
    assert "1 unread notice</span>" in answer
    assert client.get("/inbox/unread/?seen=1", headers=OF_HTMX).status_code == 204
    assert client.get("/inbox/unread/")["Location"] == "/inbox/"


def test_an_open_page_whose_reader_has_signed_out_stops_asking(open_page):
    _place, _meeting, _uma, asks = open_page
    answer = Client().get(asks, headers=OF_HTMX)
    assert (answer.status_code, answer["HX-Reswap"]) == (286, "none")


# ------------------------------------------------------------ acts in place


def test_an_act_opens_in_place_and_by_itself_with_the_same_form(open_page):
    _place, meeting, uma, _asks = open_page
    address = act(meeting, "withdraw")
    page, part = uma.get(address), uma.get(address, headers=IN_PLACE)
    assert b"<html" not in part.content
    assert f'hx-post="{address}"' in part.content.decode()
    assert f'action="{address}"' in part.content.decode()
    assert "hx-post" not in text_of(page).split('<dialog id="dialog"')[0]
    assert hidden_of(part).keys() == hidden_of(page).keys()


def test_an_act_done_in_place_leads_the_whole_page_on(open_page):
    _place, meeting, uma, _asks = open_page
    address = act(meeting, "withdraw")
    answer = uma.client.post(address, hidden_of(uma.get(address, headers=IN_PLACE)), headers=IN_PLACE)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"/meetings/{meeting}/")
    assert answer.content == b""
    assert row(meeting).state == "cancelled"
    assert "You have withdrawn" in words_of(uma.get(f"/meetings/{meeting}/"))


def test_a_refusal_in_place_stays_in_place(open_page):
    """C5: the page has stood open while the world changed."""
    place, meeting, uma, _asks = open_page
    address = act(meeting, "withdraw")
    given = hidden_of(uma.get(address, headers=IN_PLACE))
    place.act(By.EXPERT, meeting, Act.CONFIRM)
    assert uma.post(address, given).status_code == 409
    answer = uma.client.post(address, given, headers=IN_PLACE)
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert 'id="dialog-title"' in answer.content.decode()


def test_to_settle_a_dispute_is_a_page_of_its_own():
    """There is too much to read for a dialog."""
    from django.template import engines

    parts = engines["pages"].env.get_template("meetings/parts.html").module
    link = {"act": "settle", "id": "x", "address": "/operator/disputes/x/", "name": "Settle the dispute"}
    assert "hx-get" not in parts.act_link(link)
    assert "hx-get" in parts.act_link(link | {"act": "confirm"})


def test_somebody_signed_out_is_led_to_the_log_in_from_an_act_in_place(open_page):
    _place, meeting, _uma, _asks = open_page
    address = act(meeting, "withdraw")
    assert Client().get(address, headers=IN_PLACE)["HX-Redirect"] == f"/accounts/login/?next={address}"


def test_what_a_browser_asks_for_is_left_as_it_is():
    for answer in (HttpResponse(status=409), HttpResponseRedirect("/x")):
        assert HtmxMiddleware(lambda _request, answer=answer: answer)(RequestFactory().post("/")) is answer
        assert "Cache-Control" not in answer


def test_cookies_outlive_being_led_on():
    """The message of what was done may travel in one."""
    led = HttpResponseRedirect("/x")
    led.set_cookie("messages", "done")
    answer = HtmxMiddleware(lambda _request: led)(RequestFactory().post("/", headers=IN_PLACE))
    assert answer.cookies["messages"].value == "done"
