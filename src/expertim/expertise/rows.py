"""What the pages are told about Expertises and experts. Texts are already in the language in force."""

from __future__ import annotations

from dataclasses import dataclass

from expertim.expertise.catalogue.rows import Text

Terms = dict[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRow:
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertiseRow:
    slug: str
    name: str
    introduction: str
    expert_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertisePage:
    id: int
    slug: str
    name: str
    introduction: str
    terms: Terms
    skills: tuple[SkillRow, ...]
    reasons: tuple[ReasonRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertRow:
    """An expert in a list; `id` is the person's public id, `from_price` the lowest in hundredths."""

    id: str
    name: str
    headline: str
    from_price: int | None
    photo: str = ""  # its version, empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillWithExperts:
    slug: str
    name: str
    wished: bool
    count: int
    experts: tuple[ExpertRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service as offered; price in hundredths."""

    id: str
    kind: str
    title: str
    minutes: int
    price: int
    skills: tuple[SkillRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertPage:
    id: str
    person_id: int
    name: str
    time_zone: str
    expertise: str
    expertise_id: int
    expertise_name: str
    terms: Terms
    headline: str
    introduction: str
    skills: tuple[SkillRow, ...]
    services: tuple[ServiceRow, ...]
    public: bool = False  # visitors without an account may see the page


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServices:
    """What a person offers in one Expertise."""

    expertise: str
    expertise_name: str
    services: tuple[ServiceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One service for one skill, ready to be proposed: ids, price in hundredths, and the words as they stand now.

    A meeting keeps the words as they were on the day it was proposed: the names of Expertise and skill in every
    language they have, the service's title in the language in force.
    """

    expertise_id: int
    expert_id: int
    expert_person_id: int
    service_id: int
    skill_id: int
    minutes: int
    price: int
    expertise_slug: str
    expertise_name: Text
    expert_name: str
    service_public_id: str
    service_kind: str
    service_title: str
    skill_slug: str
    skill_name: Text
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRow:
    """A skill that a person may wish to develop, or have at senior or expert level."""

    id: int
    expertise: str
    expertise_name: str
    name: str
    wished: bool
    held: bool
