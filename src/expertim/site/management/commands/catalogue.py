"""Load or dump Expertises, people, experts and services as one YAML file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.expertise.catalogue.applying import Outcome, apply_catalogue, known
from expertim.expertise.catalogue.dumping import dump_catalogue
from expertim.expertise.catalogue.reading import read_catalogue
from expertim.foundation.lined import Faulty
from expertim.site.openings import grant_opening, opening_grants


class Command(BaseCommand):
    help = "Load Expertises, reasons, people, experts and services from one YAML file, or write that file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        load = doing.add_parser("load", help="make and change what differs; a bad file changes nothing")
        load.add_argument("file", help="the file, or - for the standard input")
        dump = doing.add_parser("dump", help="write what is there; passwords are left out")
        dump.add_argument("file", nargs="?", default="-", help="the file; without it the standard output")

    def handle(self, *args: Any, doing: str, file: str, **options: Any) -> None:
        if doing == "dump":
            self._dump(file)
            return
        try:
            source = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        self.stdout.write(load(source, name=file))

    def _dump(self, file: str) -> None:
        written = dump_catalogue(openings=opening_grants())
        if file == "-":
            self.stdout.write(written, ending="")
            return
        try:
            Path(file).write_text(written, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None


def load(source: bytes, *, name: str) -> str:
    """Load a file and say what came of it. Raises CommandError naming every fault with its line."""
    try:
        catalogue = read_catalogue(source, known=known())
    except Faulty as error:
        count = len(error.faults)
        head = ngettext("{count} fault; nothing has been changed.", "{count} faults; nothing has been changed.", count)
        lines = [f"{name}, {fault}" for fault in error.faults]
        raise CommandError("\n".join([*lines, head.format(count=count)])) from None
    return said(apply_catalogue(catalogue, grant=grant_opening))


def said(outcome: Outcome) -> str:
    """How many of what were created and changed, in words."""
    lines = [
        f"{title} {', '.join(_counted(kind, count) for kind, count in counts.items() if count)}."
        for title, counts in ((_("Created:"), outcome.created), (_("Changed:"), outcome.changed))
        if +counts
    ]
    return "\n".join(lines) or _("Nothing to change.")


def _counted(kind: str, count: int) -> str:
    words = {
        "expertise": ngettext("{count} Expertise", "{count} Expertises", count),
        "skill": ngettext("{count} skill", "{count} skills", count),
        "reason": ngettext("{count} reason for rejecting", "{count} reasons for rejecting", count),
        "person": ngettext("{count} person", "{count} people", count),
        "wish": ngettext("{count} skill to develop", "{count} skills to develop", count),
        "grant": ngettext("{count} opening grant", "{count} opening grants", count),
        "expert": ngettext("{count} expert", "{count} experts", count),
        "service": ngettext("{count} service", "{count} services", count),
    }
    return words[kind].format(count=count)
