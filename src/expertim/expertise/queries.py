"""Reading Expertises and experts: one statement each, whatever the number of rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from expertim.expertise.models import PERCENTS, POLICY, Expertise
from expertim.expertise.rows import (
    ExpertisePage,
    ExpertiseRow,
    ExpertPage,
    ExpertRow,
    Offer,
    OwnServices,
    ReasonRow,
    ServiceRow,
    SkillRow,
    SkillWithExperts,
    Terms,
    WishRow,
)
from expertim.foundation.words import in_language

# Built in the database, so that a page costs one trip. Every name in these texts is ours, never a person's.
_POLICY = "jsonb_build_object(" + ", ".join(f"'{name}', x.{name}" for name in POLICY) + ")"
_SKILL = "jsonb_build_object('slug', k.slug, 'name', k.name) ORDER BY k.position, k.id"
_SERVICES = f"""(
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.public_id, 'kind', s.kind, 'title', s.title,
               'minutes', s.length_minutes, 'price', s.price, 'skills', (
                   SELECT coalesce(jsonb_agg({_SKILL}), '[]') FROM expertise_service_skills sk
                   JOIN expertise_skill k ON k.id = sk.skill_id WHERE sk.service_id = s.id))
               ORDER BY s.position, s.id), '[]')
    FROM expertise_service s WHERE s.expert_id = e.id AND s.active)"""
_LISTED = "expertise_expert e JOIN people_person p ON p.id = e.person_id AND p.is_active"


def expertises() -> tuple[ExpertiseRow, ...]:
    """Every Expertise in the operator's order."""
    rows = _all(
        f"""SELECT x.slug, x.name, x.introduction,
                   (SELECT count(*) FROM {_LISTED} WHERE e.expertise_id = x.id AND e.active) AS expert_count
            FROM expertise_expertise x ORDER BY x.position, x.id""",
        {},
    )
    return tuple(
        ExpertiseRow(
            slug=row["slug"],
            name=in_language(row["name"]),
            introduction=in_language(row["introduction"]),
            expert_count=row["expert_count"],
        )
        for row in rows
    )


def expertise(slug: str) -> ExpertisePage | None:
    """One Expertise with its skills, its policy and the reasons for rejecting that are offered."""
    return next(iter(_pages("WHERE x.slug = %(slug)s", {"slug": slug})), None)


def expertise_pages(*, after: str | None = None, limit: int) -> tuple[ExpertisePage, ...]:
    """Expertises as whole as that, in the operator's order; those after the one of a slug."""
    beyond = "WHERE (x.position, x.id) > (SELECT l.position, l.id FROM expertise_expertise l WHERE l.slug = %(after)s)"
    condition = "" if after is None else beyond
    return _pages(f"{condition} ORDER BY x.position, x.id LIMIT %(limit)s", {"after": after, "limit": limit})


def _pages(condition: str, values: dict[str, Any]) -> tuple[ExpertisePage, ...]:
    rows = _all(
        f"""SELECT x.id, x.slug, x.name, x.introduction, {_POLICY} AS policy,
                   (SELECT coalesce(jsonb_agg({_SKILL}), '[]') FROM expertise_skill k
                    WHERE k.expertise_id = x.id) AS skills,
                   (SELECT coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'text', r.text)
                                              ORDER BY r.position, r.id), '[]')
                    FROM expertise_rejectreason r WHERE r.active) AS reasons
            FROM expertise_expertise x {condition}""",
        values,
    )
    return tuple(
        ExpertisePage(
            id=row["id"],
            slug=row["slug"],
            name=in_language(row["name"]),
            introduction=in_language(row["introduction"]),
            terms=_terms(row["policy"]),
            skills=_skills(row["skills"]),
            reasons=tuple(ReasonRow(code=r["code"], text=in_language(r["text"])) for r in row["reasons"]),
        )
        for row in rows
    )


def reject_reasons() -> tuple[ReasonRow, ...]:
    """The reasons one may choose from when rejecting (A2, D5)."""
    rows = _all("SELECT code, text FROM expertise_rejectreason WHERE active ORDER BY position, id", {})
    return tuple(ReasonRow(code=row["code"], text=in_language(row["text"])) for row in rows)


