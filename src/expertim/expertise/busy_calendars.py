"""Calendars elsewhere that say when an expert is busy: subscribed to by address, read by the worker, kept as times.

An address is claimed in one short transaction, read outside of any, and what it says is stored in another. The
reading itself is a program of its own (`busy_reading`), because nothing that strangers send is to be trusted.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from expertim.expertise.free_times import Interval
from expertim.expertise.models import BusyCalendar, BusyInterval
from expertim.expertise.times import HORIZON
from expertim.foundation import clock, outbound

logger = logging.getLogger(__name__)

MOST = 10  # of one person
MOST_BYTES = 5_000_000
SECONDS = 10.0
READING_SECONDS = 30.0  # of the clock on the wall; busy_reading limits its own
EVERY = timedelta(hours=1)
LEASE = timedelta(minutes=10)
LONGEST_BACK_OFF = timedelta(hours=24)
_REDIRECTS = 2
_BEYOND = timedelta(days=10)  # read that much further than is offered, so that "unchanged" may be believed meanwhile
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG")


class Refused(Exception):
    """Not subscribed; the text is a code: too_many, twice, or why such an address is never called."""


class _Failed(Exception):
    """Could not be read; the text is the code that the page words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """A calendar as its owner sees it; the address is a secret, so only its host is shown."""

    id: str
    name: str
    host: str
    age: timedelta | None  # since it was last read
    trouble: str
    busy_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    id: int
    zone: str
    address: str
    etag: str
    read_until: datetime | None
    failures: int


def calendars_of(person: int) -> tuple[CalendarRow, ...]:
    """In the order in which they were added."""
    now = clock.machine_now()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.public_id, c.name, c.address, c.read_at, c.trouble,
                      (SELECT count(*) FROM expertise_busyinterval i
                        WHERE i.calendar_id = c.id AND i.ends_at > platform_now())
                 FROM expertise_busycalendar c WHERE c.person_id = %s ORDER BY c.id""",
            [person],
        )
        return tuple(
            CalendarRow(
                id=number,
                name=name,
                host=urlsplit(address).hostname or "",
                age=max(now - read_at, timedelta(0)) if read_at else None,
                trouble=trouble,
                busy_count=count,
            )
            for number, name, address, read_at, trouble, count in cursor.fetchall()
        )


def subscribe(*, person: int, name: str, address: str) -> None:
    """Read that calendar from now on; raises Refused. The name of its host is looked up: never in a transaction."""
    address = secure(address)
    try:
        outbound.looked_at(address, timeout=3)
    except outbound.Blocked as blocked:
        raise Refused(blocked.reason) from None
    except outbound.Unreachable:
        pass  # the worker tries again, and the page tells
    with transaction.atomic():
        # One row of the person's is held, so that two tabs together do not add more than one may have.
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM people_person WHERE id = %s FOR NO KEY UPDATE", [person])
        if BusyCalendar.objects.filter(person_id=person).count() >= MOST:
            raise Refused("too_many")
        try:
            with transaction.atomic():
                BusyCalendar.objects.create(person_id=person, name=name, address=address, due_at=clock.machine_now())
        except IntegrityError:
            raise Refused("twice") from None


def unsubscribe(*, person: int, calendar: str) -> bool:
    """Forget a calendar and all its times; False where it is not there."""
    return bool(BusyCalendar.objects.filter(person_id=person, public_id=calendar).delete()[0])


def read_again(*, person: int, calendar: str) -> bool:
    """Let the worker read it next, whatever has failed."""
    mine = BusyCalendar.objects.filter(person_id=person, public_id=calendar)
    return bool(mine.update(due_at=clock.machine_now(), etag=""))


def secure(address: str) -> str:
    """What programs call webcal is https."""
    address = address.strip()
    scheme, found, rest = address.partition("://")
    return f"https://{rest}" if found and scheme.lower() in ("webcal", "webcals") else address


def read_due(limit: int) -> int:
    """Read one calendar that is due; answers how many. One a round, so that a slow server delays nobody's mail."""
    claimed = _claim()
    if claimed is None:
        return 0
    now = clock.now()
    begins, ends = now - timedelta(days=1), now + HORIZON + _BEYOND
    try:
        body, etag = _fetched(claimed, now)
        intervals = None if body is None else _read(body, claimed.zone, begins, ends)
    except _Failed as failed:
        _store_failure(claimed, str(failed))
    else:
        _store(claimed, intervals, etag, ends)
    return 1


