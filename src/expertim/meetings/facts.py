"""The words and the facts that the rules of a meeting are written in. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from expertim.credits.moves import Move


class State(StrEnum):
    """Meeting status."""

    AWAITING = "awaiting_approval"
    AGREED = "agreed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Payment(StrEnum):
    """Credits payment status."""

    NOT_BLOCKED = "not_blocked"
    BLOCKED = "blocked"
    RETURNED = "returned"
    REIMBURSED = "reimbursed_cancellation"
    PAID = "paid"
    FREE = "free"


class Progress(StrEnum):
    """What became of an agreed meeting after its end."""

    WENT_SMOOTHLY = "went_smoothly"
    NO_SHOW_USER = "no_show_user"
    NO_SHOW_EXPERT = "no_show_expert"
    DISPUTED = "disputed"


class By(StrEnum):
    """Who did something: a party, an operator, or the platform itself."""

    USER = "user"
    EXPERT = "expert"
    OPERATOR = "operator"
    PLATFORM = "platform"


PARTIES = (By.USER, By.EXPERT)


def counterparty(party: By) -> By:
    return {By.USER: By.EXPERT, By.EXPERT: By.USER}[party]


class Said(StrEnum):
    """How a party says the meeting went."""

    SMOOTH = "smooth"
    MY_FAULT = "not_held_my_fault"
    OTHER_FAULT = "not_held_other_fault"


class Act(StrEnum):
    """What can be asked of a meeting."""

    PROPOSE = "propose"
    CONFIRM = "confirm"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    ALTERNATIVE_CONFIRM = "alternative_confirm"
    ALTERNATIVE_REJECT = "alternative_reject"
    ALTERNATIVE_WITHDRAW = "alternative_withdraw"
    JOIN = "join"
    EVALUATE = "evaluate"
    SETTLE = "settle"


class Event(StrEnum):
    """What stands on the timeline."""

    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    REIMBURSED = "reimbursed"
    ALTERNATIVE_SELECTED = "alternative_selected"
    ALTERNATIVE_APPROVED = "alternative_approved"
    ALTERNATIVE_REJECTED = "alternative_rejected"
    ALTERNATIVE_CANCELLED = "alternative_cancelled"
    ALTERNATIVE_LAPSED = "alternative_lapsed"
    EXPIRED = "expired"
    ATTENDED = "attended"
    PROGRESS_RECORDED = "progress_recorded"
    PROGRESS_EVALUATED = "progress_evaluated"
    PROGRESS_DISPUTED = "progress_disputed"


class NoticeKind(StrEnum):
    """What people are told."""

    PROPOSED = "meeting_proposed"
    AGREED = "meeting_agreed"
    REJECTED = "meeting_rejected"
    WITHDRAWN = "meeting_withdrawn"
    CANCELED_BY_USER = "meeting_canceled_by_user"
    LATE_CANCELLATION = "meeting_cancellation_by_user"
    CANCELLED_BY_EXPERT = "meeting_cancelled_by_expert"
    RESCHEDULING_AGREED_BY_USER = "rescheduling_agreed_by_user"
    RESCHEDULING_AGREED_BY_EXPERT = "rescheduling_agreed_by_expert"
    RESCHEDULING_REJECTED_BY_USER = "rescheduling_rejected_by_user"
    RESCHEDULING_REJECTED_BY_EXPERT = "rescheduling_rejected_by_expert"
    ALTERNATIVE_CONFIRMED = "alternative_confirmed"
    ALTERNATIVE_REJECTED = "alternative_rejected"
    ALTERNATIVE_WITHDRAWN = "alternative_withdrawn"
    ALTERNATIVE_LAPSED = "alternative_lapsed"
    EXPIRED = "meeting_expired"
    REMINDER = "meeting_reminder"
    LINK = "meeting_link"
    EVALUATION_REMINDER = "evaluation_reminder"
    SETTLED = "meeting_settled"
    DISPUTED = "meeting_disputed"
    DISPUTE_SETTLED = "dispute_settled"


class Bell(StrEnum):
    """What time does by itself; in the order in which bells of one moment ring."""

    EXPIRE = "T1"
    LAPSE = "T2"
    REMIND = "T3"
    LINK = "T4"
    ASK_EVALUATION = "T5"
    SETTLE = "T6"


class Room(StrEnum):
    """What the video room must come to."""

    CREATE = "create"
    EDIT = "edit"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The policy values frozen into a meeting when it was proposed."""

    free_cancellation_hours: int = 48
    late_fee_percent: Decimal = Decimal(50)
    commission_percent: Decimal = Decimal(20)
    no_show_fee_percent: Decimal = Decimal(100)
    join_opens_minutes: int = 15
    join_closes_minutes: int = 60
    reminder_hours: int = 24
    link_minutes: int = 60
    evaluation_reminder_hours: int = 24
    settlement_hours: int = 168
    review_bonus: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    start: datetime
    author: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a meeting stands: everything that acts and time change. `state` None: not yet proposed."""

    state: State | None
    payment: Payment
    start: datetime
    progress: Progress | None = None
    approved_by: frozenset[By] = frozenset()
    alternative: Alternative | None = None
    generation: int = 1  # of the date; a later date has a higher one
    in_force_at: datetime | None = None  # when the date came into force (A1, D4)
    rung: frozenset[Bell] = frozenset()  # of T3-T5, for the date in force
    said: tuple[Said | None, Said | None] = (None, None)  # by the user, by the expert
    attended_at: tuple[datetime | None, datetime | None] = (None, None)  # first Join for the date in force

    def said_by(self, party: By) -> Said | None:
        return self.said[PARTIES.index(party)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the rules may know about one meeting, read under its lock."""

    now: Standing
    price: int
    length_minutes: int
    terms: Terms = field(default_factory=Terms)
    available: int = 0  # the user's credits
    overlaps: tuple[str, ...] = ()  # the acting party's other Agreed meetings at the new time (O1)
    waiting: tuple[str, ...] = ()  # what else that party is asked for at that time; named beside an overlap
    reviewed: bool = False  # the user has written about this expert before (V1)
    not_offered: str | None = None  # of a proposal: the field that names what is not offered (P1, P2)
    paused_until: datetime | None = None  # of a user's proposal: the expert takes none before (P1)
    reason_listed: bool = True  # of A2, D5: the reason stands in the list
    by_a_party: bool = False  # the operator is one of the parties (X1)

    @property
    def start(self) -> datetime:
        return self.now.start

    @property
    def end(self) -> datetime:
        return self.now.start + timedelta(minutes=self.length_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One ask: the act, by whom, when, and what was typed. `seen_…` is what the sender saw (C5)."""

    act: Act
    by: By
    at: datetime
    start: datetime | None = None
    reason: str = ""
    message: str = ""
    progress: Said | None = None
    stars: int | None = None
    review: str = ""
    outcome: Progress | None = None
    fee: int | None = None
    note: str = ""
    seen_start: datetime | None = None
    seen_fee: int | None = None
    seen_price: int | None = None
    seen_minutes: int | None = None
    acknowledge_overlap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline: a code and values, never words."""

    event: Event
    by: By
    at: datetime
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Tell a party (or the operators) something."""

    kind: NoticeKind
    to: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows, whole: the new standing and its consequences."""

    now: Standing
    at: datetime
    entries: tuple[Entry, ...] = ()
    moves: tuple[Move, ...] = ()
    notices: tuple[Notice, ...] = ()
    room: Room | None = None
    stated: Said | None = None  # a statement to be kept, by `by`
    stars: int | None = None
    review: str = ""
    joined: bool = False  # a Join to be logged


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """An act that is possible now, until when, and what it costs."""

    act: Act
    until: datetime | None
    fee: int | None = None


class Refused(Exception):
    """The rules say no; nothing has changed. `key` names the refusal, `facts` what its wording needs."""

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts


def invalid(field: str, problem: str) -> Refused:
    """Something typed cannot be taken; `errors` are pairs of field and problem, both codes."""
    return Refused("invalid", errors=((field, problem),))
