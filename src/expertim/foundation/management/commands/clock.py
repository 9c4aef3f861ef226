"""Print the platform's time; `clock advance 25h` and `clock set 2027-03-28T00:30Z` move it."""

from __future__ import annotations

from argparse import REMAINDER, ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.durations import parse_duration

_LAST = datetime(9000, 1, 1, tzinfo=UTC)  # beyond it the arithmetic of zones overflows


class Command(BaseCommand):
    help = "Print the platform's time, or move it forwards in a demo or test installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        # The remainder as it stands: "-1h" is a length of time that we refuse in words, not an unknown option.
        parser.add_argument("words", nargs=REMAINDER, metavar="advance 25h | set 2027-03-28T00:30Z")

    def handle(self, *args: Any, words: list[str], **options: Any) -> None:
        try:
            match words:
                case []:
                    now = clock.now()
                case ["advance", length]:
                    now = clock.advance(_length(length))
                case ["set", moment]:
                    now = clock.move_to(_moment(moment))
                case _:
                    raise CommandError(_("Say “clock”, “clock advance 25h” or “clock set 2027-03-28T00:30Z”."))
        except clock.ClockRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(now.isoformat(timespec="seconds").replace("+00:00", "Z"))


def _length(text: str) -> timedelta:
    try:
        length = parse_duration(text.removeprefix("-"))
    except ValueError:
        raise CommandError(_("“{text}” is not a length of time such as 15m, 1h30m or 2d.").format(text=text)) from None
    if length > _LAST - clock.now():
        raise CommandError(_("The clock cannot be moved beyond the year 9000."))
    return -length if text.startswith("-") else length


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(_("“{text}” is not a moment such as 2027-03-28T00:30Z.").format(text=text)) from None
    if moment.tzinfo is None:
        raise CommandError(_("“{text}” does not say its offset from UTC: add Z or +01:00.").format(text=text))
    if not 1 < moment.year < _LAST.year:
        raise CommandError(_("The clock cannot be moved beyond the year 9000."))
    return moment.astimezone(UTC)
