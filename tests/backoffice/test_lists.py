"""Meetings, ledger, outbox and texts: found, read, tried again, hidden and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from expertim.meetings.facts import Act, By, Said
from expertim.outbox.models import Row
from expertim.reviews.models import Review
from tests.backoffice.operating import olga
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import in_, unique, world

pytestmark = pytest.mark.usefixtures("database")


def found(operator, **asked):
    return operator.client.get("/operator/meetings/", asked)


def test_a_meeting_is_found_by_party_by_id_and_by_where_it_stands(clock):
    place, other, operator = world(), world(), olga()
    mine, theirs = place.propose(start=in_(days=1)), other.propose(start=in_(days=1))
    for q in (place.user.email, place.expert.email, mine, mine.upper()):
        page = text_of(found(operator, q=q))
        assert f"/meetings/{mine}/" in page
        assert theirs not in page
    assert mine in text_of(found(operator, person=place.user.public_id))
    assert mine in text_of(found(operator, q=place.user.email, state="awaiting_approval"))
    nothing = found(operator, q=place.user.email, state="agreed")
    assert "No meeting is like that" in words_of(nothing)
    assert operator.get(f"/meetings/{mine}/").status_code == 200


@pytest.mark.parametrize(("hours", "state"), [(0.5, "agreed"), (1.5, "agreed"), (2, "held")])
def test_an_agreed_meeting_is_held_from_its_end_on(clock, hours, state):
    place = world()
    meeting = place.agreed(start=in_(hours=1))
    clock.advance(timedelta(hours=hours))
    other = {"agreed": "held", "held": "agreed"}[state]
    assert meeting in text_of(found(olga(), q=place.user.email, state=state))
    assert meeting not in text_of(found(olga(), q=place.user.email, state=other))


def test_meetings_go_on_by_cursor_with_what_was_asked(clock):
    place, operator = world(credits=1_000_000, price=100), olga()
    meetings = [place.propose(start=in_(hours=2 + n)) for n in range(26)]
    first = text_of(found(operator, q=place.user.email, state="awaiting_approval"))
    assert meetings[-1] in first
    assert meetings[0] not in first
    [address] = [part.split('"')[0] for part in first.split('rel="next" href="')[1:]]
    second = text_of(operator.get("/operator/meetings/" + address.replace("&amp;", "&")))
    assert meetings[0] in second
    assert meetings[-1] not in second


def test_an_operator_reads_a_meeting_and_has_no_button_in_it(clock):
    """X2"""
    place, operator = world(), olga()
    meeting = place.propose(start=in_(days=1))
    assert "You see this as an operator" in words_of(operator.get(f"/meetings/{meeting}/"))
    for act in ("withdraw", "confirm", "cancel"):
        assert operator.post(f"/meetings/{meeting}/{act}/", {"key": "k"}).status_code in (404, 409)


def test_the_ledger_names_each_leg_with_its_person_and_meeting(clock):
    place, operator = world(price=2500), olga()
    meeting = place.propose(start=in_(days=1))
    words = words_of(operator.get("/operator/credits/"))
    assert "Set aside for a meeting Expert advice" in words
    assert "Uma , available −25 Uma , blocked +25" in words.replace("Uma,", "Uma ,")
    assert f"/meetings/{meeting}/" in text_of(operator.get("/operator/credits/?kind=block"))
    assert f"/meetings/{meeting}/" not in text_of(operator.get("/operator/credits/?kind=grant"))


def given_up(**changes) -> Row:
    row = {"kind": "mail", "key": unique("mail"), "status": "dead", "attempts": 6, "last_error": "550 no such mailbox"}
    row |= {"payload": {"to": ["jana@example.org"], "subject": "Your code 1234", "body": "secret-4711"}}
    return Row.objects.create(due_at=in_(), **(row | changes))


def test_what_was_given_up_is_shown_without_what_it_says(clock):
    row = given_up(last_error="{'jana@example.org': (550, b'no such mailbox')}")
    page = text_of(olga().get("/operator/notices/"))
    assert "no such mailbox" in page
    assert "j…@example.org" in page
    assert "jana@example.org" not in page
    assert "1234" not in page
    assert "secret-4711" not in page
    assert str(row.pk) in page


def test_a_row_is_tried_again_once_and_what_was_sent_is_not(clock):
    row, sent, operator = given_up(), given_up(status="sent"), olga()
    for _ in range(2):
        assert operator.post("/operator/notices/again/", {"row": row.pk}).status_code == 303
    operator.post("/operator/notices/again/", {"row": sent.pk})
    row.refresh_from_db()
    sent.refresh_from_db()
    assert (row.status, row.attempts, row.retry_at, row.done_at) == ("waiting", 0, None, None)
    assert sent.status == "sent"
    assert operator.get("/operator/notices/again/").status_code == 405
    assert operator.post("/operator/notices/again/", {"row": "x"}).status_code == 404
    assert operator.post("/operator/notices/again/", {"row": "9" * 19}).status_code == 303


def test_all_that_was_given_up_is_tried_again(clock):
    rows, operator = [given_up(), given_up()], olga()
    assert "Try all that were given up again" in words_of(operator.get("/operator/notices/"))
    operator.post("/operator/notices/again/", {})
    assert {Row.objects.get(pk=row.pk).status for row in rows} == {"waiting"}
    assert "Nothing has been given up." in words_of(operator.get("/operator/notices/"))


def reviewed(clock, text="A calm and exact hour") -> tuple:
    place = world()
    meeting = place.agreed(start=in_(hours=1))
    clock.advance(timedelta(hours=3))
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=3, review=text)
    return place, meeting, Review.objects.get(user=place.user, expert=place.expert)


def test_v1_texts_are_listed_with_their_stars_for_operators_only(clock):
    place, meeting, review = reviewed(clock, text=unique("words"))
    page = olga().client.get("/operator/reviews/", {"q": review.text})
    assert "Stars : 3 of 5" in words_of(page).replace("Stars:", "Stars :")
    assert f"/meetings/{meeting}/" in text_of(page)
    expert = f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/"
    for who in (place.user, place.expert):
        assert "3 of 5" not in words_of(Visitor(who).get(expert))


def test_x2_a_text_is_hidden_with_a_note_and_shown_again(clock):
    place, _meeting, review = reviewed(clock)
    operator, reader = olga(), Visitor(place.expert)
    expert = f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/"
    page = f"/operator/reviews/{review.pk}/hide/"
    assert review.text in words_of(reader.get(expert))
    refused = operator.fill(page, note=" ")
    assert (refused.status_code, "Say why it is hidden." in words_of(refused)) == (422, True)
    fields = hidden_of(operator.get(page)) | {"note": "Names a third person"}
    assert [operator.post(page, fields).status_code for _ in range(2)] == [303, 303]
    review.refresh_from_db()
    assert (review.hidden_at, review.hidden_note) == (clock.now, "Names a third person")
    assert review.text not in words_of(reader.get(expert))
    assert "Names a third person" in words_of(operator.client.get("/operator/reviews/", {"list": "hidden"}))
    assert [operator.post(f"/operator/reviews/{review.pk}/show/", {}).status_code for _ in range(2)] == [303, 303]
    assert review.text in words_of(reader.get(expert))
    assert operator.post("/operator/reviews/99999999999999999999/show/", {}).status_code == 404


def test_a_text_written_anew_is_not_hidden_unread(clock):
    _place, _meeting, review = reviewed(clock)
    operator = olga()
    page = f"/operator/reviews/{review.pk}/hide/"
    fields = hidden_of(operator.get(page)) | {"note": "Kept in mind"}
    Review.objects.filter(pk=review.pk).update(text="Mended words", written_at=in_(hours=1))
    answer = operator.post(page, fields)
    assert answer.status_code == 409
    assert "The text has been written anew meanwhile" in words_of(answer)
    assert "Mended words" in words_of(answer)
    assert "Kept in mind" in text_of(answer)
    assert Review.objects.get(pk=review.pk).hidden_at is None
    assert operator.post(page, hidden_of(answer) | {"note": "Kept in mind"}).status_code == 303
    assert Review.objects.get(pk=review.pk).hidden_at is not None
