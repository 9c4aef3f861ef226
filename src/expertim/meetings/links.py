"""The personal link into a meeting: one for each party, the same for the meeting's whole life (J1, T4).

Derived, never stored: an HMAC under a key of its own over the meeting, the party and how often that party has had it
made anew. So it can be mailed again and stands in no table and in no row of the outbox. docs/decisions/0018 says what
it allows and why nobody has to log in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare

from expertim.foundation.addresses import public_address
from expertim.foundation.ids import LENGTH
from expertim.meetings import queries
from expertim.meetings.facts import PARTIES, By, State
from expertim.meetings.queries import MeetingView
from expertim.people.models import Person

_LETTERS = {By.USER: "u", By.EXPERT: "e"}
_PARTY_OF = {letter: party for party, letter in _LETTERS.items()}
_SHAPE = re.compile(rf"([0-9a-z]{{{LENGTH}}})([ue])([a-z2-7]{{26}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whom a link is for, and their meeting as they see it."""

    person: Person
    view: MeetingView


def link_address(view: MeetingView) -> str:
    """The reader's own link into an agreed meeting; empty for anybody else, and where there is no room."""
    if view.my_role not in PARTIES or view.situation.now.state is not State.AGREED or view.turns is None:
        return ""
    return public_address("join", token_of(view, view.my_role))


def door_address(view: MeetingView) -> str:
    """Where the reader goes in: by their own link, else the meeting's page."""
    return link_address(view) or public_address("meeting", view.public_id)


def token_of(view: MeetingView, party: By) -> str:
    turn = turn_of(view, party)
    return f"{view.public_id}{_LETTERS[party]}{_seal(view.public_id, party, turn)}"


def turn_of(view: MeetingView, party: By) -> int:
    """How often the link has been made anew."""
    return view.turns[PARTIES.index(party)] if view.turns else 0


def guest_of(token: str) -> Guest | None:
    """Whose link it is; None for one that is wrong, or no longer in force, or whose person may not come in any more.

    Two statements: the meeting with its people's ids, then the person.
    """
    read = _SHAPE.fullmatch(token)
    if read is None:
        return None
    meeting, letter, seal = read.groups()
    party = _PARTY_OF[letter]
    view = queries.meeting_of_party(meeting=meeting, party=party)
    if view is None or not constant_time_compare(seal, _seal(meeting, party, turn_of(view, party))):
        return None
    mine = view.user if party is By.USER else view.expert
    person = Person.objects.filter(pk=mine.id, is_active=True).first()
    return Guest(person=person, view=view) if person else None


def _seal(meeting: str, party: By, turn: int) -> str:
    written = f"{meeting}:{party}:{turn}".encode()
    digest = hmac.new(settings.LINK_KEY.encode(), written, hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
