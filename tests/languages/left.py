"""English that is left on a page or in a mail of another language, where a translation belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from html.parser import HTMLParser

from babel.messages.pofile import read_po
from django.conf import settings

from expertim.site.management.commands.words import catalogue_path

TRANSLATED = [code for code in settings.COMPLETE_LANGUAGES if code != "en"]
_FILLED_IN = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}|<[^>]+>")
_TOLD = {"aria-label", "alt", "title", "placeholder", "data-label", "data-words", "data-you"}
# Whose text is nobody's words, or somebody else's.
_NOT_OURS = {"script", "style", "code", "pre", "kbd", "samp", "bdi", "blockquote", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use"}


@dataclass(frozen=True, slots=True, kw_only=True)
class English:
    """What must not be read in a language: whole texts, and the longer pieces of those that something is put into."""

    whole: frozenset[str]
    pieces: tuple[str, ...]


@cache
def english(language: str) -> English:
    with catalogue_path(settings.LOCALE_PATHS[0], language).open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    pairs = [(_forms(message.id), _forms(message.string)) for message in messages]
    theirs = {_plain(form) for _ours, said in pairs for form in said}
    all_theirs = "\n".join(theirs)
    ours = {_plain(form) for forms, said in pairs for form in forms if set(forms).isdisjoint(said)} - theirs
    pieces = {piece.strip() for form in ours for piece in _FILLED_IN.split(form)}
    return English(
        whole=frozenset(form for form in ours if not _FILLED_IN.search(form)),
        pieces=tuple(sorted(piece for piece in pieces if _is_long(piece) and piece not in all_theirs)),
    )


def left_on_page(html: str, *, language: str) -> list[str]:
    """What a page still says in English."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _left(reader.heard, language=language)


def left_in_text(text: str, *, language: str) -> list[str]:
    """The same of a text; what somebody has written stands after "> "."""
    return _left([line for line in text.splitlines() if not line.startswith(">")], language=language)


def _left(heard: list[str], *, language: str) -> list[str]:
    never = english(language)
    said = [" ".join(text.split()) for text in heard]
    whole = " ".join(said)
    return sorted({text for text in said if text in never.whole} | {p for p in never.pieces if p in whole})


def _forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text),)


def _plain(text: str) -> str:
    return " ".join(unescape(text).replace("%%", "%").split())


def _is_long(piece: str) -> bool:
    return len(piece.split()) >= 3 and sum(map(str.isalpha, piece)) >= 12


class _Reader(HTMLParser):
    """Collects what is read or heard of a page; whatever says its own language is left alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.heard: list[str] = []
        self._apart: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        theirs = tag in _NOT_OURS or (tag != "html" and any(name == "lang" for name, _value in attrs))
        if tag not in _VOID and (self._apart or theirs):
            self._apart.append(tag)
        if not self._apart:
            self.heard += _told(attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._apart:
            while self._apart.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._apart and data.strip():
            self.heard.append(data)


def _told(attrs: list[tuple[str, str | None]]) -> Iterator[str]:
    return (value for name, value in attrs if name in _TOLD and value)
