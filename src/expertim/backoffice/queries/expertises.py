"""Expertises with their skills and experts, whether offered or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expertim.backoffice.queries.reading import PAGE, Page, Row, paged, read


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertiseLine:
    slug: str
    name: Any
    skills: int
    experts: int
    meetings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLine:
    """An expert of one Expertise with every service, offered or not."""

    id: int
    name: str
    public_id: str
    active: bool
    signing_in: bool
    services: list[Row]


def expertises() -> tuple[ExpertiseLine, ...]:
    """In the order in which people see them."""
    rows = read(
        """SELECT x.slug, x.name, (SELECT count(*) FROM expertise_skill k WHERE k.expertise_id = x.id) AS skills,
                  (SELECT count(*) FROM expertise_expert e WHERE e.expertise_id = x.id AND e.active) AS experts,
                  (SELECT count(*) FROM meetings_meeting m WHERE m.expertise_id = x.id) AS meetings
             FROM expertise_expertise x ORDER BY x.position, x.id"""
    )
    return tuple(ExpertiseLine(**row) for row in rows)


def experts(*, expertise: int, before: int | None = None, limit: int = PAGE) -> Page[ExpertLine]:
    """The latest to be approved first."""
    rows = read(
        """SELECT e.id, p.name, p.public_id, e.active, p.is_active AS signing_in,
                  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.public_id, 'title', s.title, 'kind', s.kind,
                              'minutes', s.length_minutes, 'price', s.price, 'active', s.active)
                          ORDER BY s.position, s.id), '[]')
                     FROM expertise_service s WHERE s.expert_id = e.id) AS services
             FROM expertise_expert e JOIN people_person p ON p.id = e.person_id
            WHERE e.expertise_id = %(expertise)s AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
            ORDER BY e.id DESC LIMIT %(limit)s""",
        {"expertise": expertise, "before": before, "limit": limit + 1},
    )
    return paged([ExpertLine(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)
