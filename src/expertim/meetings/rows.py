"""Between the database's rows and the core's values: reading a situation, writing a decision. No rule in here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from expertim.credits.moves import Block, Bonus, Close, Move, posting
from expertim.meetings.facts import (
    PARTIES,
    Alternative,
    Bell,
    By,
    Decision,
    NoticeKind,
    Payment,
    Progress,
    Room,
    Said,
    Situation,
    Standing,
    State,
    Terms,
)
from expertim.meetings.lifecycle import join_window, next_bell, useful_until
from expertim.meetings.moved import untold_rows
from expertim.notifications.kinds import kind_of
from expertim.video.rooms import wish

Row = dict[str, Any]
_OF_A_DATE = {NoticeKind.REMINDER, NoticeKind.LINK, NoticeKind.EVALUATION_REMINDER}  # told once for each date
_TERMS = Terms.__dataclass_fields__
_PERCENTS = {name for name, field in _TERMS.items() if "Decimal" in str(field.type)}


def moment(value: str | datetime | None) -> datetime | None:
    """A moment in UTC, from JSON's text or from a column."""
    if value is None:
        return None
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(UTC)


def terms_of(row: Row) -> Terms:
    """The policy values among a row's columns, or a meeting's frozen terms."""
    values: dict[str, Any] = {name: Decimal(str(row[name])) if name in _PERCENTS else int(row[name]) for name in _TERMS}
    return Terms(**values)


def terms_row(terms: Terms) -> Row:
    return {name: str(getattr(terms, name)) if name in _PERCENTS else getattr(terms, name) for name in _TERMS}


def situation_of(row: Row, **facts: Any) -> Situation:
    """A situation from a row of `meetings_situations`."""
    said, attended = row["said"] or {}, row["attended"] or {}
    alternative_at = moment(row["alternative_at"])
    start = moment(row["starts_at"])
    assert start is not None
    return Situation(
        now=Standing(
            state=State(row["state"]),
            payment=Payment(row["payment"]),
            progress=Progress(row["progress"]) if row["progress"] else None,
            start=start,
            approved_by=frozenset(By(party) for party in row["approved_by"]),
            alternative=Alternative(start=alternative_at, author=By(row["alternative_by"])) if alternative_at else None,
            generation=row["generation"],
            in_force_at=moment(row["in_force_at"]),
            rung=frozenset(Bell(bell) for bell in row["rung"]),
            said=tuple(Said(said[p]) if p in said else None for p in PARTIES),  # type: ignore[arg-type]  # a pair
            attended_at=tuple(moment(attended.get(p)) for p in PARTIES),  # type: ignore[arg-type]  # a pair
        ),
        price=row["price"],
        length_minutes=row["length_minutes"],
        terms=terms_of(row["terms"]),
        available=row["available"],
        reviewed=row["reviewed"],
        **facts,
    )


def stood_row(row: Row, *, situation: Situation, at: datetime) -> Row:
    """The columns that acts and time change, as they were at a moment: laid over a later row, it reads as it did."""
    now = situation.now
    return {
        **{name: row[name] for name in _CHANGING},
        "said": {party: said for party, said in zip(PARTIES, now.said, strict=True) if said},
        "attended": {
            party: moment.isoformat() for party, moment in zip(PARTIES, now.attended_at, strict=True) if moment
        },
        "now": at.isoformat(),
    }


_CHANGING = (
    "state",
    "payment",
    "progress",
    "starts_at",
    "approved_by",
    "alternative_at",
    "alternative_by",
    "generation",
    "in_force_at",
    "rung",
    "version",
)
_WRITTEN = ("id", "ends_at", "alarm_at", *_CHANGING)  # nothing else of a meeting ever changes


