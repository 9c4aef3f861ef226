"""The inbox: read by GET without a trace, followed by POST."""

from __future__ import annotations

import re

import pytest

from expertim.notifications.models import Notice
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import World, in_, person, world

pytestmark = pytest.mark.usefixtures("database")


def told(place: World) -> tuple[str, Notice]:
    """A proposal, and the notice that told the expert of it."""
    meeting = place.propose(start=in_(hours=80))
    return meeting, Notice.objects.filter(recipient=place.expert).latest("id")


def test_a_notice_is_unread_until_it_is_followed_to_its_meeting(clock: PlatformClock) -> None:
    place = world()
    meeting, notice = told(place)
    client = client_of(place.expert)
    assert '<li class="unread">' in text_of(client, "/inbox/")
    assert '<li class="unread">' in text_of(client, "/inbox/"), "reading changes nothing"
    assert client.get(f"/inbox/{notice.pk}/")["Location"] == "/inbox/"
    notice.refresh_from_db()
    assert notice.read_at is None
    assert client.post(f"/inbox/{notice.pk}/")["Location"] == f"/meetings/{meeting}/"
    notice.refresh_from_db()
    assert notice.read_at == clock.now
    assert '<li class="unread">' not in text_of(client, "/inbox/")


def test_another_s_notice_is_not_there(clock: PlatformClock) -> None:
    place = world()
    meeting, notice = told(place)
    stranger = client_of(person())
    assert stranger.post(f"/inbox/{notice.pk}/").status_code == 404
    assert stranger.post(f"/inbox/{10**30}/").status_code == 404
    assert meeting not in text_of(stranger, "/inbox/")
    stranger.post("/inbox/read/", {"up_to": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_marking_all_as_read_leaves_what_came_after_the_page_was_shown(clock: PlatformClock) -> None:
    place = world()
    told(place)
    client = client_of(place.expert)
    up_to = re.search(r'name="up_to" value="(\d+)"', text_of(client, "/inbox/"))
    assert up_to
    _meeting, later = told(place)
    assert client.post("/inbox/read/", {"up_to": up_to[1]})["Location"] == "/inbox/"
    unread = Notice.objects.filter(recipient=place.expert, read_at=None)
    assert [notice.pk for notice in unread] == [later.pk]
    assert client.get("/inbox/read/").status_code == 405


def test_newest_first_and_paged_without_loss(clock: PlatformClock) -> None:
    place = world(credits=100_000, price=100)
    for hour in range(27):
        place.propose(start=in_(hours=80 + hour), acknowledge_overlap=True)
    client = client_of(place.expert)
    first = text_of(client, "/inbox/")
    seen = re.findall(r'action="/inbox/(\d+)/"', first)
    older = re.search(r'href="\?before=(\d+)', first)
    assert older
    seen += re.findall(r'action="/inbox/(\d+)/"', text_of(client, "/inbox/", before=older[1]))
    numbers = [int(number) for number in seen]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 27


def test_a_notice_of_a_kind_unknown_to_this_release_is_a_line_all_the_same() -> None:
    someone = person()
    Notice.objects.create(recipient=someone, kind="of_next_year", key="k", at="2027-03-01T09:00Z")
    assert "News" in text_of(client_of(someone), "/inbox/")
    number = Notice.objects.get(recipient=someone).pk
    assert client_of(someone).post(f"/inbox/{number}/")["Location"] == "/inbox/"
