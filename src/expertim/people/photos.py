"""A person's photo and banner: made anew from what was sent, kept in the database, addressed by a version that nobody
guesses.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from expertim.foundation.ids import public_id
from expertim.people.models import Banner, Person, Photo

SIZES = (64, 128, 384)  # pixels of a side; shown at half of it, for screens that have two for one
BANNER = (1600, 400)  # width and height
LARGEST_UPLOAD = 8 << 20  # bytes
_PATIENCE = 15  # seconds, waiting for a processor included
_SCRIPT = Path(__file__).with_name("picturing.py")


class Unusable(Exception):
    """What was sent is no photo for us; `why` is "unreadable", "pixels" or "slow"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def put_photo(*, person: Person, content: bytes) -> None:
    """From now on this is the person's photo; raises Unusable. Not within a transaction: it takes its time."""
    made = _made_of(content, [(pixels, pixels) for pixels in SIZES])
    version = public_id()
    with transaction.atomic():
        _replace(person, version)
        Photo.objects.bulk_create(
            [Photo(person=person, version=version, pixels=pixels, content=square) for pixels, square in made]
        )


def remove_photo(*, person: Person) -> None:
    """Leave initials in its place; its addresses lead nowhere."""
    with transaction.atomic():
        _replace(person, "")


def photo(*, person: str, version: str, pixels: int) -> bytes | None:
    """The square of that size, by the person's public id; None where the version is not, or no longer, in force."""
    found = Photo.objects.filter(person__public_id=person, version=version, pixels=pixels, person__is_active=True)
    content = found.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def put_banner(*, person: Person, content: bytes) -> None:
    """From now on this stands on top of the expert's page; raises Unusable. Not within a transaction either."""
    [(_width, made)] = _made_of(content, [BANNER])
    Banner.objects.update_or_create(person=person, defaults={"version": public_id(), "content": made})


def remove_banner(*, person: Person) -> None:
    Banner.objects.filter(person=person).delete()


def banner(*, person: str, version: str) -> bytes | None:
    """By the person's public id; None where the version is not, or no longer, in force."""
    found = Banner.objects.filter(person__public_id=person, version=version, person__is_active=True)
    content = found.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def _replace(person: Person, version: str) -> None:
    # The row first: of two photos at once the second waits here, and deletes what the first has written.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.photo = version
    person.save(update_fields=["photo"])
    Photo.objects.filter(person=person).delete()


def _made_of(content: bytes, sizes: Sequence[tuple[int, int]]) -> list[tuple[int, bytes]]:
    """Each size with its width."""
    # -I: nothing of our environment or folder decides what the process loads.
    command = [sys.executable, "-I", str(_SCRIPT), *(f"{width}x{height}" for width, height in sizes)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_PATIENCE, check=False, env={})
    except subprocess.TimeoutExpired:
        raise Unusable("slow") from None
    if done.returncode:
        # Killed by a signal: it has used up its time, or its decoder broke.
        why = done.stderr.decode(errors="replace")
        raise Unusable(why if why in ("unreadable", "pixels") else "slow" if done.returncode < 0 else "unreadable")
    return list(_read(done.stdout))


def _read(output: bytes) -> list[tuple[int, bytes]]:
    squares, at = [], 0
    while at < len(output):
        pixels, length = struct.unpack_from(">HI", output, at)
        squares.append((pixels, output[at + 6 : at + 6 + length]))
        at += 6 + length
    return squares
