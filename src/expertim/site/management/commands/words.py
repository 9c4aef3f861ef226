"""Gather every translatable string; `--check` names what is missing or cannot be translated."""

from __future__ import annotations

import io
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand

from expertim.site.extraction import Fault, extract

SOURCE_LANGUAGE = "en"
# As in Django's own files, whose words are mixed with ours: of cs and sk the third form is for fractions.
_CZECH = "(n == 1 && n % 1 == 0) ? 0 : (n >= 2 && n <= 4 && n % 1 == 0) ? 1: (n % 1 != 0 ) ? 2 : 3"
_SLOVAK = "(n % 1 == 0 && n == 1 ? 0 : n % 1 == 0 && n >= 2 && n <= 4 ? 1 : n % 1 != 0 ? 2: 3)"
_PLURALS = {
    "cs": f"nplurals=4; plural={_CZECH};",
    "sk": f"nplurals=4; plural={_SLOVAK};",
    "de": "nplurals=2; plural=(n != 1);",
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!\{)\{\w+\}")


class Command(BaseCommand):
    help = "Writes every translatable string to DATA_DIR/messages.pot, or checks that each can be and is translated."
    # `--update` is for translators: what is new stands in each language's file without a translation, what is no longer
    # asked for is gone, and nothing is guessed.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is wrong, where")

        parser.add_argument(
            "--update", nargs="*", metavar="LANGUAGE", help="bring these languages' files, or all, up to the source"
        )

    def handle(self, *args: Any, check: bool, update: list[str] | None, **options: Any) -> None:
        found = extract(settings.PACKAGE, version=version("expertim"))
        if update is not None:
            for language in update or _PLURALS:
                if language in _PLURALS:
                    self.stdout.write(updated(found.catalogue, language=language, folder=settings.LOCALE_PATHS[0]))
            return
        faults = sorted(set(found.faults))
        if check:
            for language in settings.COMPLETE_LANGUAGES:
                if language != SOURCE_LANGUAGE:
                    faults += missing(found.catalogue, language=language, folder=settings.LOCALE_PATHS[0])
        else:
            target = settings.DATA_DIR / "messages.pot"
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                write_po(file, found.catalogue, sort_by_file=True, width=110)
            self.stdout.write(f"{target}: {len(found.catalogue)} strings")
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            self.stderr.write(f"{len(faults)} faults in {len(found.catalogue)} strings")
            sys.exit(1)
        if check:
            languages = ", ".join(settings.COMPLETE_LANGUAGES)
            self.stdout.write(f"{len(found.catalogue)} strings, complete in: {languages}")


def updated(source: Catalog, *, language: str, folder: Path) -> str:
    """Write a language's file with exactly the strings of the source, those it has translated kept; says how many."""
    path = catalogue_path(folder, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    theirs = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            theirs = read_po(file, locale=language)
    made = Catalog(locale=language)
    head = f"Language: {language}\nContent-Type: text/plain; charset=utf-8\nPlural-Forms: {_PLURALS[language]}\n"
    made.mime_headers = [tuple(line.split(": ", 1)) for line in head.splitlines()]
    empty = 0
    for message in source:
        if not message.id:
            continue
        told = theirs.get(message.id, message.context)
        string = told.string if told is not None and _whole(message, told, language=language) else None
        empty += string is None
        flags = set(message.flags)
        made.add(
            message.id, string, message.locations, (), message.auto_comments, context=message.context
        ).flags = flags
    body = io.BytesIO()
    write_po(body, made, width=110, omit_header=True, include_lineno=False)
    quoted = "".join(f'"{line}\\n"\n' for line in head.splitlines())
    path.write_bytes(f'msgid ""\nmsgstr ""\n{quoted}\n'.encode() + body.getvalue())
    return f"{path}: {len(made)} strings, {empty} to be translated"


def _whole(message: Message, told: Message, *, language: str) -> bool:
    """Whether a translation has all its forms: those of the language for what counts, else one."""
    wanted = int(_PLURALS[language][len("nplurals=")]) if isinstance(message.id, list | tuple) else 1
    return len(_forms(told.string)) == wanted and all(_forms(told.string))


def catalogue_path(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def missing(source: Catalog, *, language: str, folder: Path) -> list[Fault]:
    """What a language's catalogue lacks, or says with other placeholders than the source."""
    path = catalogue_path(folder, language)
    try:
        with path.open("rb") as file:
            theirs = read_po(file, locale=language, abort_invalid=True)
    except (FileNotFoundError, PoFileError) as error:
        return [Fault(file=str(path), line=1, what=f"no catalogue for {language}: {error}")]
    unused = [
        Fault(file=str(path), line=message.lineno or 1, what=f"{language}: nobody asks for it: {_text(message)!r}")
        for message in theirs
        if message.id and source.get(message.id, message.context) is None
    ]
    return unused + [
        Fault(file=file, line=line, what=f"{language}: {problem}: {_text(message)!r}")
        for message in source
        if message.id
        for problem in _problems(message, theirs.get(message.id, message.context), language=language)
        for file, line in message.locations[:1]
    ]


def _problems(message: Message, theirs: Message | None, *, language: str) -> Iterator[str]:
    if theirs is None or theirs.fuzzy or not any(_forms(theirs.string)):
        yield "not translated"
        return
    if not _whole(message, theirs, language=language):
        yield "a plural form is missing"
        return
    # Of one thing the number may stay unsaid, so each form may leave out what only some forms of the source have.
    known = [set(_PLACEHOLDER.findall(form)) for form in _forms(message.id)]
    for form in _forms(theirs.string):
        said = set(_PLACEHOLDER.findall(form))
        if not set.intersection(*known) <= said <= set.union(*known):
            yield "other placeholders"
            return


def _forms(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string,)


def _text(message: Message) -> str:
    return _forms(message.id)[0]
