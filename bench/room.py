"""A hundred open rooms with two pages each, which ask as often as they are answered: what one poll costs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from django.db import connection
from django.urls import reverse

from expertim.meetings.models import Meeting
from expertim.video.builtin.seats import Held, token_of

_OPEN = """
SELECT video_want(jsonb_agg(jsonb_build_object(
           'reference', id, 'platform', 'builtin', 'generation', generation, 'wanted', true,
           'opens_at', platform_now() - interval '1 hour', 'closes_at', platform_now() + interval '1 day')))
  FROM meetings_meeting WHERE id = ANY (%s)
"""


def polling(*, port: int, rooms: int) -> list[Callable[[], bytes]]:
    """The next request of each page: the first takes the seat, the others only ask."""
    meetings = list(Meeting.objects.filter(state="agreed", progress=None).order_by("id")[:rooms])
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [[meeting.pk for meeting in meetings]])
    return [_page(port, meeting, party) for meeting in meetings for party in ("user", "expert")]


def _page(port: int, meeting: Meeting, party: str) -> Callable[[], bytes]:
    path = reverse("room_exchange", args=[meeting.public_id])
    with connection.cursor() as cursor:
        cursor.execute("SELECT turn FROM video_seat WHERE room_id = %s AND party = %s", [meeting.pk, party])
        turn = cursor.fetchone()[0]
    seat = token_of(Held(reference=meeting.pk, generation=meeting.generation, party=party, turn=turn))
    asked = {"seat": seat, "session": secrets.token_hex(16), "since": 0, "sent": []}
    entered: list[bool] = []

    def one() -> bytes:
        body = json.dumps(asked | ({} if entered else {"enter": True}))
        entered.append(True)
        return (
            f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    return one