class Writing:
    """Gathers what decisions bring about, for one call of `meetings_write`."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {
            "proposed": [],
            "changed": [],
            "events": [],
            "postings": [],
            "notices": [],
            "outbox": [],
        }

    def __bool__(self) -> bool:
        return bool(self.asked["proposed"] or self.asked["changed"])

    def add(self, *, row: Row, situation: Situation, decision: Decision, person: int | None, by: By) -> None:
        """One decision about the meeting of `row`; the row's version counts on."""
        for entry in decision.entries:
            row["version"] += 1
            self.asked["events"].append(
                {
                    "meeting_id": row["id"],
                    "sequence": row["version"],
                    "at": entry.at.isoformat(),
                    "by": entry.by,
                    "person_id": person if entry.by in (*PARTIES, By.OPERATOR) else None,
                    "event": entry.event,
                    "values": {name: _plain(value) for name, value in entry.values},
                }
            )
        self._add_what_was_said(row, decision, by)
        postings = [_posting(move, row=row, decision=decision) for move in decision.moves]
        self.asked["postings"].extend(postings)
        self._add_notices(row, situation, decision)
        self._add_what_moved(row, decision, postings)
        self._add_calendar(row, situation, decision, by)
        if decision.room:
            generation = decision.now.generation
            opens_at, closes_at = join_window(replace(situation, now=decision.now))
            self.asked.setdefault("rooms", []).append(
                wish(
                    reference=row["id"],
                    generation=generation,
                    wanted=decision.room is not Room.CANCEL,
                    opens_at=opens_at,
                    closes_at=closes_at,
                )
            )
            self._add_row(
                "room",
                key=f"m{row['id']}:g{generation}:room:{decision.room}",
                due_at=decision.at.isoformat(),
                reference=row["id"],
                generation=generation,
                payload={"meeting": row["public_id"], "act": decision.room},
            )

    def change(self, *, row: Row, situation: Situation, proposed: bool = False) -> None:
        """The meeting's row as it stands after all its decisions."""
        now = situation.now
        bell = next_bell(situation)
        row |= {
            "state": now.state,
            "payment": now.payment,
            "progress": now.progress,
            "starts_at": now.start.isoformat(),
            "ends_at": (now.start + timedelta(minutes=situation.length_minutes)).isoformat(),
            "approved_by": sorted(now.approved_by),
            "alternative_at": now.alternative.start.isoformat() if now.alternative else None,
            "alternative_by": now.alternative.author if now.alternative else None,
            "generation": now.generation,
            "in_force_at": now.in_force_at.isoformat() if now.in_force_at else None,
            "rung": sorted(now.rung),
            "alarm_at": bell[0].isoformat() if bell else None,
        }
        if proposed:
            self.asked["proposed"].append(row)
        else:
            self.asked["changed"].append({name: row[name] for name in _WRITTEN})

    def remember(self, *, ask: Row, answer: Row) -> None:
        """Keep the request's key with its answer (Z1); what is refused is not remembered, its key stays free."""
        if ask.get("key") is not None:
            self.asked["request"] = {name: ask[name] for name in ("person", "scope", "key", "fingerprint")} | {
                "answer": answer
            }

    def _add_what_was_said(self, row: Row, decision: Decision, by: By) -> None:
        base = {"meeting_id": row["id"], "party": by, "at": decision.at.isoformat()}
        if decision.stated:
            said = base | {"progress": decision.stated, "stars": decision.stars}
            self.asked.setdefault("statements", []).append(said)
        if decision.joined:
            self.asked.setdefault("attendance", []).append(base | {"generation": decision.now.generation})
        if decision.review:
            words = {"user": row["user_id"], "expert": row["expert_id"], "text": decision.review, "at": base["at"]}
            self.asked.setdefault("reviews", []).append(words)

    def _add_notices(self, row: Row, situation: Situation, decision: Decision) -> None:
        recipients = {By.USER: row["user_id"], By.EXPERT: row["expert_id"], By.OPERATOR: None}
        now, version = decision.now, row["version"]
        for notice in decision.notices:
            once = f"g{now.generation}" if notice.kind in _OF_A_DATE else f"v{version}"
            kind = kind_of(notice.kind)
            assert kind is not None
            recipient = recipients[notice.to]
            until = useful_until(notice.kind, replace(situation, now=now))
            self.asked["notices"].append(
                {
                    "recipient": recipient,
                    "kind": notice.kind,
                    "key": f"m{row['id']}:{once}:{notice.kind}",
                    "reference": row["id"],
                    "at": decision.at.isoformat(),
                    "values": _notice_values(situation, decision),
                    "calendar": _calendar_payload(row, recipient) if recipient and kind.by_calendar else None,
                    "generation": now.generation,
                    "not_after": until.isoformat() if until else None,
                    **kind.asked(),
                }
            )

    def _add_what_moved(self, row: Row, decision: Decision, postings: list[Row]) -> None:
        told = {notice.to for notice in decision.notices}
        parties = {row["user_id"]: By.USER in told, row["expert_id"]: By.EXPERT in told}
        key = f"m{row['id']}:v{row['version']}"
        self.asked["notices"] += untold_rows(postings, told=parties, key=key, reference=row["id"], at=decision.at)

    def _add_calendar(self, row: Row, situation: Situation, decision: Decision, by: By) -> None:
        """No notice tells people what they did themselves; their calendar has to follow all the same."""
        told = {notice.to for notice in decision.notices}
        before, after = calendar_date(situation.now, by), calendar_date(decision.now, None)
        if by not in PARTIES or by in told or before is None or before == after:
            return
        person = row["user_id"] if by is By.USER else row["expert_id"]
        self._add_row(
            "calendar",
            key=f"m{row['id']}:v{row['version']}:calendar:{by}",
            due_at=decision.at.isoformat(),
            recipient=person,
            reference=row["id"],
            payload=_calendar_payload(row, person),
        )

    def _add_row(self, kind: str, **values: Any) -> None:
        self.asked["outbox"].append({"kind": kind, **values})


def calendar_date(now: Standing, party: By | None) -> tuple[State, datetime] | None:
    """What stands in a calendar (decision 0013): how firmly and when; for a party, if an invitation has brought it."""
    if now.state is State.AGREED:
        return now.state, now.start
    if now.state is State.AWAITING and party not in now.approved_by:
        return now.state, now.start
    if now.state is State.REJECTED and now.alternative and now.alternative.author is not party:
        return State.AWAITING, now.alternative.start
    return None


def _calendar_payload(row: Row, person: int) -> Row:
    return {"meeting": row["public_id"], "person": person}


def _posting(move: Move, *, row: Row, decision: Decision) -> Row:
    if isinstance(move, Bonus):
        cause = f"bonus:{row['user_id']}:{row['expert_id']}"
    else:
        # A meeting blocks once for each date it is given, and each block ends once.
        cause = f"meeting:{row['id']}:g{decision.now.generation}:{'block' if isinstance(move, Block) else 'close'}"
    return posting(move, user=row["user_id"], expert=row["expert_id"], cause=cause, reference=row["id"], at=decision.at)


def _notice_values(situation: Situation, decision: Decision) -> Row:
    """What the notice's wording needs: the date in force, the other date if one is open or was, the credits."""
    values: Row = {"start": decision.now.start.isoformat()}
    alternative = decision.now.alternative or situation.now.alternative
    if alternative:
        values["alternative"] = alternative.start.isoformat()
    for move in decision.moves:
        if isinstance(move, Close):
            values |= {"fee": move.fee, "returned": move.amount - move.fee, "paid": move.fee - move.commission}
    if decision.now.progress:
        values["progress"] = decision.now.progress
    return values


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
