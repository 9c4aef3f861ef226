"""The expert's right of reply: one to each text, editable, theirs alone; its writer is told of the first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from expertim.meetings.facts import Act, By, Said
from expertim.notifications.kinds import Envelope, Told, writer_of
from expertim.outbox.worker import Withdrawn
from expertim.reviews import actions
from expertim.reviews.models import Reply, Review
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import World, in_, notices, person, world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def place(clock: PlatformClock) -> World:
    """Uma has met Erin and has written about her."""
    made = world()
    meeting = made.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3))
    made.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=4, review="Too short")
    return made


def review_of(place: World) -> Review:
    return Review.objects.get(user=place.user, expert=place.expert)


def address_of(place: World) -> str:
    return f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/"


def reply(place: World, text: str) -> int:
    address = f"{address_of(place)}reviews/{review_of(place).pk}/"
    return client_of(place.expert).post(address, {"text": text}).status_code


def test_a_reply_stands_below_the_words_and_their_writer_is_told_once(place: World) -> None:
    assert reply(place, "I am <sorry>") == 302
    assert reply(place, "I am sorry & better now") == 302
    page = text_of(client_of(person()), address_of(place))
    assert "<bdi>I am sorry &amp; better now</bdi>" in page
    assert "<sorry>" not in page
    assert notices(place.user).count("review_replied") == 1
    inbox = text_of(client_of(place.user), "/inbox/")
    assert "Erin has replied to what you wrote about them." in inbox
    notice = place.user.notices.get(kind="review_replied")
    answer = client_of(place.user).post(f"/inbox/{notice.pk}/")
    assert answer["Location"] == address_of(place)


def test_nobody_but_the_expert_may_reply_and_only_to_words_about_them(place: World) -> None:
    address = f"{address_of(place)}reviews/{review_of(place).pk}/"
    for who in (place.user, person()):
        assert client_of(who).get(address).status_code == 404
        assert client_of(who).post(address, {"text": "Me too"}).status_code == 404
        assert actions.reply(expert=who.pk, review=review_of(place).pk, text="Me too") is None
    elsewhere = world()
    foreign = f"{address_of(elsewhere)}reviews/{review_of(place).pk}/"
    assert client_of(elsewhere.expert).post(foreign, {"text": "Me too"}).status_code == 404
    assert not Reply.objects.filter(review=review_of(place)).exists()


def test_an_empty_reply_takes_it_back_and_is_none(place: World) -> None:
    assert reply(place, " \u200b ") == 422
    assert reply(place, "x" * 2001) == 422
    assert reply(place, "Thank you") == 302
    assert reply(place, "") == 302
    assert "Thank you" not in text_of(client_of(place.user), address_of(place))


def test_words_written_anew_keep_the_reply_and_say_that_it_is_older(place: World, clock: PlatformClock) -> None:
    reply(place, "Thank you")
    clock.advance(timedelta(hours=1))
    Review.objects.filter(pk=review_of(place).pk).update(text="Long enough", written_at=clock.now)
    page = text_of(client_of(place.user), address_of(place))
    assert "(to earlier words)" in page


def test_what_an_operator_has_hidden_is_neither_shown_nor_answered_nor_taken_back(place: World) -> None:
    """X2: of the words, the reply goes with them; of the reply, the words stay."""
    reply(place, "An insult")
    Reply.objects.update(hidden_at=review_of(place).written_at, hidden_note="insult")
    page = text_of(client_of(place.user), address_of(place))
    assert "Too short" in page
    assert "An insult" not in page
    assert not actions.take_back(expert=place.expert.pk, review=review_of(place).pk)
    reply(place, "Another insult")
    assert "Another insult" not in text_of(client_of(place.user), address_of(place))
    actions.hide(review=review_of(place).pk, note="insult", seen=review_of(place).written_at)
    assert reply(place, "And now") == 404


def test_the_letter_is_withdrawn_once_the_reply_is_gone(place: World) -> None:
    reply(place, "Thank you")
    notice = place.user.notices.get(kind="review_replied")
    moments = {"at": notice.at, "now": notice.at}
    told = Told(id=notice.pk, kind=notice.kind, reference=None, generation=None, values=notice.values, **moments)
    envelope = Envelope(person=place.user, settings_address="https://x/settings", leave_address="https://x/leave")
    write = writer_of("review_replied")
    assert write is not None
    letter = write(told, envelope)
    assert letter.subject == "Erin has replied to your words"
    assert address_of(place) in letter.text
    assert "Thank you" not in letter.text
    reply(place, "")
    with pytest.raises(Withdrawn):
        write(told, envelope)


def test_the_database_keeps_one_reply_to_a_text_with_something_in_it(place: World) -> None:
    reply(place, "Thank you")
    for statement in (
        "INSERT INTO reviews_reply (review_id, text, written_at, hidden_note) VALUES (%s, 'Again', now(), '')",
        "UPDATE reviews_reply SET text = '  ' WHERE review_id = %s",
        "UPDATE reviews_reply SET hidden_at = now(), hidden_note = '' WHERE review_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [review_of(place).pk])