def experts_by_skill(*, expertise: str, person_id: int | None, per_skill: int = 12) -> tuple[SkillWithExperts, ...]:
    """B5: under each skill the experts who serve it, the person's wishes first; at most `per_skill` of each."""
    # Over the whole Expertise at once: skill by skill it read every expert once for each.
    rows = _all(
        f"""WITH skills AS MATERIALIZED (
                SELECT k.id, k.slug, k.name, k.position,
                       EXISTS (SELECT FROM expertise_skillwish w
                               WHERE w.skill_id = k.id AND w.person_id = %(person)s) AS wished
                FROM expertise_skill k JOIN expertise_expertise x ON x.id = k.expertise_id WHERE x.slug = %(slug)s),
            listed AS MATERIALIZED (
                SELECT e.id, p.public_id, p.name, p.photo, e.headline
                FROM {_LISTED} JOIN expertise_expertise x ON x.id = e.expertise_id
                WHERE e.active AND x.slug = %(slug)s),
            placed AS (
                SELECT o.skill_id, o.expert_id, min(o.price) AS from_price, count(*) OVER every AS count,
                       row_number() OVER (every ORDER BY min(l.name), o.expert_id) AS place
                FROM listed l JOIN {_SERVED} o ON o.expert_id = l.id
                GROUP BY o.skill_id, o.expert_id WINDOW every AS (PARTITION BY o.skill_id))
            SELECT k.slug, k.name, k.wished, coalesce(max(f.count), 0) AS count,
                   coalesce(jsonb_agg(jsonb_build_object('id', l.public_id, 'name', l.name, 'photo', l.photo,
                                                         'headline', l.headline,
                                                         'from_price', f.from_price) ORDER BY f.place)
                            FILTER (WHERE l.id IS NOT NULL), '[]') AS experts
            FROM skills k LEFT JOIN (placed f JOIN listed l ON l.id = f.expert_id)
                 ON f.skill_id = k.id AND f.place <= %(most)s
            GROUP BY k.id, k.slug, k.name, k.wished, k.position ORDER BY k.wished DESC, k.position, k.id""",
        {"slug": expertise, "person": person_id, "most": per_skill},
    )
    return tuple(
        SkillWithExperts(
            slug=row["slug"],
            name=in_language(row["name"]),
            wished=row["wished"],
            count=row["count"],
            experts=tuple(_expert(expert) for expert in row["experts"]),
        )
        for row in rows
    )


def experts(*, expertise: str, skill: str | None = None, limit: int = 100) -> tuple[ExpertRow, ...]:
    """The experts of an Expertise by name, those of one skill where it is given."""
    rows = _all(
        f"""SELECT p.public_id AS id, p.name, p.photo, e.headline,
                   (SELECT min(s.price) FROM expertise_service s WHERE s.expert_id = e.id AND s.active) AS from_price
            FROM {_LISTED} JOIN expertise_expertise x ON x.id = e.expertise_id
            LEFT JOIN expertise_skill k ON k.expertise_id = x.id AND k.slug = %(skill)s
            WHERE e.active AND x.slug = %(slug)s AND (%(skill)s::text IS NULL OR {_serves("k.id")})
            ORDER BY p.name, e.id LIMIT %(limit)s""",
        {"slug": expertise, "skill": skill, "limit": limit},
    )
    return tuple(_expert(row) for row in rows)


def expert_page(*, expertise: str, public_id: str) -> ExpertPage | None:
    """One listed expert with skills and the services on offer; by the person's public id."""
    return next(iter(expert_pages(expertise=expertise, public_ids=[public_id])), None)


