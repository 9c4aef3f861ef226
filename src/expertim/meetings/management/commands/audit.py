"""`expertim audit`: K6."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from expertim.meetings.audit import audit


class Command(BaseCommand):
    help = "Recompute every balance and compare meetings with credits; exit 1 and name each discrepancy."

    def handle(self, *_args: Any, **_options: Any) -> None:
        report = audit()
        for name, figure in report.figures.items():
            self.stdout.write(f"{name}: {figure}")
        for discrepancy in report.discrepancies:
            self.stderr.write(discrepancy)
        if report.discrepancies:
            self.stderr.write(f"{len(report.discrepancies)} discrepancies")
            sys.exit(1)
        self.stdout.write("no discrepancy")
