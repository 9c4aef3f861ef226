"""Every word of the core has its words on the pages; no sentence is left with a hole in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import expertim.meetings
from expertim.meetings import words
from expertim.meetings.facts import (
    PARTIES,
    Act,
    By,
    Event,
    NoticeKind,
    Payment,
    Progress,
    Refused,
    Said,
    Situation,
    State,
)
from expertim.meetings.lifecycle import possible
from expertim.meetings.queries import MeetingView, TimelineRow, Who
from expertim.meetings.typed import checked, checked_key, checked_offer
from expertim.meetings.words.refusals import PROBLEMS
from expertim.people.formats import Clock
from tests.make import (
    DAY,
    END,
    LONG_BEFORE,
    MINUTE,
    START,
    alternative,
    awaiting,
    disputed,
    rejected,
    situation,
    standing,
)

PRAGUE = Clock.of(time_zone="Europe/Prague", date_format="DD.MM.YYYY HH:MM")
UMA = Who(id=1, public_id="u" * 16, name="Uma", time_zone="Europe/Prague")
ERIN = Who(id=2, public_id="e" * 16, name="Erin", time_zone="Europe/London")
LABEL: dict[str, Any] = {  # a row of queries.labels
    "service_title": "Advice",
    "starts_at": START,
    **{f"user_{name}": getattr(UMA, name) for name in ("id", "public_id", "name")},
    **{f"expert_{name}": getattr(ERIN, name) for name in ("id", "public_id", "name")},
    "user_zone": UMA.time_zone,
    "expert_zone": ERIN.time_zone,
}
TUESDAY, ABROAD = "Tue 16.03.2027 10:00", "(Prague; for Erin 09:00 in London)"
ROOM = Path(expertim.meetings.__file__).parent
_JARGON = re.compile(r"status|invalid|error|\{|\}|!|None|gettext", re.IGNORECASE)


def view(now: Any = None, *, role: By = By.USER, at: datetime = LONG_BEFORE, **changes: Any) -> MeetingView:
    held: Situation = situation(now, **changes)
    return MeetingView(
        id=1,
        public_id="m" * 16,
        expertise_slug="field",
        expertise_name="Corporate finance",
        user=UMA,
        expert=ERIN,
        my_role=role,
        service_title="Advice",
        skill_name={"en": "Valuation"},
        situation=held,
        at=at,
        actions=possible(situation=held, by=role, at=at),
    )


def standings() -> list[tuple[Any, datetime]]:
    """Every place where a meeting may stand, with a moment of looking at it."""
    both = frozenset(PARTIES)
    return [
        *((awaiting(by), LONG_BEFORE) for by in PARTIES),
        (standing(), LONG_BEFORE),
        (standing(), START - MINUTE),
        (standing(), START),
        *((standing(alternative=alternative(by)), LONG_BEFORE) for by in PARTIES),
        *((rejected(by), LONG_BEFORE) for by in PARTIES),
        (rejected(), END),
        *((rejected(alternative=alternative(by)), LONG_BEFORE) for by in PARTIES),
        *(
            (standing(state=State.CANCELLED, payment=payment, approved_by=both), LONG_BEFORE)
            for payment in (Payment.RETURNED, Payment.REIMBURSED, Payment.NOT_BLOCKED)
        ),
        *((awaiting(by, state=State.CANCELLED, payment=Payment.RETURNED), LONG_BEFORE) for by in PARTIES),
        *((awaiting(by, state=State.EXPIRED, payment=Payment.RETURNED), END) for by in PARTIES),
        *((standing(said=said), END) for said in product((None, Said.OTHER_FAULT), repeat=2)),
        (disputed(), END + DAY),
        *((standing(progress=progress, payment=Payment.PAID), END + DAY) for progress in Progress),
        (standing(payment=Payment.FREE), LONG_BEFORE),
    ]


def whole(sentence: str) -> None:
    assert sentence.strip()
    assert not _JARGON.search(sentence), sentence


@pytest.mark.parametrize("role", [By.USER, By.EXPERT, By.OPERATOR])
def test_wherever_a_meeting_stands_it_is_said_in_words(role: By) -> None:
    for now, at in standings():
        for price in (2500, 0):
            seen = view(now, role=role, at=at, price=price)
            whole(words.state_line(seen, PRAGUE))
            whole(words.short_state(seen))
            whole(words.money_words(seen))
            for sentence in words.cancelling_words(seen, PRAGUE):
                whole(sentence)


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_its_words_before_and_after(act: Act) -> None:
    for (now, at), role, price in product(standings(), (By.USER, By.EXPERT), (2500, 0)):
        seen = view(now, role=role, at=at, price=price)
        for sentence in (
            words.act_name(act, seen),
            words.question(act, seen),
            words.button(act, seen),
            words.done(act, seen, PRAGUE),
            *words.consequences(act, seen, PRAGUE),
            *words.why_not(act, seen, PRAGUE),
        ):
            whole(sentence)


PAST = tuple(
    TimelineRow(at=START, by=by, person="U{m}a", event=event, values={"start": START.isoformat()})
    for event, by in product(Event, (By.OPERATOR, By.EXPERT))
)


@pytest.mark.parametrize("act", list(Act))
def test_no_name_can_break_a_sentence(act: Act) -> None:
    """A person may be called anything; with the timeline read along, every sentence that names somebody."""
    for (now, at), role, said in product(standings(), (By.USER, By.EXPERT), (None, *Said)):
        seen = view(now, role=role, at=at)
        for past in ((), PAST):
            named = replace(seen, user=replace(UMA, name="U{m}a"), expert=replace(ERIN, name="Er{0}in"), past=past)
            for sentence in (
                words.state_line(named, PRAGUE),
                words.money_words(named),
                words.done(act, named, PRAGUE, start=START, fee=1250, said=said),
                *words.why_not(act, named, PRAGUE),
                *words.consequences(act, named, PRAGUE),
            ):
                assert sentence.strip()
                assert not re.search(r"\{(?!m\}|0\})|!", sentence), sentence


def test_every_refusal_of_an_act_names_what_is_possible_or_why_nothing_is() -> None:
    """Why not, then where it stands: two sentences that do not say the same."""
    for act, (now, at), role in product(Act, standings(), (By.USER, By.EXPERT)):
        if act in (Act.PROPOSE, Act.SETTLE):
            continue
        seen = view(now, role=role, at=at)
        reason, stands = words.why_not(act, seen, PRAGUE)
        assert reason != stands
        assert reason.endswith(".")
        assert "user" not in reason
        assert "expert" not in reason


def test_every_label_of_the_core_is_there() -> None:
    assert set(words.STATES) == set(State)
    assert set(words.PAYMENTS) == set(Payment)
    assert set(words.PROGRESS) == set(Progress)
    for said, mine in product(Said, (True, False)):
        whole(words.said_words(said, other="Uma", mine=mine))


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("by", list(By))
def test_every_event_has_its_line(event: Event, by: By) -> None:
    values = {"start": START.isoformat(), "fee": 1250, "paid": 1000, "progress": _progress_of(event)}
    row = TimelineRow(at=START, by=by, person="U{m}a" if by in PARTIES else "", event=event, values=values)
    for role in (By.USER, By.EXPERT, By.OPERATOR):
        line = words.event_words(row, view=view(role=role), clock=PRAGUE)
        assert line.title
        assert not re.search(r"\{(?!m\})", line.title), line.title


def _progress_of(event: Event) -> str:
    return Said.OTHER_FAULT if event is Event.PROGRESS_RECORDED else Progress.WENT_SMOOTHLY


def test_reasons_and_messages_stand_on_the_timeline() -> None:
    values = {"reason": "not-my-field", "reason_text": {"en": "Outside my field"}, "message": "Ask Petr"}
    row = TimelineRow(at=START, by=By.EXPERT, person="Erin", event=Event.REJECTED, values=values)
    line = words.event_words(row, view=view(), clock=PRAGUE)
    assert (line.title, line.details, line.quote) == (
        "Rejected by Erin",
        ("Reason: Outside my field",),
        "Ask Petr",
    )


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("reader", [1, 2, 3, None])
def test_every_notice_has_a_title_and_a_sentence(kind: NoticeKind, reader: int | None) -> None:
    values = {"start": START.isoformat(), "alternative": (START + DAY).isoformat(), "progress": "went_smoothly"}
    for money in ({}, {"fee": 1250, "returned": 1250, "paid": 1000}):
        title, text = words.notice_words(kind, values | money, LABEL, PRAGUE, reader=reader)
        whole(title)
        whole(text)


def test_a_notice_names_the_other_person_and_shows_the_other_clock() -> None:
    _title, text = words.notice_words("meeting_reminder", {}, LABEL, PRAGUE, reader=1)
    assert text == "“Advice” with Erin begins on Tue 16.03.2027 10:00 (Prague; for Erin 09:00 in London)."
    _title, text = words.notice_words("meeting_reminder", {}, LABEL, PRAGUE, reader=2)
    assert text == "“Advice” with Uma begins on Tue 16.03.2027 10:00 (Prague)."
    _title, text = words.notice_words("meeting_disputed", {}, LABEL, PRAGUE, reader=3)
    assert "Uma – Erin" in text
    assert "for Erin 09:00 in London" in text


def test_a_settlement_tells_each_what_is_theirs() -> None:
    values = {"progress": "no_show_user", "fee": 1250, "returned": 1250, "paid": 1000}
    ends = {
        1: "it did not take place because of Uma. Taken from you: 12.50 credits; returned to you: 12.50 credits.",
        2: "it did not take place because of Uma. Paid to you: 10 credits.",
        3: "it did not take place because of Uma. Paid to Erin: 10 credits.",
    }
    for reader, end in ends.items():
        assert words.notice_words("dispute_settled", values, LABEL, PRAGUE, reader=reader)[1].endswith(end)


# ---------------------------------------------------------------- refusals


def problems_raised() -> set[tuple[str, str]]:
    """The pairs of field and problem that the core names in its text, and those that the typed values come to."""
    source = "\n".join(path.read_text() for path in ROOM.rglob("*.py") if "words" not in path.parts)
    raised = set(re.findall(r'invalid\("(\w+)", "(\w+)"\)', source))
    raised |= {("stars", "not_yours"), ("review", "not_yours")}
    sql = (ROOM / "sql" / "meetings_read_1.sql").read_text()
    missing = re.search(r"missing := CASE(.*?);", sql, re.DOTALL)
    assert missing
    raised |= {(field, "not_offered") for field in re.findall(r"(?:THEN|ELSE) '(\w+)'", missing[1])}
    for act, typed in _BAD:
        with pytest.raises(Refused) as refused:
            checked(act, typed)
        raised |= set(refused.value.facts["errors"])
    for offer in ({"minutes": 4, "price": 0}, {"minutes": 5, "price": -1}):
        with pytest.raises(Refused) as refused:
            checked_offer(**offer)
        raised |= set(refused.value.facts["errors"])
    with pytest.raises(Refused) as refused:
        checked_key("")
    return raised | set(refused.value.facts["errors"])


_NAIVE = START.replace(tzinfo=None)
_BAD: list[tuple[Act, dict[str, Any]]] = [
    *((Act.JOIN, {name: text}) for name in ("reason", "message", "note", "review") for text in ("a\0", "a" * 5001)),
    (Act.CANCEL, {"reason": " "}),
    (Act.REJECT, {}),
    (Act.ALTERNATIVE_REJECT, {}),
    (Act.SETTLE, {}),
    (Act.EVALUATE, {"stars": 6}),
    *(
        (Act.RESCHEDULE, {"start": start})
        for start in (None, _NAIVE, START + timedelta(seconds=1), START.replace(year=1970))
    ),
]


def test_every_problem_with_a_field_has_its_words() -> None:
    raised = problems_raised()
    assert ("start", "past") in raised
    assert ("skill", "not_offered") in raised
    for field, problem in sorted(raised):
        whole(words.field_problem(field, problem))
    for field, problem in PROBLEMS:
        whole(words.field_problem(field, problem))


_FACTS: dict[str, dict[str, Any]] = {
    "not_possible_now": {},
    "invalid": {"errors": (("start", "past"),)},
    "fee_changed": {"fee": 1250},
    "terms_changed": {"start": START},
    "overlap": {"meetings": ("m" * 16,)},
    "insufficient_credits": {"missing": 1250},
    "idempotency_key_reused": {},
    "not_found": {},
    "changed_meanwhile": {},
}


def test_every_refusal_that_is_raised_has_its_words() -> None:
    source = "\n".join(path.read_text() for path in ROOM.rglob("*.py") if "words" not in path.parts)
    assert set(re.findall(r'Refused\(\s*"(\w+)"', source)) == set(_FACTS)


@pytest.mark.parametrize("key", list(_FACTS))
@pytest.mark.parametrize("seen", [None, view(), view(role=By.EXPERT)])
def test_a_refusal_says_why(key: str, seen: MeetingView | None) -> None:
    refusal = words.refusal_words(Refused(key, **_FACTS[key]), act=Act.CONFIRM, view=seen, clock=PRAGUE)
    whole(refusal.title)
    for sentence in (*refusal.sentences, *(text for _field, text in refusal.fields)):
        whole(sentence)
    assert refusal.sentences or refusal.fields


def test_missing_credits_lead_to_where_they_are_had() -> None:
    """Z2: the amount missing and the way to top up."""
    refused = Refused("insufficient_credits", missing=1250)
    refusal = words.refusal_words(refused, act=Act.CONFIRM, view=view(), clock=PRAGUE)
    assert "12.50 credits" in refusal.sentences[0]
    assert refusal.links[0][0] == "/account/"


# ---------------------------------------------------------------- exact words


def test_moments_stand_on_both_clocks() -> None:
    assert words.both_clocks(START, PRAGUE, ERIN) == "Tue 16.03.2027 10:00 (Prague) · for Erin 09:00 (London)"
    assert words.both_clocks(START, PRAGUE, UMA) == "Tue 16.03.2027 10:00 (Prague)"


def test_the_day_is_repeated_where_it_is_another() -> None:
    far = Who(id=3, public_id="f" * 16, name="Fay", time_zone="America/Los_Angeles")
    early = START.replace(hour=3)
    assert words.both_clocks(early, PRAGUE, far).endswith("for Fay Mon 15.03.2027 20:00 (Los Angeles)")


def test_a_person_whose_zone_is_unknown_is_shown_utc() -> None:
    lost = Who(id=3, public_id="f" * 16, name="Fay", time_zone="Mars/Base")
    assert words.both_clocks(START, PRAGUE, lost).endswith("for Fay 09:00 (UTC)")


@pytest.mark.parametrize(
    ("now", "role", "line"),
    [
        (awaiting(By.USER), By.USER, f"Waiting for Erin's answer. Erin has until {TUESDAY} {ABROAD} to answer."),
        (awaiting(By.USER), By.EXPERT, f"Uma waits for your answer. You have until {TUESDAY} (Prague) to give it."),
        (standing(), By.USER, "Agreed."),
        (
            standing(alternative=alternative(By.EXPERT)),
            By.USER,
            f"Agreed. Erin suggests Wed 17.03.2027 10:00 {ABROAD} instead. "
            f"Until you answer, {TUESDAY} {ABROAD} stands.",
        ),
        (
            standing(alternative=alternative(By.EXPERT)),
            By.EXPERT,
            "Agreed. You have suggested Wed 17.03.2027 10:00 (Prague) instead. "
            f"Until Uma answers, {TUESDAY} (Prague) stands.",
        ),
    ],
)
def test_the_state_line_says_who_is_to_answer(now: Any, role: By, line: str) -> None:
    assert words.state_line(view(now, role=role), PRAGUE) == line


def test_cancelling_says_what_it_costs_now_and_later() -> None:
    """C2, C3: 25 credits, half of them from 48 h before the start."""
    assert words.cancelling_words(view(), PRAGUE) == [
        "Cancelling now costs nothing.",
        "After Sun 14.03.2027 10:00 (Prague) it costs 50 % of the price (12.50 credits).",
    ]
    late = view(at=START - 2 * DAY + MINUTE)
    assert words.cancelling_words(late, PRAGUE) == [
        "Cancelling now costs 12.50 credits (50 % of the price); 12.50 credits are returned to you."
    ]
    assert words.button(Act.CANCEL, late, fee=1250) == "Cancel the meeting, pay 12.50 credits"
    assert "Of that Erin gets 10 credits and the platform 2.50 credits." in words.consequences(Act.CANCEL, late, PRAGUE)


def test_amounts_are_counted_in_words() -> None:
    assert [words.credit_words(amount) for amount in (0, 100, 150, 2500)] == [
        "0 credits",
        "1 credit",
        "1.50 credits",
        "25 credits",
    ]
