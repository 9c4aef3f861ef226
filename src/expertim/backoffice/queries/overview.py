"""What waits for an operator, how the installation is, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from expertim.backoffice.queries.reading import read

FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Lags are lengths of time; None where nothing is late. `beat_age` None: no worker within a day."""

    now: datetime
    beat_age: timedelta | None
    alarm_lag: timedelta | None
    outbox_lag: timedelta | None
    outbox_due: int
    retrying: int
    given_up: int
    due: bool
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many meetings, what waits for an operator, and where all credits are."""

    states: dict[str, int]
    disputed: int
    applications: int  # that wait, like the reports
    reports: int
    people: int
    experts: int
    available: int
    blocked: int
    commission: int
    bonus: int
    granted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A meeting that waits for an operator."""

    public_id: str
    user: str
    expert: str
    service: Any
    ends_at: datetime
    price: int


def health(*, kinds: list[str]) -> Health:
    """As it was before this page came; rows of kinds that nobody sends wait for a release, not for a worker."""
    row = read(
        """WITH clock AS MATERIALIZED (SELECT platform_now() AS now, clock_timestamp() AS machine),
        late AS MATERIALIZED (SELECT due_at, retry_at FROM outbox_row, clock
            WHERE status IN ('waiting', 'leased') AND kind = ANY (%(kinds)s) AND due_at <= clock.now)
        SELECT clock.now, clock.machine - (SELECT max(beat_at) FROM outbox_heartbeat WHERE stopped_at IS NULL)
                   AS beat_age,
               clock.now - (SELECT min(alarm_at) FROM meetings_meeting WHERE alarm_at <= clock.now) AS alarm_lag,
               clock.now - (SELECT min(due_at) FROM late) AS outbox_lag,
               (SELECT count(*) FROM late) AS outbox_due,
               (SELECT count(*) FROM late WHERE retry_at > clock.machine) AS retrying,
               (SELECT count(*) FROM outbox_row WHERE status = 'dead') AS given_up,
               (SELECT paused_at FROM outbox_pause) AS paused_at
          FROM clock""",
        {"kinds": kinds},
    )[0]
    return Health(**row, due=row["alarm_lag"] is not None)


def figures() -> Figures:
    """Meetings by state, those held apart, and the sums of all accounts."""
    row = read(
        """WITH clock AS MATERIALIZED (SELECT platform_now() AS now)
           SELECT (SELECT coalesce(jsonb_object_agg(stands, count), '{}') FROM (
                      SELECT CASE WHEN state = 'agreed' AND ends_at <= clock.now THEN 'held' ELSE state END AS stands,
                             count(*) FROM meetings_meeting, clock GROUP BY stands) s) AS states,
                  (SELECT count(*) FROM meetings_meeting WHERE progress = 'disputed') AS disputed,
                  (SELECT count(*) FROM expertise_application WHERE decision = 'open') AS applications,
                  (SELECT count(*) FROM chat_report WHERE settled_at IS NULL) AS reports,
                  (SELECT count(*) FROM people_person) AS people,
                  (SELECT count(DISTINCT person_id) FROM expertise_expert WHERE active) AS experts,
                  w.available::bigint AS available, w.blocked::bigint AS blocked, e.commission::bigint AS commission,
                  e.bonus::bigint AS bonus, e.granted::bigint AS granted
             FROM (SELECT coalesce(sum(available), 0) AS available, coalesce(sum(blocked), 0) AS blocked
                     FROM credits_wallet) w,
                  (SELECT coalesce(sum(amount) FILTER (WHERE account = 'commission'), 0) AS commission,
                          coalesce(-sum(amount) FILTER (WHERE account = 'bonus'), 0) AS bonus,
                          coalesce(-sum(amount) FILTER (WHERE account = 'issuance'), 0) AS granted
                     FROM credits_entry WHERE wallet_id IS NULL) e"""
    )[0]
    return Figures(**row)


def oldest_disputes() -> tuple[Dispute, ...]:
    """The longest waiting first, a few."""
    rows = read(
        """SELECT m.public_id, u.name AS "user", x.name AS expert, m.service_title AS service, m.ends_at, m.price
             FROM meetings_meeting m JOIN people_person u ON u.id = m.user_id JOIN people_person x ON x.id = m.expert_id
            WHERE m.progress = 'disputed' ORDER BY m.ends_at, m.id LIMIT %(few)s""",
        {"few": FEW},
    )
    return tuple(Dispute(**row) for row in rows)
