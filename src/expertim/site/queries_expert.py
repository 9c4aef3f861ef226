"""What an expert's page says beside the catalogue: figures, profile, what the reader has with them. One statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from expertim.foundation.words import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An expert in an Expertise as a reader sees them; `our_…` in both roles. docs/finding.md says what is counted.

    Scheduled and held as B1 and B2 count them, as of this moment. `matching` are slugs of the reader's wishes.
    `signed_in_at` is the machine's.
    """

    expert: int  # expertise.Expert's id
    photo: str
    banner: str  # its version, empty where there is none
    linkedin: str
    position: str
    company: str
    industry: str
    city: str
    languages: tuple[str, ...]
    signed_in_at: datetime | None
    scheduled: int
    held: int
    our_scheduled: int
    our_held: int
    answer_minutes: int | None
    on_time_percent: int | None
    matching: tuple[str, ...]
    has: tuple[str, ...]  # skills at senior or expert level, by name
    favourite: bool
    welcomes: bool  # anybody may write to them
    paused_until: datetime | None  # takes no proposals before that


_STANDING = """
    WITH clock AS MATERIALIZED (SELECT platform_now() AS now), ours AS (
        SELECT state, ends_at FROM meetings_meeting WHERE user_id = %(reader)s AND expert_id = %(expert)s
        UNION ALL
        SELECT state, ends_at FROM meetings_meeting WHERE user_id = %(expert)s AND expert_id = %(reader)s),
    theirs AS (
        SELECT state, ends_at FROM meetings_meeting m
         WHERE m.expert_id = %(expert)s AND m.expertise_id = %(expertise)s)
    SELECT e.id, p.photo, coalesce((SELECT b.version FROM people_banner b WHERE b.person_id = p.id), ''),
           coalesce(f.linkedin, ''), coalesce(f.position, ''), coalesce(f.company, ''),
           coalesce(f.industry, ''), coalesce(f.city, ''), coalesce(f.languages, '{}'), p.last_login,
           (SELECT count(*) FROM theirs WHERE state IN ('awaiting_approval', 'agreed') AND ends_at > clock.now),
           (SELECT count(*) FROM theirs WHERE state = 'agreed' AND ends_at <= clock.now),
           (SELECT count(*) FROM ours WHERE state IN ('awaiting_approval', 'agreed') AND ends_at > clock.now),
           (SELECT count(*) FROM ours WHERE state = 'agreed' AND ends_at <= clock.now),
           r.answer_minutes, r.on_time_percent,
           ARRAY(SELECT k.slug FROM expertise_skillwish w JOIN expertise_skill k ON k.id = w.skill_id
                  WHERE w.person_id = %(reader)s AND k.id = ANY (l.skills) ORDER BY k.position, k.id),
           (SELECT coalesce(jsonb_agg(k.name ORDER BY k.position, k.id), '[]') FROM expertise_skillheld h
              JOIN expertise_skill k ON k.id = h.skill_id
             WHERE h.person_id = %(expert)s AND k.expertise_id = %(expertise)s),
           EXISTS (SELECT FROM expertise_favourite s WHERE s.expert_id = e.id AND s.person_id = %(reader)s),
           EXISTS (SELECT FROM chat_welcome c WHERE c.person_id = p.id),
           (SELECT a.paused_until FROM expertise_availability a WHERE a.person_id = p.id AND a.paused_until > clock.now)
      FROM clock, expertise_expert e
      JOIN people_person p ON p.id = e.person_id
      LEFT JOIN people_profile f ON f.person_id = p.id
      LEFT JOIN expertise_listing l ON l.expert_id = e.id
      LEFT JOIN expertise_reliability r ON r.expert_id = e.id
     WHERE e.person_id = %(expert)s AND e.expertise_id = %(expertise)s"""


def standing(*, expert: int, expertise: int, reader: int | None) -> Standing:
    """Of an expert (a person's id) who is listed in that Expertise (by id); `reader` None: a visitor."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"expert": expert, "expertise": expertise, "reader": reader})
        row: Any = cursor.fetchone()
    number, photo, banner, linkedin, position, company, industry, city, languages, signed_in_at, *figures = row
    scheduled, held, our_scheduled, our_held, answer_minutes, on_time_percent, *more = figures
    matching, has, favourite, welcomes, paused = more
    return Standing(
        expert=number,
        photo=photo,
        banner=banner,
        linkedin=linkedin,
        position=position,
        company=company,
        industry=industry,
        city=city,
        languages=tuple(languages),
        signed_in_at=signed_in_at,
        scheduled=scheduled,
        held=held,
        our_scheduled=our_scheduled,
        our_held=our_held,
        answer_minutes=answer_minutes,
        on_time_percent=on_time_percent,
        matching=tuple(matching),
        has=tuple(in_language(name) for name in json.loads(has)),
        favourite=favourite,
        welcomes=welcomes,
        paused_until=paused,
    )