def expert_pages(*, expertise: str, public_ids: list[str]) -> tuple[ExpertPage, ...]:
    """Some listed experts of an Expertise by name, as whole as that."""
    rows = _all(
        f"""SELECT p.public_id, p.id AS person_id, p.name, p.time_zone, x.slug, x.id AS expertise_id,
                   x.name AS expertise_name,
                   {_POLICY} AS policy, e.headline, e.introduction, e.public,
                   (SELECT coalesce(jsonb_agg({_SKILL}), '[]') FROM expertise_skill k
                    WHERE k.expertise_id = x.id AND {_serves("k.id")}) AS skills, {_SERVICES} AS services
            FROM {_LISTED} JOIN expertise_expertise x ON x.id = e.expertise_id
            WHERE e.active AND x.slug = %(slug)s AND p.public_id = ANY (%(public_ids)s) ORDER BY p.name, p.public_id""",
        {"slug": expertise, "public_ids": public_ids},
    )
    return tuple(
        ExpertPage(
            id=row["public_id"],
            person_id=row["person_id"],
            name=row["name"],
            time_zone=row["time_zone"],
            expertise=row["slug"],
            expertise_id=row["expertise_id"],
            expertise_name=in_language(row["expertise_name"]),
            terms=_terms(row["policy"]),
            headline=in_language(row["headline"]),
            introduction=in_language(row["introduction"]),
            skills=_skills(row["skills"]),
            services=_services(row["services"]),
            public=row["public"],
        )
        for row in rows
    )


def public_pages(*, limit: int) -> tuple[tuple[str, str], ...]:
    """Expertise and public id of each listed expert whom visitors without an account may see."""
    rows = _all(
        f"""SELECT x.slug, p.public_id FROM {_LISTED} JOIN expertise_expertise x ON x.id = e.expertise_id
            WHERE e.active AND e.public ORDER BY e.id LIMIT %(limit)s""",
        {"limit": limit},
    )
    return tuple((row["slug"], row["public_id"]) for row in rows)


