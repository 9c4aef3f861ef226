"""Chats by their pages: who may begin, what is new, what is refused, and what the reader is told by mail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from expertim.chat import actions, queries
from expertim.notifications.models import Notice
from tests.conftest import PlatformClock
from tests.notifications.telling import deliver, letters
from tests.site.reading import client_of, text_of
from tests.world import World, in_, person, unique, world

pytestmark = pytest.mark.usefixtures("database")


def chat_of(place: World) -> str:
    found = queries.chat_with(person=place.user.pk, other=place.expert.pk)
    assert found is not None
    return found


def writes(place: World, text: str = "Good morning", *, by_expert: bool = False) -> None:
    """Through the page, whether the chat is there or has to be begun."""
    writer, reader = (place.expert, place.user) if by_expert else (place.user, place.expert)
    chat = queries.chat_with(person=writer.pk, other=reader.pk)
    address = f"/chats/{chat}/" if chat else f"/chats/with/{reader.public_id}/"
    answer = client_of(writer).post(address, {"text": text, "key": unique("key")})
    assert answer.status_code == 303, answer.content.decode()


def test_a_user_begins_only_where_the_expert_lets_anybody_write(clock: PlatformClock) -> None:
    place = world()
    client, address = client_of(place.user), f"/chats/with/{place.expert.public_id}/"
    assert client.get(address).status_code == 404
    actions.welcome(person=place.expert.pk, yes=True)
    assert f"Write to {place.expert.name}" in text_of(client, address)
    writes(place)
    actions.welcome(person=place.expert.pk, yes=False)
    assert client.get(address)["Location"] == f"/chats/{chat_of(place)}/", "what was begun goes on"
    writes(place, "And another thing")


def test_an_expert_begins_with_whoever_they_have_met_and_nobody_else(clock: PlatformClock) -> None:
    place = world()
    address = f"/chats/with/{place.user.public_id}/"
    assert client_of(place.expert).get(address).status_code == 404
    place.propose(start=in_(hours=80))
    writes(place, by_expert=True)
    assert "Good morning" in text_of(client_of(place.user), f"/chats/{chat_of(place)}/")


def test_a_user_with_a_meeting_alone_may_not_begin(clock: PlatformClock) -> None:
    place = world()
    place.propose(start=in_(hours=80))
    answer = client_of(place.user).get(f"/chats/with/{place.expert.public_id}/")
    assert answer.status_code == 403
    assert "does not take messages that others begin" in answer.content.decode()
    assert "<textarea" not in answer.content.decode()


def test_whoever_has_written_to_an_expert_can_be_proposed_to(clock: PlatformClock) -> None:
    """P2: a chat makes two people known to each other."""
    place = world()
    address = f"/people/{place.user.public_id}/propose/"
    assert client_of(place.expert).get(address).status_code == 404
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place)
    assert address in text_of(client_of(place.expert), f"/chats/{chat_of(place)}/")
    assert client_of(place.expert).get(address).status_code == 200


def test_one_mail_for_what_is_unread_and_only_after_three_minutes(clock: PlatformClock) -> None:
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    for text in ("First", "Second"):
        writes(place, text)
    assert Notice.objects.filter(recipient=place.expert, kind="chat_message").count() == 1
    assert "chat_message" not in letters(place.expert)
    clock.advance(timedelta(minutes=3))
    mail = letters(place.expert)["chat_message"]
    assert f"{place.user.name} has written to you" in mail["subject"]
    assert f"/chats/{chat_of(place)}/" in mail["body"]
    assert "First" not in mail["body"], "what was said stands in the chat only"


def test_whoever_has_read_gets_no_mail(clock: PlatformClock) -> None:
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place)
    client, address = client_of(place.expert), f"/chats/{chat_of(place)}/"
    page = text_of(client, address)
    assert queries.chats(person=place.expert.pk)[0][0].unread == 1, "reading a page changes nothing"
    up_to = re.search(r'name="up_to" value="(\d+)"', page)
    assert up_to
    assert client.post(f"{address}read/", {"up_to": up_to[1]})["Location"] == "/chats/"
    assert queries.chats(person=place.expert.pk)[0][0].unread == 0
    assert Notice.objects.filter(recipient=place.expert, read_at=None).count() == 0
    clock.advance(timedelta(minutes=3))
    [row] = [row for row in deliver(place.expert) if row.payload["kind"] == "chat_message"]
    assert row.status == "withdrawn"


def test_an_open_page_is_given_what_is_new_and_nothing_else(clock: PlatformClock) -> None:
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place, "Old words")
    client, address = client_of(place.expert), f"/chats/{chat_of(place)}/"
    asking = re.search(r'hx-get="([^"]+after=\d+)"', text_of(client, address))
    assert asking
    assert client.get(asking[1], headers={"HX-Request": "true"}).status_code == 204
    writes(place, "New words")
    news = client.get(asking[1], headers={"HX-Request": "true"}).content.decode()
    assert "New words" in news
    assert "Old words" not in news
    again = re.search(r'hx-get="([^"]+after=\d+)"', news)
    assert again
    assert client.get(again[1], headers={"HX-Request": "true"}).status_code == 204
    assert client_of(person()).get(asking[1], headers={"HX-Request": "true"}).status_code == 404


@pytest.mark.parametrize(
    ("text", "why"), [("", "Write something"), ("\u200b", "Write something"), ("x" * 2001, "2000")]
)
def test_what_cannot_be_said_is_kept_in_the_field(clock: PlatformClock, text: str, why: str) -> None:
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place)
    answer = client_of(place.user).post(f"/chats/{chat_of(place)}/", {"text": text, "key": "k"})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert text[:50] in answer.content.decode()


def test_the_blocked_are_told_in_words_and_keep_what_they_typed(clock: PlatformClock) -> None:
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place)
    address = f"/chats/{chat_of(place)}/"
    client_of(place.expert).post(f"{address}block/", {"do": "block"})
    answer = client_of(place.user).post(address, {"text": "Hello?", "key": "k"})
    assert answer.status_code == 422
    assert "You cannot write to this person any more." in answer.content.decode()
    assert "neither of you can write" in text_of(client_of(place.expert), address)
    client_of(place.expert).post(f"{address}block/", {"do": "unblock"})
    writes(place, "Hello again")


def test_a_thirty_first_message_within_a_minute_has_to_wait(clock: PlatformClock, settings) -> None:
    settings.RATE_LIMITS = 1
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place)
    client, address = client_of(place.user), f"/chats/{chat_of(place)}/"
    answers = [client.post(address, {"text": "x", "key": f"k{n}"}) for n in range(30)]
    assert [answer.status_code for answer in answers[:29]] == [303] * 29
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1


def test_the_notice_leads_to_the_chat(clock: PlatformClock) -> None:
    place = world()
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place)
    notice = Notice.objects.get(recipient=place.expert, kind="chat_message")
    client = client_of(place.expert)
    assert f"{place.user.name} has written to you." in text_of(client, "/inbox/")
    assert client.post(f"/inbox/{notice.pk}/")["Location"] == f"/chats/{chat_of(place)}/"


def test_an_operator_sees_only_what_was_reported_and_hides_it_for_both(clock: PlatformClock) -> None:
    place, operator = world(), person("olga", is_staff=True)
    actions.welcome(person=place.expert.pk, yes=True)
    writes(place, "A kind word")
    writes(place, "A vile word", by_expert=True)
    address = f"/chats/{chat_of(place)}/"
    opened = queries.opened(person=place.user.pk, chat=chat_of(place))
    assert opened is not None
    client = client_of(place.user)
    report = f"{address}report/{opened.newest}/"
    assert client.post(report, {"reason": " "}).status_code == 422
    assert client.post(report, {"reason": "Vile"}).status_code == 302
    boss = client_of(operator)
    listed = text_of(boss, "/operator/reports/")
    assert "A vile word" in listed
    assert "A kind word" not in listed
    assert boss.get(address).status_code == 404
    one = re.search(r'href="(/operator/reports/\d+/)"', listed)
    assert one
    assert boss.post(one[1], {"note": "It is."}).status_code == 422
    assert boss.post(one[1], {"note": "It is.", "hide": "yes"}).status_code == 303
    for someone in (place.user, place.expert):
        page = text_of(client_of(someone), address)
        assert "A vile word" not in page
        assert "An operator has hidden this message." in page
    assert "It is." in text_of(boss, "/operator/reports/?list=settled")


def test_an_expert_chooses_who_may_write_first(clock: PlatformClock) -> None:
    place = world()
    client = client_of(place.expert)
    for choice, status in (("yes", 200), ("no", 404)):
        assert client.post("/settings/chats/", {"welcome": choice})["Location"] == "/settings/chats/"
        assert client_of(person()).get(f"/chats/with/{place.expert.public_id}/").status_code == status
    assert client_of(place.user).get("/settings/chats/").status_code == 404
