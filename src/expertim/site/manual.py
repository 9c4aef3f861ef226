"""The manuals under /help/: their Markdown, made into our pages when they are first asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(__file__).resolve().parent / "manual"
NAMES = ("user", "expert", "operator")
_STATIC = "../static/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """One manual: its title, its chapters as (anchor, title), and its text after the title."""

    title: str
    chapters: tuple[tuple[str, str], ...]
    text: SafeString


@cache
def manual(name: str, *, language: str) -> Manual:
    """The manual for a user, an expert or an operator; its anchors are those of the English in every language."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(source(name, language=language).read_text())
    english = reader.parse(source(name, language="en").read_text())
    title, chapters = "", []
    for (heading, inline), (_same, words) in zip(_headings(tokens), _headings(english), strict=True):
        if heading.tag == "h1":
            title = inline.content
            continue
        heading.attrSet("id", anchor(words.content))
        if heading.tag == "h2":
            chapters.append((anchor(words.content), inline.content))
    for token in tokens:
        _at_home(token.children or ())
    body = tokens[3:]  # after the title's opening, words and end
    # The Markdown is ours, and HTML inside it is switched off.
    text = mark_safe(_scrolling(reader.renderer.render(body, reader.options, {})))
    return Manual(title=title, chapters=tuple(chapters), text=text)


def source(name: str, *, language: str) -> Path:
    """Its file: NAME.md is English, NAME.cs.md Czech, and so on."""
    return FOLDER / (f"{name}.md" if language == "en" else f"{name}.{language}.md")


def _headings(tokens: Sequence[Token]) -> list[tuple[Token, Token]]:
    """Each heading with the words in it."""
    return [(one, words) for one, words in pairwise(tokens) if one.type == "heading_open"]


def anchor(heading: str) -> str:
    """The address of a heading inside its page, as readers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _at_home(tokens: Sequence[Token]) -> None:
    """Links between the files become links between our pages, pictures the static files that they are."""
    for token in tokens:
        if token.type == "image":
            name = str(token.attrs["src"]).removeprefix(_STATIC)
            width, height = _size(name)
            token.attrs |= {
                "src": staticfiles_storage.url(name),
                "width": width,
                "height": height,
                "loading": "lazy",
            }
        elif token.type == "link_open":
            link = urlsplit(str(token.attrs["href"]))
            if link.path.endswith(".md"):
                address = reverse("help_page", args=[link.path.removesuffix(".md")])
                token.attrs["href"] = address + (f"#{link.fragment}" if link.fragment else "")


def _scrolling(html: str) -> str:
    """Tables in a frame of their own that scrolls on a phone, by keyboard too."""
    framed = html.replace("<table>", '<div class="scroll" tabindex="0" role="group"><table>')
    return framed.replace("</table>", "</table></div>")


def _size(name: str) -> tuple[int, int]:
    """Width and height of a PNG, so that the page does not jump when it comes."""
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    with Path(path).open("rb") as file:
        header = file.read(24)
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
