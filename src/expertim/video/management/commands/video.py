"""`expertim video check PLATFORM [--live]`: what is wrong with a platform's set-up, in words."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from expertim.video import platforms
from expertim.video.platforms import ADAPTERS, BUILTIN, Adapter
from expertim.video.port import Misconfigured, PlatformTrouble
from expertim.video.proven import PROVEN
from expertim.video.trial import steps


class Command(BaseCommand):
    help = "Say what is wrong with how a video platform is set up; with --live make, move and cancel a meeting there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        inner = parser.add_subparsers(dest="what", required=True)
        check = inner.add_parser("check", help="exit 1 where anything is wrong")
        check.add_argument("platform", choices=[BUILTIN, *ADAPTERS])
        check.add_argument("--live", action="store_true", help="make, move, enter and cancel a meeting of nobody there")

    def handle(self, *_args: Any, **options: Any) -> None:
        key = options["platform"]
        try:
            there = platforms.platform(key)
        except Misconfigured:
            raise CommandError(_why_missing(key)) from None
        self.stdout.write(f"{PROVEN[key].name}. Tried by us: {PROVEN[key].words}")
        if problems := there.check():
            raise CommandError("\n".join(problem.words for problem in problems))
        self.stdout.write("Its variables are set, and nothing is wrong with them.")
        if not options["live"]:
            return
        if key == BUILTIN:
            self.stdout.write("It needs no account: nothing is made anywhere before somebody comes.")
            return
        try:
            for line in steps(cast(Adapter, there)):
                self.stdout.write(line)
        except PlatformTrouble as trouble:
            raise CommandError(f"{type(trouble).__name__}: {trouble}") from trouble


def _why_missing(key: str) -> str:
    """In part, or not at all."""
    if words := platforms.faults().get(key):
        return f"{key} is not set up: {words}."
    return f"{key} is not set up: none of its variables ({ADAPTERS[key]}…) is set; see docs/video.md."
