"""What a catalogue file says, as values. `None` means: the file is silent, leave it as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Text = str | dict[str, str]  # a text, or one per language


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillEntry:
    slug: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertiseEntry:
    slug: str
    name: Text
    introduction: Text | None = None
    policy: Mapping[str, int | Decimal] = field(default_factory=dict)  # review_bonus in hundredths
    skills: tuple[SkillEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonEntry:
    code: str
    text: Text
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEntry:
    email: str
    name: str
    time_zone: str | None = None
    date_format: str | None = None
    language: str | None = None
    credits: int | None = None  # hundredths, granted once
    operator: bool | None = None
    active: bool | None = None
    password: str | None = field(default=None, repr=False)
    wishes: tuple[tuple[str, str], ...] | None = None  # (Expertise, skill)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    slug: str
    kind: str
    title: Text
    minutes: int
    price: int  # hundredths
    skills: tuple[str, ...]
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertEntry:
    person: str
    expertise: str
    headline: Text | None = None
    introduction: Text | None = None
    skills: tuple[str, ...] | None = None
    active: bool | None = None
    services: tuple[ServiceEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    expertises: tuple[ExpertiseEntry, ...] = ()
    reject_reasons: tuple[ReasonEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()
    experts: tuple[ExpertEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is in the database already, so that a file may refer to it."""

    people: frozenset[str] = frozenset()
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by Expertise
