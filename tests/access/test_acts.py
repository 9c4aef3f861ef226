"""Every act of a meeting × role × state of the meeting, by the table of scenes.py."""

from __future__ import annotations

import pytest
from django.test import Client

from expertim.meetings.facts import By
from expertim.meetings.models import Meeting
from tests import conftest
from tests.access.answering import answered
from tests.access.scenes import ACTS, ROLES, STATES, Scene, rich
from tests.meetings.visiting import Visitor, act, hidden_of, without_tokens
from tests.world import in_, row

TYPED: dict[str, dict[str, str]] = {
    "reject": {"reason": "not-my-field"},
    "alternative-reject": {"reason": "not-my-field"},
    "cancel": {"reason": "Something came up"},
    "evaluate": {"progress": "smooth", "stars": "5"},
}


def expected(role: str, state: str, name: str, method: str) -> str:
    """A page for each act that is possible, 409 for the others; to strangers there is no meeting."""
    if role == "anonymous":
        return "in"
    if role == "other":
        return "404"
    party = {"user": By.USER, "expert": By.EXPERT, "operator who is a party": By.USER}.get(role)
    if method == "get":
        possible = party is not None and name in STATES[state].may(party)
        return "200" if possible or name == "join" else "409"  # to look at a shut door is no conflict
    return "409"  # see `refused`


# What is sent lacks what was seen (C5) or what is needed, so that nothing is done; these need nothing but the click.
CLICKS = ("withdraw", "join")
FORMS = ("reject", "alternative-reject", "cancel", "reschedule", "evaluate")


@pytest.mark.parametrize("state", STATES)
def test_each_act_answers_each_role_as_the_state_of_the_meeting_allows(place: Scene, state: str) -> None:
    wrong = {}
    before = dict(Meeting.objects.values_list("public_id", "version"))
    for role in ROLES:
        client, meeting = place.client(role), place.meeting(role, state)
        for name in ACTS:
            got = answered(client, "get", act(meeting, name)), *refused(client, role, state, name, meeting)
            should = expected(role, state, name, "get"), *expected_refusal(role, state, name)
            if got != should:
                wrong[role, name] = (got, should)
    assert not wrong
    assert dict(Meeting.objects.values_list("public_id", "version")) == before


def refused(client: Client, role: str, state: str, name: str, meeting: str) -> list[str]:
    """What an empty POST is answered; a click that would do it is left to the next test."""
    if name in CLICKS and role in PARTY and name in STATES[state].may(PARTY[role]):
        return []
    return [answered(client, "post", act(meeting, name))]


def expected_refusal(role: str, state: str, name: str) -> list[str]:
    if role in ("anonymous", "other"):
        return [expected(role, state, name, "post")]
    if role not in PARTY or name not in STATES[state].may(PARTY[role]):
        return ["409"]
    if name in CLICKS:
        return []
    return ["422" if name in FORMS else "409"]


PARTY = {"user": By.USER, "expert": By.EXPERT, "operator who is a party": By.USER}
POSSIBLE = [
    (role, state, name) for role, party in PARTY.items() for state in STATES for name in STATES[state].may(party)
]


@pytest.mark.parametrize(("role", "state", "name"), POSSIBLE)
def test_what_is_possible_is_done_by_the_page_that_offers_it(
    place: Scene, database: conftest.Installation, role: str, state: str, name: str
) -> None:
    """`ok` in the matrix: the form as it is shown, filled in, does it once."""
    w = rich(operator=role == "operator who is a party")
    meeting = STATES[state].make(w, conftest.PlatformClock(database))
    visitor = Visitor(w.expert if role == "expert" else w.user)
    typed = TYPED.get(name, {}) | (visitor.on(in_(days=8)) if name == "reschedule" else {})
    if role == "expert":
        typed.pop("stars", None)
    version = row(meeting).version
    fields = hidden_of(visitor.get(act(meeting, name))) | typed
    assert visitor.post(act(meeting, name), fields).status_code == 303
    assert row(meeting).version > version or name == "join"


@pytest.mark.parametrize("state", STATES)
def test_no_state_of_a_meeting_shows_itself_to_a_stranger(place: Scene, state: str) -> None:
    client, meeting = place.client("other"), place.meetings[state]
    for address in ("/meetings/{}/", *(f"/meetings/{{}}/{name}/" for name in (*ACTS, "settle", "propose", "nothing"))):
        for method in ("get", "post"):
            theirs, nobodys = (getattr(client, method)(address.format(it)) for it in (meeting, "zzzzzzzzzzzzzzzz"))
            assert theirs.status_code == nobodys.status_code
            assert without_tokens(theirs).replace(meeting, "zzzzzzzzzzzzzzzz") == without_tokens(nobodys)
