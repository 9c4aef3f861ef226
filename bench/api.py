"""The ten commonest calls of programs, for the benchmark: by tokens, against the same server as the pages."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q

from expertim.expertise.models import Service
from expertim.foundation.amounts import amount_text
from expertim.meetings.models import Meeting
from expertim.people.models import ApiToken, Person
from expertim.people.tokens import new_token

Request = Callable[[], bytes]


def calls(*, port: int, readers: int, proposers: int) -> dict[str, tuple[list[Request], int]]:
    """By name: what each connection sends, and the status that it is answered with."""
    person = Person.objects.get(email="user2@example.org")
    meeting = Meeting.objects.filter(user=person, state="agreed", progress=None).order_by("-starts_at")[0]
    slug, expert = meeting.expertise.slug, meeting.expert.public_id
    secret = _token(person)
    paths = {
        "API me": "/me",
        "API meetings": "/meetings?list=scheduled",
        "API meeting": f"/meetings/{meeting.public_id}",
        "API timeline": f"/meetings/{meeting.public_id}/timeline",
        "API movements": "/me/movements",
        "API notices": "/me/notices",
        "API dashboard": f"/expertises/{slug}/dashboard",
        "API experts": f"/expertises/{slug}/experts",
        "API expert": f"/expertises/{slug}/experts/{expert}",
    }
    found: dict[str, tuple[list[Request], int]] = {}
    for name, path in paths.items():
        request = _written("GET", path, port=port, secret=secret)
        found[name] = [lambda request=request: request] * readers, 200
    found["API proposing"] = [_proposing(port, turn) for turn in range(proposers)], 201
    return found


def _proposing(port: int, turn: int) -> Request:
    """Proposals of one person, each at a start of its own, with a key of its own."""
    services = Service.objects.filter(position=1).select_related("expert__person", "expert__expertise").order_by("id")
    service = services[turn]
    user, expert = Person.objects.get(email=f"user{turn + 3}@example.org"), service.expert.person
    after = Meeting.objects.filter(Q(user=user) | Q(expert=expert)).latest("ends_at").ends_at
    offer = {
        "expertise": service.expert.expertise.slug,
        "expert": expert.public_id,
        "service": service.public_id,
        "skill": service.skills.order_by("id")[0].slug,
        "price": amount_text(service.price),
        "minutes": service.length_minutes,
    }
    secret, count = _token(user), itertools.count()

    def one() -> bytes:
        days, part = divmod(next(count), 6)
        start = (after + timedelta(days=days + 2)).replace(hour=8 + 2 * part, minute=0, second=0, microsecond=0)
        body = json.dumps(offer | {"start": start.isoformat()})
        return _written("POST", "/meetings", port=port, secret=secret, body=body)

    return one


def _token(person: Person) -> str:
    """A token of this run; those of former runs go, there may be only so many."""
    ApiToken.objects.filter(person=person, name="benchmark").delete()
    return new_token(person=person, name="benchmark")


def _written(method: str, path: str, *, port: int, secret: str, body: str = "") -> bytes:
    sent = ""
    if body:
        sent = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        sent += f"Idempotency-Key: {secrets.token_hex(8)}\r\n"
    head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {secret}\r\n"
    return f"{head}{sent}\r\n{body}".encode()
