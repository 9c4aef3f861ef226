"""YAML read strictly, so that every fault can be named with its line. Pure.

A file becomes nodes that know their lines; `Lined` walks them by a fixed plan, collects faults instead of
stopping at the first, and never builds a float: numbers are read from the digits as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import yaml
from django.utils.translation import gettext as _
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Value = TypeVar("Value")
Reader = Callable[[Node], Value]

_TAG = "tag:yaml.org,2002:"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # what PostgreSQL or a page cannot hold


class Wrong(ValueError):
    """What a node says is not what its place asks for; the text is for the file's author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    line: int
    text: str

    def __str__(self) -> str:
        return _("line {line}: {text}").format(line=self.line, text=self.text)


class Faulty(Exception):
    """The file cannot be used; `faults` are all that were found, in the order of their lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(map(str, self.faults)))


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


def compose(source: bytes) -> Node:
    """The file as one node. Raises Faulty where it is not UTF-8 or not YAML, or is empty."""
    try:
        node: Node | None = yaml.compose(source.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise Faulty([Fault(line=source.count(b"\n", 0, error.start) + 1, text=_("This is not UTF-8."))]) from None
    except yaml.reader.ReaderError as error:
        before = source.decode("utf-8-sig")[: error.position]
        raise Faulty([Fault(line=before.count("\n") + 1, text=_("This character cannot stand in YAML."))]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        text = _("This is not YAML: {problem}.").format(problem=error.problem or error.context)
        raise Faulty([Fault(line=mark.line + 1 if mark else 1, text=text)]) from None
    except RecursionError:
        raise Faulty([Fault(line=1, text=_("This is nested too deeply."))]) from None
    if node is None:
        raise Faulty([Fault(line=1, text=_("The file is empty."))])
    return node


@dataclass(slots=True)
class Lined:
    """Faults of one file, collected on the way."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, node: Node, text: str) -> None:
        self.faults.append(Fault(line=line_of(node), text=text))

    def fields(self, node: Node, *, allowed: tuple[str, ...], needed: tuple[str, ...] = ()) -> Fields | None:
        """The mapping's keys and values; None, with a fault, where it is no mapping."""
        if not isinstance(node, MappingNode):
            self.fault(node, _("Here must stand keys with values."))
            return None
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name not in allowed:
                self.fault(key, _("Unknown key “{key}”.").format(key=name))
            elif name in found:
                self.fault(key, _("The key “{key}” stands here twice.").format(key=name))
            else:
                found[name] = value
        for name in needed:
            if name not in found:
                self.fault(node, _("The key “{key}” is missing.").format(key=name))
        return Fields(file=self, node=node, found=found)

    def items(self, node: Node | None) -> Iterator[Node]:
        """The nodes of a list; nothing, with a fault, where it is no list."""
        if node is None:
            return
        if isinstance(node, SequenceNode):
            yield from node.value
        else:
            self.fault(node, _("Here must stand a list."))

    def read(self, node: Node, reader: Reader[Value]) -> Value | None:
        """What the reader makes of the node; None, with a fault, where it refuses."""
        try:
            return reader(node)
        except Wrong as wrong:
            self.fault(node, str(wrong))
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The keys of one mapping."""

    file: Lined
    node: MappingNode
    found: dict[str, Node]

    def read(self, key: str, reader: Reader[Value]) -> Value | None:
        node = self.found.get(key)
        return None if node is None else self.file.read(node, reader)

    def items(self, key: str) -> Iterator[Node]:
        return self.file.items(self.found.get(key))

    def once(self, key: str, value: object, seen: set[object]) -> None:
        """A fault where another entry has said the same already."""
        if value is None:
            return
        if value in seen:
            name = value if isinstance(value, str) else " · ".join(map(str, value))  # type: ignore[call-overload]
            self.file.fault(self.found[key], _("“{name}” stands here twice.").format(name=name))
        seen.add(value)


def plain_text(node: Node, *, longest: int = 10_000) -> str:
    """Words: not blank, no control characters."""
    if not isinstance(node, ScalarNode) or node.tag != f"{_TAG}str":
        raise Wrong(_("Here must stand a text (in quotes, where YAML would read it as something else)."))
    text = str(node.value)
    if not text.strip():
        raise Wrong(_("The text is empty."))
    if len(text) > longest:
        raise Wrong(_("The text is longer than {longest} characters.").format(longest=longest))
    if _FORBIDDEN.search(text):
        raise Wrong(_("The text contains a control character."))
    return text


def literal(node: Node, *kinds: str) -> str | None:
    """The characters of a scalar as written, where YAML reads it as one of these kinds (str, int, float, bool)."""
    if isinstance(node, ScalarNode) and node.tag.removeprefix(_TAG) in kinds:
        return str(node.value)
    return None


def whole(node: Node, *, least: int, most: int) -> int:
    digits = literal(node, "int")
    if digits is None or not re.fullmatch(r"0|[1-9][0-9]{0,8}", digits) or not least <= int(digits) <= most:
        raise Wrong(_("Here must stand a whole number from {least} to {most}.").format(least=least, most=most))
    return int(digits)


def yes_no(node: Node) -> bool:
    word = literal(node, "bool")
    if word is None:
        raise Wrong(_("Here must stand true or false."))
    return word.lower() in ("true", "yes", "on")


def one_of(node: Node, *, names: tuple[str, ...]) -> str:
    text = plain_text(node)
    if text not in names:
        raise Wrong(_("“{text}” is none of: {names}.").format(text=text, names=", ".join(names)))
    return text
