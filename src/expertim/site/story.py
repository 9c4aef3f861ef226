"""A story: acts by offset from a moment, read strictly. Whoever plays it is in site/player.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from yaml.nodes import Node

from expertim.expertise.catalogue import values
from expertim.foundation.durations import parse_duration
from expertim.foundation.lined import Faulty, Fields, Lined, Wrong, compose, line_of, one_of, plain_text, whole
from expertim.meetings.facts import Act, Progress, Said

Reader = Callable[[Node], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAct:
    """One act: when, by whom (e-mail), on which meeting (its label in the story), and what was typed."""

    line: int
    at: timedelta
    by: str
    act: Act
    meeting: str
    typed: Mapping[str, Any] = field(default_factory=dict)


def offset(node: Node) -> timedelta:
    """-27d2h6m or +3d: how long before or after the moment that the story counts from."""
    text = plain_text(node)
    try:
        length = parse_duration(text[1:])
    except ValueError:
        length = None
    if length is None or text[0] not in "+-":
        raise Wrong(_("“{text}” is not an offset such as -27d2h6m or +3d.").format(text=text))
    return length if text[0] == "+" else -length


_message = partial(plain_text, longest=2000)
_OFFER: dict[str, Reader] = {
    "as": values.slug,
    "expertise": values.slug,
    "service": values.slug,
    "skill": values.slug,
    "start": offset,
}
_COUNTERPARTY: dict[str, Reader] = {"expert": values.email, "user": values.email}
# Of each act: what must be typed, and what may be.
_FIELDS: dict[Act, tuple[dict[str, Reader], dict[str, Reader]]] = {
    Act.PROPOSE: (
        _OFFER,
        {**_COUNTERPARTY, "message": _message, "minutes": values.minutes, "price": values.price},
    ),
    Act.CONFIRM: ({}, {}),
    Act.REJECT: ({"reason": values.slug}, {"message": _message}),
    Act.WITHDRAW: ({}, {}),
    Act.CANCEL: ({"reason": _message}, {}),
    Act.RESCHEDULE: ({"start": offset}, {"message": _message}),
    Act.ALTERNATIVE_CONFIRM: ({}, {}),
    Act.ALTERNATIVE_REJECT: ({"reason": values.slug}, {"message": _message}),
    Act.ALTERNATIVE_WITHDRAW: ({}, {}),
    Act.JOIN: ({}, {}),
    Act.EVALUATE: (
        {"progress": partial(one_of, names=tuple(word.value for word in Said))},
        {"stars": partial(whole, least=1, most=5), "review": partial(plain_text, longest=5000)},
    ),
    Act.SETTLE: (
        {
            "outcome": partial(one_of, names=tuple(word.value for word in Progress if word is not Progress.DISPUTED)),
            "fee": values.price,
            "note": _message,
        },
        {},
    ),
}
_act = partial(one_of, names=tuple(act.value for act in _FIELDS))


def read_story(source: bytes) -> tuple[StoryAct, ...]:
    """The acts in the order of the file, which is the order of their moments. Raises Faulty with every fault."""
    reading = _Reading()
    acts = [reading.act(node) for node in reading.file.items(compose(source))]
    if reading.file.faults:
        raise Faulty(reading.file.faults)
    return tuple(act for act in acts if act is not None)


class _Reading:
    def __init__(self) -> None:
        self.file = Lined()
        self.labels: set[object] = set()
        self.last: timedelta | None = None

    def act(self, node: Node) -> StoryAct | None:
        """One act; the keys that may stand there are judged once it is known which act it is."""
        everything = {key for needed, may in _FIELDS.values() for key in (*needed, *may)}
        allowed = ("at", "by", "act", "meeting", *sorted(everything))
        fields = self.file.fields(node, allowed=allowed, needed=("at", "by", "act"))
        if fields is None:
            return None
        at, by, name = fields.read("at", offset), fields.read("by", values.email), fields.read("act", _act)
        if at is not None:
            self._in_order(fields, at)
        if at is None or by is None or name is None:
            return None
        act = Act(name)
        typed = self._typed(fields, act)
        label = self._label(fields, act)
        return StoryAct(line=line_of(node), at=at, by=by, act=act, meeting=label or "", typed=typed)

    def _in_order(self, fields: Fields, at: timedelta) -> None:
        if at > timedelta(0):
            self.file.fault(fields.found["at"], _("A story has no acts in the future."))
        if self.last is not None and at < self.last:
            self.file.fault(fields.found["at"], _("This act stands after a later one."))
        self.last = at

    def _typed(self, fields: Fields, act: Act) -> dict[str, Any]:
        needed, may = _FIELDS[act]
        readers = {**needed, **may}
        for key in fields.found:
            if key not in readers and key not in ("at", "by", "act", "meeting"):
                self.file.fault(fields.found[key], _("“{key}” does not belong to this act.").format(key=key))
        for key in needed:
            if key not in fields.found:
                self.file.fault(fields.node, _("The key “{key}” is missing.").format(key=key))
        if act is Act.PROPOSE and len(_COUNTERPARTY.keys() & fields.found.keys()) != 1:
            self.file.fault(fields.node, _("A proposal goes to an expert or to a user: name one of the two."))
        return {key: fields.read(key, reader) for key, reader in readers.items() if key in fields.found}

    def _label(self, fields: Fields, act: Act) -> str | None:
        """A proposal names its meeting with `as`; every other act speaks of a meeting named before."""
        if act is Act.PROPOSE:
            label = fields.read("as", values.slug) if "as" in fields.found else None
            fields.once("as", label, self.labels)
            return label
        label = fields.read("meeting", values.slug)
        if "meeting" not in fields.found:
            self.file.fault(fields.node, _("The key “{key}” is missing.").format(key="meeting"))
        elif label is not None and label not in self.labels:
            text = _("No meeting “{label}” has been proposed before this line.").format(label=label)
            self.file.fault(fields.found["meeting"], text)
        return label