def codes_of(*, services: list[int], skills: list[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Public ids of services and slugs of skills, by their numbers; on offer or not."""
    rows = _all(
        """SELECT 1 AS kind, s.id, s.public_id AS code FROM expertise_service s WHERE s.id = ANY (%(services)s)
           UNION ALL SELECT 2, k.id, k.slug FROM expertise_skill k WHERE k.id = ANY (%(skills)s)""",
        {"services": services, "skills": skills},
    )
    found: tuple[dict[int, str], dict[int, str]] = ({}, {})
    for row in rows:
        found[row["kind"] - 1][row["id"]] = row["code"]
    return found


def places_of(person_id: int) -> tuple[tuple[str, str], ...]:
    """Slug and name of each Expertise in which this person is listed as an expert."""
    rows = _all(
        """SELECT x.slug, x.name FROM expertise_expert e JOIN expertise_expertise x ON x.id = e.expertise_id
            WHERE e.active AND e.person_id = %(person)s ORDER BY x.position, x.id""",
        {"person": person_id},
    )
    return tuple((row["slug"], in_language(row["name"])) for row in rows)


def services_of(person_id: int) -> tuple[OwnServices, ...]:
    """What this person offers, by Expertise: what an expert may propose (P2)."""
    rows = _all(
        f"""SELECT x.slug, x.name, {_SERVICES} AS services
            FROM expertise_expert e JOIN expertise_expertise x ON x.id = e.expertise_id
            WHERE e.active AND e.person_id = %(person)s ORDER BY x.position, x.id""",
        {"person": person_id},
    )
    return tuple(
        OwnServices(expertise=row["slug"], expertise_name=in_language(row["name"]), services=_services(row["services"]))
        for row in rows
    )


def offer(*, expertise_slug: str, expert_public_id: str, service_public_id: str, skill_slug: str) -> Offer | None:
    """What is to be proposed (P1, P2); None where that expert does not offer that service for that skill there."""
    rows = _all(
        f"""SELECT x.id AS expertise_id, e.id AS expert_id, p.id AS expert_person_id, s.id AS service_id,
                   k.id AS skill_id, s.length_minutes AS minutes, s.price, x.slug AS expertise_slug,
                   x.name AS expertise_name, p.name AS expert_name, s.public_id AS service_public_id,
                   s.kind AS service_kind, s.title AS service_title, k.slug AS skill_slug, k.name AS skill_name,
                   {_POLICY} AS policy
            FROM {_LISTED}
            JOIN expertise_expertise x ON x.id = e.expertise_id
            JOIN expertise_service s ON s.expert_id = e.id AND s.active
            JOIN expertise_service_skills sk ON sk.service_id = s.id
            JOIN expertise_skill k ON k.id = sk.skill_id AND k.expertise_id = x.id
            WHERE e.active AND x.slug = %(expertise)s AND p.public_id = %(expert)s
              AND s.public_id = %(service)s AND k.slug = %(skill)s""",
        {
            "expertise": expertise_slug,
            "expert": expert_public_id,
            "service": service_public_id,
            "skill": skill_slug,
        },
    )
    for row in rows:
        policy, title = row.pop("policy"), in_language(row.pop("service_title"))
        return Offer(**row, service_title=title, terms=_terms(policy))
    return None


def skills_to_wish(person_id: int) -> tuple[WishRow, ...]:
    """Every skill of every Expertise, whether this person wants to develop it, and whether they have it already."""
    rows = _all(
        """SELECT k.id, x.slug, x.name AS expertise_name, k.name,
                  EXISTS (SELECT FROM expertise_skillwish w WHERE w.skill_id = k.id AND w.person_id = %(person)s)
                  AS wished,
                  EXISTS (SELECT FROM expertise_skillheld h WHERE h.skill_id = k.id AND h.person_id = %(person)s)
                  AS held
           FROM expertise_skill k JOIN expertise_expertise x ON x.id = k.expertise_id
           ORDER BY x.position, x.id, k.position, k.id""",
        {"person": person_id},
    )
    return tuple(
        WishRow(
            id=row["id"],
            expertise=row["slug"],
            expertise_name=in_language(row["expertise_name"]),
            name=in_language(row["name"]),
            wished=row["wished"],
            held=row["held"],
        )
        for row in rows
    )


def skills_held(person_id: int) -> tuple[str, ...]:
    """What somebody says they have at senior or expert level, in every Expertise."""
    rows = _all(
        """SELECT k.name FROM expertise_skillheld h JOIN expertise_skill k ON k.id = h.skill_id
             JOIN expertise_expertise x ON x.id = k.expertise_id WHERE h.person_id = %(person)s
            ORDER BY x.position, x.id, k.position, k.id""",
        {"person": person_id},
    )
    return tuple(in_language(row["name"]) for row in rows)


def terms_of(expertise: Expertise) -> Terms:
    """The policy in force as a meeting freezes it: hours and minutes, percents as "50.00", the bonus in hundredths."""
    return _terms({name: getattr(expertise, name) for name in POLICY})


def _terms(policy: Mapping[str, Any]) -> Terms:
    return {name: f"{policy[name]:.2f}" if name in PERCENTS else int(policy[name]) for name in POLICY}


# An expert serves a skill by naming it, or by offering a service for it.
_SERVED = """(SELECT es.expert_id, es.skill_id, NULL::bigint AS price FROM expertise_expert_skills es
              UNION ALL
              SELECT s.expert_id, sk.skill_id, s.price FROM expertise_service s
              JOIN expertise_service_skills sk ON sk.service_id = s.id WHERE s.active)"""


def _serves(skill: str) -> str:
    return f"EXISTS (SELECT FROM {_SERVED} o WHERE o.expert_id = e.id AND o.skill_id = {skill})"


def _expert(row: Mapping[str, Any]) -> ExpertRow:
    return ExpertRow(
        id=row["id"],
        name=row["name"],
        photo=row["photo"],
        headline=in_language(row["headline"]),
        from_price=row["from_price"],
    )


def _skills(rows: list[dict[str, Any]]) -> tuple[SkillRow, ...]:
    return tuple(SkillRow(slug=row["slug"], name=in_language(row["name"])) for row in rows)


def _services(rows: list[dict[str, Any]]) -> tuple[ServiceRow, ...]:
    return tuple(
        ServiceRow(
            id=row["id"],
            kind=row["kind"],
            title=in_language(row["title"]),
            minutes=row["minutes"],
            price=row["price"],
            skills=_skills(row["skills"]),
        )
        for row in rows
    )


def _all(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        columns = cursor.description or ()
        # Django reads jsonb as text; percentages stay exact because they are read as Decimal, never as floats.
        return [
            {
                column.name: json.loads(value, parse_float=Decimal) if column.type_code == _JSONB and value else value
                for column, value in zip(columns, row, strict=True)
            }
            for row in cursor.fetchall()
        ]


_JSONB = 3802  # PostgreSQL's type number
