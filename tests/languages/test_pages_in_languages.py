"""Every address as whoever may see it, in every language: no 500, and nothing of ours in English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from expertim.people.models import Person
from tests.access.answering import values
from tests.access.routes import ROUTES, Route
from tests.access.scenes import ROLES, STATES, Scene
from tests.languages.left import TRANSLATED, left_on_page
from tests.meetings.visiting import act

_READERS = ("user", "expert", "operator who is a party", "anonymous")
_SHOWN = {"200", "401", "404", "409", "422"}
_ENGLISH = {"readyz", "components"}  # for machines; names of our icons
# What people of the tests have written, which happens to be said by a text of ours as well.
_THEIRS = {"Expert advice", "Outside my field"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, by role."""

    role: str
    address: str
    method: str = "get"
    sent: dict[str, str] | None = None

    def answer(self, place: Scene, language: str) -> HttpResponse:
        client: Client = place.client(self.role)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        answer: HttpResponse = getattr(client, self.method)(self.address, **({"data": self.sent} if self.sent else {}))
        return answer


def readers_of(statuses: str) -> list[str]:
    """Who is shown a page: of those who have signed in the first one only, and strangers."""
    shown = dict(zip(ROLES, statuses.split(), strict=True))
    signed_in = [role for role in _READERS[:-1] if shown[role] in _SHOWN]
    return signed_in[:1] + (["anonymous"] if shown["anonymous"] in _SHOWN else [])


def _of_the_table(place: Scene, name: str, route: Route) -> Iterator[Asked]:
    for method, statuses in (("get", route.get), ("post", route.post)):
        for role in readers_of(statuses):
            known = values(place, role, name)
            address = reverse(name, args=[known[part] for part in route.args])
            yield Asked(role=role, address=address, method=method, sent=route.sent if method == "post" else None)


def _of_meetings(place: Scene) -> Iterator[Asked]:
    for state, made in STATES.items():
        for role, may in (("user", made.user), ("expert", made.expert), ("operator", "")):
            meeting = place.meeting(role, state)
            for address in (f"/meetings/{meeting}/", *(act(meeting, name) for name in may.split())):
                yield Asked(role=role, address=address)


def everything(place: Scene) -> Iterator[Asked]:
    for name, route in ROUTES.items():
        if not name.startswith("api_") and name not in _ENGLISH:
            yield from _of_the_table(place, name, route)
    yield from _of_meetings(place)


def test_no_page_is_left_in_english(place: Scene) -> None:
    """Each page in one of the languages, by turns: their catalogues hold the same texts (`words --check`)."""
    left: dict[str, list[str]] = {}
    turns = list(zip(everything(place), cycle(TRANSLATED)))
    try:
        for language in TRANSLATED:
            Person.objects.update(language=language)
            for asked in (one for one, turn in turns if turn == language):
                answer = asked.answer(place, language)
                assert answer.status_code < 500, asked
                if answer.get("Content-Type", "").startswith("text/html"):
                    page = answer.content.decode()
                    assert f'<html lang="{language}">' in page, asked
                    if found := set(left_on_page(page, language=language)) - _THEIRS:
                        left[f"{language}, {asked.role}: {asked.address}"] = sorted(found)
    finally:
        Person.objects.update(language="en")
    assert left == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_left_in_english_is_seen(language: str) -> None:
    """Whole texts, pieces around what is filled in, attributes; and nobody's own words."""
    page = (
        '<html lang="x"><nav aria-label="Skip to the content"></nav><p>Log out</p>'
        '<p>Propose a meeting to <bdi>Erin</bdi></p><div lang="en">Sign up</div><bdi>Help</bdi></html>'
    )
    found = set(left_on_page(page, language=language))
    assert {"Log out", "Propose a meeting to", "Skip to the content"} <= found
    assert not {"Sign up", "Help"} & found
