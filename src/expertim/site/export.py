"""All that is kept of one person, as a ZIP that is written while it is sent: nothing of it lies on our disk."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q

from expertim.credits import queries as credits
from expertim.credits.words import MOVEMENTS
from expertim.foundation.amounts import amount_text
from expertim.foundation.words import in_language
from expertim.meetings import queries as meetings
from expertim.meetings.calendar import feed_events
from expertim.notifications.calendar.ics import feed
from expertim.people.models import Banner, Person, Photo
from expertim.site.exported import LEFT_OUT, TABLES, Table

_EVER = 365 * 300  # days back: all of them
_MOST = 100_000
_BESIDES_SECRETS = ("password", "is_superuser")


def archive(person: Person) -> Iterator[bytes]:
    """The bytes of the ZIP, piece by piece, a file of it at a time."""
    out = _Growing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in _files(person):
            packed.writestr(name, content)
            yield out.taken()
    yield out.taken()


def _files(person: Person) -> Iterator[tuple[str, str | bytes]]:
    yield "about.json", _json({"left_out": LEFT_OUT, "amounts": "credits.csv: credits; tables: hundredths of a credit"})
    yield "person.json", _json(_row(person, without=frozenset(_BESIDES_SECRETS)))
    if photo := Photo.objects.filter(person=person).order_by("-pixels").first():
        yield "photo.webp", bytes(photo.content)
    if banner := Banner.objects.filter(person=person).first():
        yield "banner.webp", bytes(banner.content)
    yield "meetings.json", _json(list(_meetings(person)))
    yield "meetings.ics", _calendar(person)
    yield "credits.csv", _csv(_credits(person))
    for label, table in TABLES.items():
        if rows := list(_rows(person, label, table)):
            yield f"tables/{label}.json", _json(rows)


def _rows(person: Person, label: str, table: Table) -> Iterator[dict[str, Any]]:
    try:
        model = apps.get_model(label)
    except LookupError:  # a room that this installation does not have
        return
    mine = Q()
    for path in table.by:
        mine |= Q(**{path: person}, **table.only.get(path, {}))
    said = [path.split(".")[0] for path in table.words]
    found = model._default_manager.filter(mine).select_related(*said).order_by("pk")
    for row in found.iterator(chunk_size=500):
        yield _row(row, without=table.without) | {path: str(attrgetter(path)(row)) for path in table.words}


def _row(row: Model, *, without: frozenset[str]) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in without
    }


def _meetings(person: Person) -> Iterator[dict[str, Any]]:
    """Every meeting as its own page tells it, the timeline included; the other's unsettled statement is not theirs."""
    after = None
    while True:
        page = meetings.listed(person=person.pk, which="all", after=after, limit=100)
        for view in page.rows:
            now = view.situation.now
            yield {
                "id": view.public_id,
                "my_role": view.my_role,
                "with": view.other.name,
                "expertise": in_language(view.expertise_name),
                "service": in_language(view.service_title),
                "skill": in_language(view.skill_name),
                "start": now.start,
                "minutes": view.situation.length_minutes,
                "price": amount_text(view.situation.price),
                "status": now.state,
                "credits": now.payment,
                "progress": now.progress,
                "timeline": [
                    {"at": line.at, "by": line.by, "person": line.person, "event": line.event, "values": line.values}
                    for line in meetings.timeline(view)
                ],
            }
        if (after := page.next) is None:
            return


def _calendar(person: Person) -> bytes:
    found = meetings.in_calendar(person=person.pk, days_back=_EVER, most=_MOST)
    return feed(feed_events(found, person=person), name=person.name, refresh=timedelta(days=1))


def _credits(person: Person) -> Iterator[list[str]]:
    yield ["at", "movement", "credits", "balance after it", "reason"]
    older = None
    while True:
        page = credits.movements(person=person.pk, before=older, limit=500)
        for row in page.rows:
            said = str(MOVEMENTS[row.kind])
            yield [row.at.isoformat(), said, amount_text(row.amount), amount_text(row.balance), row.reason]
        if (older := page.older) is None:
            return


def _csv(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([[guarded(cell) for cell in row] for row in rows])
    return out.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection); a number stays one."""
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not cell.lstrip("-").replace(".", "", 1).isdecimal():
        return "'" + cell
    return cell


def _json(value: object) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False, indent=1)


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        return sorted(value) if isinstance(value, frozenset | set) else super().default(value)


class _Growing(io.RawIOBase):
    """A file that one writes to at one end and takes from at the other; it cannot be wound back, and ZIP copes."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces
