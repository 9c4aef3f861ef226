"""A run of the whole system on a virtual clock, with random people and injected faults."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.management.base import BaseCommand

from expertim.simulation import place as places
from expertim.simulation.faults import PROFILES
from expertim.simulation.run import Settings, play


class Command(BaseCommand):
    help = "Simulate a whole platform with everything going wrong; exit 1 where a rule is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--meetings", type=int, default=300)
        parser.add_argument("--faults", choices=sorted(PROFILES), default="flaky")

    def handle(self, *args: Any, seed: int, meetings: int, faults: str, **options: Any) -> None:
        import logging

        logging.disable(logging.CRITICAL)
        asked = Settings(seed=seed, meetings=meetings, profile=faults)
        with (
            places.servers(Path(django_settings.DATA_DIR) / "simulation") as server,
            places.database_of_its_own(server) as place,
        ):
            report = play(asked, place=place)
        for line in report.plan.lines():
            self.stdout.write(line)
        for name, count in sorted(report.seen.items()):
            self.stdout.write(f"  {name}: {count}")
        self.stdout.write(str(dict(report.happened)))
        self.stdout.write(
            f"{report.meetings} meetings, {report.steps} steps, {report.mails} mails in {report.seconds:.1f} s,"
            f" {report.hash}"
        )
        if report.broken:
            for line in report.trace[-15:]:
                self.stderr.write(line)
            self.stderr.write(report.broken)
            sys.exit(1)
