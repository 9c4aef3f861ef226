"""What an expert's timelines say of them: counted from events and Joins, never from stars (docs/finding.md).

The figures stand with the catalogue, where finding reads them, and beside them when the expert is next free; this room
knows the timelines, so it counts. The worker does so for whoever has had an event since, and once a day for everybody,
because time alone changes them too.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from expertim.meetings.free import next_free

DAYS = 365  # that are looked back
MOST_MEETINGS = 200  # of an expert in an Expertise, the latest
LEAST_ASKED = 3  # below it, how fast somebody answers is chance
LEAST_JOINED = 3  # and so is how punctual they are
SHARE_ANSWERED = 0.75  # "usually": three of four
GRACE_MINUTES = 5  # until then a Join is on time
SETTLED_SECONDS = 60  # after which no event with a lower number can still be committed

_COUNT = """
    WITH clock AS MATERIALIZED (SELECT platform_now() AS now),
    asked AS (SELECT e.id, e.person_id, e.expertise_id FROM expertise_expert e WHERE e.id = ANY (%(experts)s)),
    recent AS MATERIALIZED (
        SELECT a.id AS expert, m.* FROM asked a CROSS JOIN clock CROSS JOIN LATERAL (
            SELECT m.id, m.generation, m.state, m.starts_at, m.ends_at FROM meetings_meeting m
             WHERE m.expert_id = a.person_id AND m.expertise_id = a.expertise_id
               AND m.starts_at > clock.now - make_interval(days => %(days)s)
             ORDER BY m.starts_at DESC LIMIT %(most)s) m),
    -- What the user asked of the expert: a proposal, or another date. What came of it is the next event that ends it.
    answers AS (
        SELECT r.expert, CASE WHEN over.by = 'expert' THEN extract(epoch FROM over.at - t.at) / 60
                              ELSE 'infinity'::float8 END AS minutes
          FROM recent r JOIN meetings_timelineevent t ON t.meeting_id = r.id AND t.by = 'user'
           AND (t.event = 'alternative_selected' OR (t.event = 'approved' AND t.sequence = 1))
         CROSS JOIN LATERAL (
            SELECT o.by, o.at, o.event FROM meetings_timelineevent o
             WHERE o.meeting_id = t.meeting_id AND o.sequence > t.sequence
               AND ((o.by = 'expert'
                     AND o.event IN ('approved', 'rejected', 'alternative_approved', 'alternative_rejected'))
                    OR o.event IN ('expired', 'alternative_lapsed', 'alternative_cancelled', 'cancelled'))
             ORDER BY o.sequence LIMIT 1) over
         WHERE over.event NOT IN ('alternative_cancelled', 'cancelled')),
    answered AS (
        SELECT expert, percentile_disc(%(share)s) WITHIN GROUP (ORDER BY minutes) AS minutes
          FROM answers GROUP BY expert HAVING count(*) >= %(least_asked)s),
    joined AS (
        SELECT r.expert, coalesce(mine.at <= r.starts_at + make_interval(mins => %(grace)s), false) AS in_time
          FROM recent r CROSS JOIN clock CROSS JOIN LATERAL (
            SELECT min(j.at) FILTER (WHERE j.party = 'expert') AS at, count(*) AS joins FROM meetings_attendance j
             WHERE j.meeting_id = r.id AND j.generation = r.generation AND j.at < r.ends_at) mine
         WHERE r.state = 'agreed' AND r.ends_at <= clock.now AND mine.joins > 0),
    punctual AS (
        SELECT expert, floor(100.0 * count(*) FILTER (WHERE in_time) / count(*)) AS percent
          FROM joined GROUP BY expert HAVING count(*) >= %(least_joined)s)
    INSERT INTO expertise_reliability (expert_id, counted_at, held, answer_minutes, on_time_percent)
    SELECT a.id, clock.now,
           (SELECT count(*) FROM meetings_meeting m WHERE m.expert_id = a.person_id
               AND m.expertise_id = a.expertise_id AND m.state = 'agreed' AND m.ends_at <= clock.now),
           CASE WHEN answered.minutes < 'infinity' THEN least(ceil(answered.minutes), 2147483647) END, punctual.percent
      FROM asked a CROSS JOIN clock
      LEFT JOIN answered ON answered.expert = a.id LEFT JOIN punctual ON punctual.expert = a.id
     ORDER BY a.id
    ON CONFLICT (expert_id) DO UPDATE SET counted_at = excluded.counted_at, held = excluded.held,
        answer_minutes = excluded.answer_minutes, on_time_percent = excluded.on_time_percent"""
_TOUCHED = """
    SELECT t.id, e.id, t.recorded_at < clock_timestamp() - make_interval(secs => %(settled)s)
      FROM meetings_timelineevent t JOIN meetings_meeting m ON m.id = t.meeting_id
      LEFT JOIN expertise_expert e ON e.person_id = m.expert_id AND e.expertise_id = m.expertise_id
     WHERE t.id > %(event)s ORDER BY t.id LIMIT %(limit)s"""
_OLD = """
    SELECT e.id FROM expertise_expert e LEFT JOIN expertise_reliability r ON r.expert_id = e.id
     WHERE e.active AND (r.counted_at IS NULL OR r.counted_at <= platform_now() - interval '1 day'
           OR (coalesce(r.next_free_at <= platform_now(), true)
               AND EXISTS (SELECT FROM expertise_weeklyhours h WHERE h.expert_id = e.id)
               AND r.counted_at <= platform_now() - interval '5 minutes'))
     ORDER BY r.counted_at NULLS FIRST, e.id LIMIT %s"""


def count(*, experts: list[int]) -> None:
    """Count the timelines of these experts (expertise_expert's ids) anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "experts": experts,
                "days": DAYS,
                "most": MOST_MEETINGS,
                "share": SHARE_ANSWERED,
                "least_asked": LEAST_ASKED,
                "least_joined": LEAST_JOINED,
                "grace": GRACE_MINUTES,
            },
        )
        free = next_free(expert_ids=experts)
        cursor.execute(
            "UPDATE expertise_reliability r SET next_free_at = f.at"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS f (expert, at) WHERE r.expert_id = f.expert",
            [experts, [free.get(expert) for expert in experts]],
        )


