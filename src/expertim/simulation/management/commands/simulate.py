"""A whole platform on a virtual clock, with random people and everything going wrong."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.management.base import BaseCommand

from expertim.simulation import place as places
from expertim.simulation.coverage import missing
from expertim.simulation.faults import PROFILES
from expertim.simulation.picture import picture
from expertim.simulation.place import Place
from expertim.simulation.report import Report, Settings, removable
from expertim.simulation.run import play
from expertim.simulation.shrink import shrink

_LAST_LINES = 12


class Command(BaseCommand):
    help = "Simulate a whole platform in a database of its own; exit 1 and say which rule is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same run")
        parser.add_argument("--meetings", type=int, default=300)
        parser.add_argument("--faults", choices=sorted(PROFILES), default="flaky", metavar="|".join(PROFILES))
        parser.add_argument("--floor", type=int, default=0, help="fail if anything was seen to happen less often")
        parser.add_argument("--without", default="", help="meetings and faults to leave out, as --shrink prints them")
        parser.add_argument("--shrink", action="store_true", help="make a failing run as small as it gets")
        parser.add_argument("--picture", type=Path, metavar="FILE", help="draw what happened on each day (SVG)")
        parser.add_argument("--trace", type=Path, metavar="FILE", help="write every step, one a line")

    def handle(self, *args: Any, seed: int, meetings: int, faults: str, floor: int, **options: Any) -> None:
        logging.disable(logging.ERROR)  # it is full of failures on purpose
        without = frozenset(each for each in options["without"].split(",") if each)
        asked = Settings(seed=seed, meetings=meetings, profile=faults, without=without)
        with places.servers(Path(django_settings.DATA_DIR) / "simulation") as server:
            report = _play(asked, server)
            for line in _said(report):
                self.stdout.write(line)
            if options["picture"]:
                options["picture"].write_text(picture(report))
            if options["trace"]:
                options["trace"].write_text("\n".join(report.trace) + "\n")
            if report.broken and options["shrink"]:
                asked = self._shrunk(report, server)
        rare = missing(report.seen, floor=floor, faults=faults != "calm") if floor else []
        for line in [*rare, *_failure(report, asked)]:
            self.stderr.write(line)
        if rare or report.broken:
            sys.exit(1)

    def _shrunk(self, report: Report, server: Place) -> Settings:
        """The same failure with as little as possible around it."""
        asked = report.settings
        items = [item for item in removable(asked, report.plan) if item not in asked.without]

        def fails(without: frozenset[str]) -> bool:
            again = _play(_without(asked, asked.without | without), server)
            return again.what == report.what

        kept = shrink(items, fails=fails)
        self.stdout.write(f"It takes no more than: {', '.join(kept)}")
        return _without(asked, asked.without | (frozenset(items) - frozenset(kept)))


def _without(settings: Settings, without: frozenset[str]) -> Settings:
    return Settings(seed=settings.seed, meetings=settings.meetings, profile=settings.profile, without=without)


def _play(settings: Settings, server: Place) -> Report:
    with places.database_of_its_own(server) as place:
        return play(settings, place=place)


def _said(report: Report) -> Iterator[str]:
    settings = report.settings
    yield f"seed {settings.seed}, {settings.meetings} meetings, {settings.profile}"
    yield from (f"planned {line}" for line in report.plan.lines())
    for name, count in sorted(report.seen.items()):
        yield f"{count:6} × {name}"
    if report.happened:
        yield "went wrong: " + ", ".join(f"{count} × {what}" for what, count in sorted(report.happened.items()))
    speed = report.meetings / max(report.seconds, 0.001)
    yield (
        f"{report.meetings} meetings, {report.steps} steps, {report.mails} mails, {report.happened.total()} faults"
        f" in {report.seconds:.1f} s ({speed:.1f} meetings/s); trace {report.hash}"
    )
    if not report.broken:
        yield "every rule held"


def _failure(report: Report, settings: Settings) -> Iterator[str]:
    if not report.broken:
        return
    yield from report.trace[-_LAST_LINES:]
    yield f"seed {settings.seed}, {settings.profile}, step {report.steps}: {report.broken}"
    without = f' --without "{",".join(sorted(settings.without))}"' if settings.without else ""
    yield (
        f"again: expertim simulate --seed {settings.seed} --meetings {settings.meetings}"
        f" --faults {settings.profile}{without}"
    )
