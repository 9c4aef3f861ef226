"""Every notice of the rules in its reader's language, whoever has acted: mail, push, calendar file, inbox, timeline."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.utils import translation

from expertim.meetings import queries
from expertim.meetings.calendar import event_for
from expertim.meetings.models import Meeting
from expertim.notifications.calendar.ics import invitation
from expertim.people.models import Person
from tests.conftest import PlatformClock
from tests.languages.left import TRANSLATED, left_in_text, left_on_page
from tests.meetings.test_told import TOLD
from tests.notifications.telling import letters, ring_all
from tests.site.reading import client_of, text_of
from tests.world import world

# Each language writes to each other one in some rule.
_PAIRS = list(pairwise([*TRANSLATED, *TRANSLATED[:1]]))
_RULES = [(rule, *_PAIRS[number % len(_PAIRS)]) for number, rule in enumerate(TOLD) if _PAIRS]


def _unfolded(calendar: str) -> str:
    """What a calendar file says to people (RFC 5545 3.1)."""
    lines = re.sub(r"\r?\n[ \t]", "", calendar).splitlines()
    return "\n".join(line.split(":", 1)[1] for line in lines if line.startswith(("SUMMARY", "DESCRIPTION", "COMMENT")))


def _assert_spoken_to(reader: Person, meeting: str, language: str) -> None:
    with translation.override(language):
        hello = translation.gettext("Hello %(name)s,") % {"name": reader.name}
    for kind, letter in letters(reader).items():
        assert letter["body"].startswith(hello), (kind, letter["body"])
        said = f"{letter['subject']}\n{letter['body']}"
        found = [*left_in_text(said, language=language), *left_on_page(letter["html"], language=language)]
        assert set(found) <= {"Expert advice", "Outside my field"}, (kind, found)
    view = queries.meeting_for(person=reader.pk, meeting=meeting)
    assert view is not None
    if event := event_for(view, recipient_id=reader.pk):
        assert left_in_text(_unfolded(invitation(event).decode()), language=language) == []
    for address in ("/inbox/", f"/meetings/{meeting}/"):
        found = left_on_page(text_of(client_of(reader), address), language=language)
        assert set(found) <= {"Expert advice", "Outside my field"}, (address, found)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("rule", "users", "experts"), _RULES)
def test_who_is_told_is_spoken_to_in_their_own_language(
    clock: PlatformClock, rule: str, users: str, experts: str
) -> None:
    before, do, _to_user, _to_expert = TOLD[rule]
    w = world()
    for who, language in ((w.user, users), (w.expert, experts)):
        who.language = language
        who.save(update_fields=["language"])
    do(w, before(w, clock))
    ring_all()
    meeting = Meeting.objects.filter(user=w.user).latest("id").public_id
    for who, language in ((w.user, users), (w.expert, experts)):
        _assert_spoken_to(who, meeting, language)
