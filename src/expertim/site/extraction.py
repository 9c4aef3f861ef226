"""Every translatable string of our source, and every visible word that cannot be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from jinja2 import Environment, TemplateSyntaxError, nodes

KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_LITERAL = {"n", "p"}  # each of npgettext's marks stands for one literal more: the plural, the context
# As foundation/templates.py sets the pages' environment up: what Babel reads must be what the pages ask for.
_JINJA_OPTIONS = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
_FORMAT = re.compile(r"%(\(\w+\))?[sd]")
_SPOKEN_ATTRIBUTES = {"alt", "title", "aria-label", "aria-description", "placeholder", "data-label"}
_SPOKEN_ARGUMENTS = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label"}
# Elements whose text nobody reads, or reads as it is in every language.
_UNSPOKEN = {"script", "style", "code", "kbd", "samp"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """Something on a line that keeps a page from being translated."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@dataclass(slots=True, kw_only=True)
class Found:
    """What one walk through the source has found."""

    catalogue: Catalog
    faults: list[Fault] = field(default_factory=list)


def extract(root: Path, *, version: str = "") -> Found:
    """Walk the package's Python and its jinja2/ folders; paths are told from the folder that `root` stands in."""
    found = Found(catalogue=Catalog(project="Expertim", version=version, fuzzy=False, header_comment="# Expertim"))
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root.parent).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            _extract_file(found, path, name, "python", {})
            found.faults += [*_not_literal(path.read_text(), name), *_bare(path.read_text(), name)]
        elif "jinja2" in path.relative_to(root).parts and path.suffix in (".html", ".txt"):
            try:
                _extract_file(found, path, name, "jinja2.ext:babel_extract", _JINJA_OPTIONS)
            except TemplateSyntaxError as error:
                found.faults.append(Fault(file=name, line=error.lineno, what=f"not a template: {error.message}"))
                continue
            found.faults += untranslated(path.read_text(), file=name)
    return found


def _extract_file(found: Found, path: Path, name: str, method: str, options: dict[str, str]) -> None:
    messages = extract_from_file(method, path, keywords=KEYWORDS, options=options, comment_tags=["Translators:"])
    for line, message, comments, context in messages:
        added = found.catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
        if not _FORMAT.search(" ".join(message) if isinstance(message, tuple) else message):
            added.flags.discard("python-format")  # "(% of the price)" is none


def _not_literal(source: str, name: str) -> Iterator[Fault]:
    """Calls of gettext that Babel passes over in silence: with a variable, an f-string, a sum."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS and node.args:
            marks = node.func.id.removesuffix("_lazy").removesuffix("gettext")
            spoken = node.args[: len(_LITERAL & set(marks)) + 1]
            if not all(isinstance(argument, ast.Constant) for argument in spoken):
                yield Fault(file=name, line=node.lineno, what=f"not a literal: {ast.unparse(node)}")


# ---------------------------------------------------------------- words outside gettext


def _bare(source: str, name: str) -> Iterator[Fault]:
    """Words of Python that go onto a page as they are: labels of forms and models, problems with what was typed."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        texts = [keyword.value for keyword in node.keywords if keyword.arg in _SPOKEN_ARGUMENTS]
        if called.endswith("ValidationError") or called.startswith("messages."):
            texts += node.args
        for text in texts:
            if isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                yield _outside(name, text.lineno, ast.unparse(text))


def untranslated(source: str, *, file: str) -> list[Fault]:
    """Visible words of a template that stand outside `_()` and `{% trans %}`."""
    shown = _without_jinja(source)
    if file.endswith(".txt"):
        lines = shown.split("\n")
        return [_outside(file, number, line) for number, line in enumerate(lines, 1) if _has_letters(line)]
    reader = _Reader(file)
    reader.feed(shown)
    reader.close()
    return reader.faults


def _without_jinja(source: str) -> str:
    """The template's own text, line by line as it was: of expressions only the literals that they would print."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    kept: list[str] = []
    expression: list[str] | None = None
    statement = ""
    translating = False
    for _line, token, value in environment.lex(source):
        blank = "\n" * value.count("\n")
        if token == "data":
            kept.append(blank if translating else value)
            continue
        if token == "variable_begin":
            expression = []
        elif token == "variable_end" and expression is not None:
            # A mark that is no letter: an attribute may consist of the expression alone.
            kept.append("" if translating else " ".join(["\N{BULLET}", *_printed(environment, "".join(expression))]))
            expression = None
        elif token == "block_begin":
            statement = ""
        elif token == "name" and not statement:
            statement = value
            translating = {"trans": True, "endtrans": False}.get(value, translating)
        if expression is not None and token != "variable_begin":
            expression.append(value)
        kept.append(blank)
    return "".join(kept)


def _printed(environment: Environment, expression: str) -> Iterator[str]:
    """The string literals that an expression may print as they are."""
    output = environment.parse("{{" + expression + "}}").body[0]
    waiting: list[nodes.Node | None] = list(output.nodes) if isinstance(output, nodes.Output) else []
    while waiting:
        match waiting.pop():
            case nodes.Const(value=str() as text) | nodes.TemplateData(data=text):
                yield " ".join(text.split())
            case nodes.CondExpr(expr1=one, expr2=other):
                waiting += [one, other]
            case nodes.BinExpr(left=one, right=other):
                waiting += [one, other]
            case nodes.Concat(nodes=several):
                waiting += several


class _Reader(HTMLParser):
    """Collects the words that a reader of the page would see or hear."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[Fault] = []
        self._file = file
        self._unspoken: list[str] = []  # open elements within one whose text is left as it is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _SPOKEN_ATTRIBUTES and value and _has_letters(value):
                self.faults.append(_outside(self._file, self.getpos()[0], f'{name}="{value}"'))
        silent = tag in _UNSPOKEN or ("translate", "no") in attrs
        if tag not in _VOID and (self._unspoken or silent):
            self._unspoken.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unspoken:
            while self._unspoken.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._unspoken:
            return
        for number, line in enumerate(data.split("\n"), self.getpos()[0]):
            if _has_letters(line):
                self.faults.append(_outside(self._file, number, line))


def _outside(file: str, line: int, text: str) -> Fault:
    shown = " ".join(text.replace("\N{BULLET}", " ").split())
    return Fault(file=file, line=line, what=f"outside gettext: {shown[:80]}")


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)