def _claim() -> _Claimed | None:
    now = clock.machine_now()
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE expertise_busycalendar c SET due_at = %(leased)s FROM people_person p
                WHERE p.id = c.person_id AND c.id = (
                      SELECT id FROM expertise_busycalendar WHERE due_at <= %(now)s
                       ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING c.id, p.time_zone, c.address, c.etag, c.read_until, c.failures""",
            {"now": now, "leased": now + LEASE},
        )
        row = cursor.fetchone()
    names = ("id", "zone", "address", "etag", "read_until", "failures")
    return _Claimed(**dict(zip(names, row, strict=True))) if row else None


def _fetched(claimed: _Claimed, now: datetime) -> tuple[bytes | None, str]:
    """The file and its tag; None where it has not changed and what is stored still reaches far enough."""
    headers = {"Accept": "text/calendar"}
    if claimed.etag and claimed.read_until and claimed.read_until >= now + HORIZON:
        headers["If-None-Match"] = claimed.etag
    address = claimed.address
    for _turn in range(_REDIRECTS + 1):
        try:
            answer = outbound.request("GET", address, headers=headers, timeout=SECONDS, most=MOST_BYTES)
        except outbound.Blocked as blocked:
            raise _Failed(blocked.reason) from None
        except outbound.TooLong:
            raise _Failed("too_much") from None
        except outbound.Unreachable:
            raise _Failed("unreachable") from None
        if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
            address = urljoin(address, answer.headers["location"])  # judged like any other when it is asked
            continue
        if answer.status == 304 and "If-None-Match" in headers:
            return None, claimed.etag
        if answer.status == 200:
            return answer.body, answer.headers.get("etag", "")[:200]
        raise _Failed({401: "forbidden", 403: "forbidden", 404: "gone", 410: "gone"}.get(answer.status, "status"))
    raise _Failed("status")


def _read(body: bytes, zone: str, begins: datetime, ends: datetime) -> list[Interval]:
    """What `busy_reading` makes of a file, in a process without our secrets; raises _Failed."""
    asked = {
        "zone": zone,
        "begins": int(begins.timestamp()) // 60,
        "ends": int(ends.timestamp()) // 60,
        "ours": urlsplit(settings.PUBLIC_URL).hostname or "",
    }
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "expertim.expertise.busy_reading"],
            input=json.dumps(asked).encode() + b"\n" + body,
            capture_output=True,
            timeout=READING_SECONDS,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _Failed("too_much") from None
    if ran.returncode != 0:  # the kernel ended it: too long, or too much memory
        raise _Failed("too_much")
    answer = json.loads(ran.stdout)
    if trouble := answer.get("trouble"):
        raise _Failed(trouble)
    return [(datetime.fromtimestamp(b * 60, UTC), datetime.fromtimestamp(e * 60, UTC)) for b, e in answer["intervals"]]


@transaction.atomic
def _store(claimed: _Claimed, intervals: Sequence[Interval] | None, etag: str, until: datetime) -> None:
    """Replace what was known; None: it is known still. A calendar taken away meanwhile stays away."""
    held = BusyCalendar.objects.select_for_update().filter(pk=claimed.id).first()
    if held is None:
        return
    now = clock.machine_now()
    held.read_at, held.due_at, held.failures, held.trouble = now, now + EVERY, 0, ""
    if intervals is not None:
        held.etag, held.read_until = etag, until
        BusyInterval.objects.filter(calendar=held).delete()
        BusyInterval.objects.bulk_create(
            (BusyInterval(calendar=held, begins_at=begins, ends_at=ends) for begins, ends in intervals),
            batch_size=1000,
        )
    held.save()


def _store_failure(claimed: _Claimed, trouble: str) -> None:
    """What was known stays known, with its age; each failure doubles the wait."""
    wait = min(EVERY / 6 * 2 ** min(claimed.failures, 20), LONGEST_BACK_OFF)
    BusyCalendar.objects.filter(pk=claimed.id).update(
        due_at=clock.machine_now() + wait, trouble=trouble, failures=F("failures") + 1
    )
    logger.info("a busy calendar could not be read: %s", trouble)
