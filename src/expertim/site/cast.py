"""Who is who in the demo: the people of its catalogue whom anybody may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from expertim.expertise.catalogue.reading import read_catalogue
from expertim.expertise.catalogue.rows import Known
from expertim.meetings.facts import By

FOLDER = Path(__file__).resolve().parent / "demo"
# Those whom the README names and the tours follow.
USER, EXPERT, OPERATOR = "jana@example.org", "petr@example.org", "operator@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person of the demo; `role` is what they mostly are there."""

    email: str
    name: str
    password: str
    role: By


@cache
def cast() -> tuple[Someone, ...]:
    """Everybody with a password, in the catalogue's order. Raises Faulty for a catalogue that cannot be read."""
    catalogue = read_catalogue((FOLDER / "catalogue.yaml").read_bytes(), known=Known())
    experts = {expert.person for expert in catalogue.experts}
    return tuple(
        Someone(
            email=person.email,
            name=person.name,
            password=person.password,
            role=By.OPERATOR if person.operator else By.EXPERT if person.email in experts else By.USER,
        )
        for person in catalogue.people
        if person.password
    )
