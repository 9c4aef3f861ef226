"""Every address × role, GET and POST, by the table of routes.py; strangers; and that reading changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from expertim.meetings.actions import catch_up
from tests.access.answering import answered, values
from tests.access.routes import ROUTES
from tests.access.scenes import ROLES, STATES, Scene
from tests.meetings.visiting import act, without_tokens


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """Name and shape of every address outside the admin, which has a table of its own."""
    for pattern in resolver.url_patterns:
        shape = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from patterns(pattern, shape)
        elif isinstance(pattern, URLPattern):
            yield (f"{pattern.name}" if pattern.name else shape), shape


def test_every_address_is_in_the_table() -> None:
    """A new one is nobody's until somebody has said whose it is."""
    assert {name for name, _shape in patterns(get_resolver())} == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_an_address_answers_each_role_as_the_table_says(place: Scene, name: str) -> None:
    route, found = ROUTES[name], []
    for role in ROLES:
        known, client = values(place, role, name), place.client(role)
        address = reverse(name, args=[known[part] for part in route.args])
        found.append((answered(client, "get", address), answered(client, "post", address, data=route.sent)))
    assert [" ".join(statuses) for statuses in zip(*found, strict=True)] == [route.get, route.post]


def test_no_reading_writes_anything(place: Scene) -> None:
    """A4: every page read by a party and by an operator, what time does done before (T0); nothing has changed."""
    catch_up()
    readers = {role: place.client(role) for role in ("user", "operator who is a party")}
    before = contents()
    for role, client in readers.items():
        known = values(place, role, "")
        for name, route in ROUTES.items():
            client.get(reverse(name, args=[known[part] or "x" for part in route.args]))
        for state in STATES:
            meeting = place.meeting(role, state)
            assert client.head(f"/meetings/{meeting}/").status_code == 200
            client.get(act(meeting, "join"), headers={"Sec-Purpose": "prefetch"})
    assert contents() == before


def contents() -> dict[str, str]:
    """A digest of every table but those that keep who is signed in, and counters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = {name for (name,) in cursor.fetchall()} - {"django_session", "foundation_cache", "platform_clock"}
        found = {}
        for table in tables:
            # last_login is the session's; a calendar address is made by the test itself
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM"
                f" (SELECT to_jsonb(x) - 'last_login' FROM {table} x) t"
            )
            found[table] = cursor.fetchone()[0]
    return found


BY_ID = [name for name, route in ROUTES.items() if {"meeting", "user", "notice", "chat"} & set(route.args)]


@pytest.mark.parametrize("name", BY_ID)
@pytest.mark.parametrize("method", ["get", "post"])
def test_to_a_stranger_what_is_others_is_as_absent_as_what_is_not_there(place: Scene, name: str, method: str) -> None:
    """A2: the same status, and the same page to the letter but for the address."""
    known, client = values(place, "user", ""), place.client("other")
    pages = []
    for absent in (False, True):
        args = [known[part] for part in ROUTES[name].args]
        if absent:
            args[0] = 10**12 if isinstance(args[0], int) else "zzzzzzzzzzzzzzzz"
        answer = getattr(client, method)(reverse(name, args=args))
        headers = {key: value for key, value in answer.items() if key not in ("Content-Length", "Location")}
        pages.append((answer.status_code, without_tokens(answer).replace(f"/{args[0]}/", "/ID/"), headers))
    assert pages[0] == pages[1]
    assert pages[0][0] in (404, 405, 302, 415)  # 415: of programs, who must send JSON; with it in tests/api


def test_nothing_in_a_strangers_lists_names_others_meetings(place: Scene) -> None:
    client = place.client("other")
    every = {*place.meetings.values(), *place.operators_meetings.values()}
    for name, route in ROUTES.items():
        if not route.args:
            page = client.get(reverse(name)).content.decode()
            assert not [meeting for meeting in every if meeting in page], name