@transaction.atomic
def count_due(*, limit: int) -> int:
    """Count experts whose figures may have changed, some `limit` at once; answers `limit` where there are more to do.

    One worker at a time.
    """
    with connection.cursor() as cursor:
        # Not there after a migration: a backup is put back into tables without a row.
        cursor.execute("INSERT INTO expertise_counted (id, event) VALUES (1, 0) ON CONFLICT DO NOTHING")
        cursor.execute("SELECT event FROM expertise_counted FOR UPDATE SKIP LOCKED")
        row = cursor.fetchone()
        if row is None:
            return 0
        mark = row[0] or _settled_already(cursor)  # at first everybody is counted, whatever their events
        most = 10 * limit
        cursor.execute(_TOUCHED, {"event": mark, "settled": SETTLED_SECONDS, "limit": most})
        touched = cursor.fetchall()
        # An event that is written later may have a lower number: only what has settled is left behind.
        settled = max((event for event, _expert, old in touched if old), default=mark)
        cursor.execute(_OLD, [limit])
        old = [found[0] for found in cursor.fetchall()]
        due = sorted({expert for _event, expert, _old in touched if expert is not None} | set(old))
        count(experts=due)
        cursor.execute("UPDATE expertise_counted SET event = %s WHERE event <> %s", [settled, settled])
    more = len(old) == limit or (len(touched) == most and settled > mark)
    return limit if more else min(len(due), limit - 1)


def _settled_already(cursor: Any) -> int:
    cursor.execute(
        "SELECT coalesce(max(id), 0) FROM meetings_timelineevent"
        " WHERE recorded_at < clock_timestamp() - make_interval(secs => %s)",
        [SETTLED_SECONDS],
    )
    return int(cursor.fetchone()[0])
