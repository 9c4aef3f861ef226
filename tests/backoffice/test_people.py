"""Finding people, granting credits once, switching signing in off and on."""

from __future__ import annotations

import pytest

from expertim.credits.models import Posting
from expertim.foundation.numbers import amount_shown
from tests.backoffice.operating import olga
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import in_, person, unique, wallet, world

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("asked", ["zdeňka", "ZDENKA", "denk", "{email}", "{id}"])
def test_a_person_is_found_by_a_part_of_name_or_address(clock, asked):
    word = unique("x").replace("-", "")
    someone = person(word)
    someone.name = f"Zdeňka {word}"
    someone.save()
    q = asked.format(email=someone.email, id=someone.public_id)
    page = text_of(
        olga().get("/operator/people/", data=None) if not q else olga().client.get("/operator/people/", {"q": q})
    )
    assert f"/operator/people/{someone.public_id}/" in page
    nothing = olga().client.get("/operator/people/", {"q": f"{word} nobody%_"})
    assert "Nobody here has that" in words_of(nothing)


def test_people_go_on_by_cursor_and_the_search_goes_with_it(clock):
    word = unique("many").replace("-", "")
    everybody = [person(word) for _ in range(26)]
    operator = olga()
    first = operator.client.get("/operator/people/", {"q": word})
    assert f"q={word}&amp;before=" in text_of(first)
    second = operator.client.get("/operator/people/", {"q": word, "before": everybody[1].pk})
    assert everybody[0].public_id in text_of(second)
    assert everybody[1].public_id not in text_of(second)


def test_one_person_s_page_shows_wallet_roles_meetings_blocks_movements_and_notices(clock):
    place = world(price=2500)
    meeting = place.propose(start=in_(hours=2))
    words = words_of(olga().get(f"/operator/people/{place.user.public_id}/"))
    for told in ("75", "25", "Credits granted", place.user.email, "Awaiting approval", meeting, "test"):
        assert told in words
    words = words_of(olga().get(f"/operator/people/{place.expert.public_id}/"))
    assert "expert in Corporate finance" in words
    assert "Meeting proposed" in words


def granting(operator: Visitor, address: str, **typed: str):
    """Type, and look at what it brings about."""
    return operator.fill(address, **typed)


def test_a_grant_is_shown_before_it_is_made_and_a_double_click_makes_one(clock):
    someone, operator = person("uma"), olga()
    page = f"/operator/people/{someone.public_id}/grant/"
    shown = granting(operator, page, amount="25.5", reason="For the wait")
    assert shown.status_code == 200
    words = words_of(shown)
    assert "25.50 available instead of 0" in words
    assert "Grant 25.50 credits to Uma" in words
    assert wallet(someone) == (0, 0)
    fields = hidden_of(shown)
    answers = [operator.post(page, fields) for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, f"/operator/people/{someone.public_id}/")] * 2
    assert wallet(someone) == (2550, 0)
    posting = Posting.objects.get(cause=f"grant:{someone.public_id}:{fields['key']}")
    assert (posting.reason, posting.by) == ("For the wait", f"operator:{operator.person.public_id}")
    ledger = words_of(operator.get("/operator/credits/?kind=grant"))
    assert "For the wait by Olga" in ledger


def test_one_page_grants_one_thing_also_where_something_else_is_typed_later(clock):
    """Z1"""
    someone, operator = person("uma"), olga()
    page = f"/operator/people/{someone.public_id}/grant/"
    fields = hidden_of(granting(operator, page, amount="10", reason="One"))
    operator.post(page, fields)
    answer = operator.post(page, fields | {"amount": "20", "granting": "2000"})
    assert answer.status_code == 409
    assert "This page has granted something else already" in words_of(answer)
    assert wallet(someone) == (1000, 0)


def test_what_was_not_shown_is_not_granted(clock):
    """C5 in spirit: the amount that is granted is the one on the second page."""
    someone, operator = person("uma"), olga()
    page = f"/operator/people/{someone.public_id}/grant/"
    fields = hidden_of(granting(operator, page, amount="10", reason="One"))
    answer = operator.post(page, fields | {"amount": "1000"})
    assert "Grant 1,000 credits to Uma" in words_of(answer)
    assert wallet(someone) == (0, 0)


def test_changing_one_s_mind_keeps_what_was_typed(clock):
    someone, operator = person("uma"), olga()
    page = f"/operator/people/{someone.public_id}/grant/"
    fields = hidden_of(granting(operator, page, amount="10", reason="Kept in mind"))
    answer = operator.post(page, fields | {"change": "1"})
    assert (answer.status_code, 'value="10"' in text_of(answer)) == (200, True)
    assert "Kept in mind" in text_of(answer)
    assert wallet(someone) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"amount": ""}, "Type how many credits."),
        ({"amount": "0"}, "Type an amount from 0.01 to 1,000,000 credits."),
        ({"amount": "-5"}, "Credits are written as 25 or 25.50."),
        ({"amount": "1e3"}, "Credits are written as 25 or 25.50."),
        ({"amount": "10.005"}, "Credits are written as 25 or 25.50."),
        ({"amount": "1000000.01"}, "Type an amount from 0.01 to 1,000,000 credits."),
        ({"reason": " "}, "Say what the credits are for."),
        ({"reason": "x" * 501}, "500"),
    ],
)
def test_a_grant_that_cannot_be_made_keeps_what_was_typed(clock, typed, told):
    someone, operator = person("uma"), olga()
    page = f"/operator/people/{someone.public_id}/grant/"
    answer = granting(operator, page, **({"amount": "7.25", "reason": "Kept in mind"} | typed))
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert ("Kept in mind" if "amount" in typed else 'value="7.25"') in text_of(answer)
    assert wallet(someone) == (0, 0)


def test_signing_in_is_switched_off_at_once_and_on_again(clock):
    place, operator = world(price=2500), olga()
    place.propose(start=in_(hours=2))
    user = Visitor(place.user)
    assert user.get("/account/").status_code == 200
    page = f"/operator/people/{place.user.public_id}/signing-in/"
    assert "1 meeting ahead stays as it is" in words_of(operator.get(page))
    for _ in range(2):
        assert operator.post(page, {"to": "off"}).status_code == 303
    assert user.get("/account/").status_code == 302
    assert wallet(place.user) == (7500, 2500)
    assert "Cannot sign in" in words_of(operator.get(f"/operator/people/{place.user.public_id}/"))
    assert operator.post(page, {"to": "on"}).status_code == 303
    assert Visitor(place.user).get("/account/").status_code == 200


def test_nobody_locks_themselves_out(clock):
    operator = olga()
    page = f"/operator/people/{operator.person.public_id}/signing-in/"
    assert "You cannot switch off your own" in words_of(operator.get(page))
    assert operator.post(page, {"to": "off"}).status_code == 409
    operator.person.refresh_from_db()
    assert operator.person.is_active


def test_an_amount_is_shown_as_it_is_typed():
    assert amount_shown(2550) == "25.50"
