"""Two at once: committing for real, in every order at the lock that two sessions can take."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from expertim.meetings.actions import Outcome, perform, ring_due
from expertim.meetings.facts import Act, By, Refused, Said
from expertim.meetings.models import Attendance, Meeting, Request
from tests.world import events, in_, notices, person, row, together, unique, wallet, world


def test_confirm_cancel_reject_and_the_bell_meet_on_one_meeting(database, clock):
    """M4, T1: at the very start of an unanswered meeting the bell has rung for everybody; nobody else wins."""
    w = world()
    meeting = w.propose(start=in_(hours=2))
    clock.freeze(row(meeting).starts_at)
    acts = [
        lambda: w.act(By.EXPERT, meeting, Act.CONFIRM),
        lambda: w.act(By.EXPERT, meeting, Act.REJECT),
        lambda: w.act(By.USER, meeting, Act.WITHDRAW),
        lambda: ring_due(limit=10),
    ]
    answers = together(12, lambda turn: acts[turn % 4]())
    assert answers.count("not_possible_now") == 9
    assert row(meeting).state == "expired"
    assert events(meeting) == [("approved", "user"), ("expired", "platform")]
    assert wallet(w.user) == (10_000, 0)
    assert notices(w.user) == ["meeting_expired"]


def test_of_confirm_reject_and_withdraw_one_wins_whole(database, clock):
    """Z1, M4: in 20 rounds exactly one of the three takes effect, the others are told."""
    for _ in range(20):
        w = world()
        meeting = w.propose(start=in_(hours=72))
        acts = [(By.EXPERT, Act.CONFIRM), (By.EXPERT, Act.REJECT), (By.USER, Act.WITHDRAW)]
        answers = together(3, lambda turn: w.act(acts[turn][0], meeting, acts[turn][1]))  # noqa: B023 - used at once
        assert sorted(answers) == ["done", "not_possible_now", "not_possible_now"]
        held = {"agreed": (7500, 2500), "rejected": (10_000, 0), "cancelled": (10_000, 0)}[row(meeting).state]
        assert wallet(w.user) == held
        assert len(events(meeting)) == 2


def test_a_double_click_has_one_effect_and_one_answer(database, clock):
    """Z1: the same key, twelve times at once."""
    w = world()
    meeting = w.agreed(start=in_(hours=20))
    answers = together(12, lambda _: w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250, key="one-click"), values=True)
    assert {(a.meeting, a.act, tuple(sorted(a.values.items()))) for a in answers} == {
        (meeting, Act.CANCEL, tuple(sorted(answers[0].values.items())))
    }
    assert sum(not answer.repeated for answer in answers) == 1
    assert wallet(w.user) == (8750, 0)
    assert wallet(w.expert) == (1000, 0)


def test_a_proposal_sent_twice_is_one_meeting(database, clock):
    """Z1; under another key it is another meeting."""
    w = world()
    start = in_(hours=72)
    answers = together(8, lambda _: w.propose(start=start, key="k"), values=True)
    assert len(set(answers)) == 1
    assert w.propose(start=start, key="another") != answers[0]
    assert Meeting.objects.filter(user=w.user).count() == 2


def test_a_key_remembers_only_what_took_effect(database, clock):
    """Z1: after a refusal it is free, also for other content; after an effect other content is refused."""
    w = world()
    meeting = w.agreed(start=in_(hours=20))
    with pytest.raises(Refused, match="fee_changed"):
        w.act(By.USER, meeting, Act.CANCEL, seen_fee=0, key="k")
    assert not Request.objects.filter(person=w.user).exists()
    first = w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250, key="k")
    again = w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250, key="k")
    assert (first.repeated, again.repeated, again.values) == (False, True, first.values)
    with pytest.raises(Refused, match="idempotency_key_reused"):
        w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250, key="k", reason="Other words")


def test_a_key_is_free_again_where_only_time_acted(database, clock):
    """T0, Z1: the act is refused, what time did stays."""
    w = world()
    meeting = w.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=3))
    with pytest.raises(Refused, match="not_possible_now"):
        w.act(By.EXPERT, meeting, Act.CONFIRM, key="late")
    assert row(meeting).state == "expired"
    assert wallet(w.user) == (10_000, 0)
    assert not Request.objects.filter(person=w.expert).exists()


def test_a_strangers_meeting_looks_like_none(database, clock):
    """404 before the key: a stranger learns nothing and leaves nothing."""
    w = world()
    meeting, charlie = w.propose(start=in_(hours=72)), person("charlie")
    for asked in (meeting, "0000000000000000", "x' OR 1=1--"):
        with pytest.raises(Refused, match="not_found"):
            perform(person=charlie.pk, meeting=asked, act=Act.WITHDRAW, key="k")
    assert not Request.objects.filter(person=charlie).exists()


def test_two_settlements_that_cross_do_not_deadlock(database, clock):
    """House: A is B's user and B is A's user; wallets are locked by ascending id."""
    from expertim.expertise.models import Expert, Service

    w = world(credits=100_000)
    place = Expert.objects.create(person=w.user, expertise=w.expertise)
    skill = w.expertise.skills.get()
    service = Service.objects.create(
        expert=place, slug="back", kind="expert-advice", title="Back", length_minutes=60, price=700
    )
    service.skills.add(skill)
    from expertim.credits.ledger import grant

    grant(person_id=w.expert.pk, amount=100_000, reason="test", by="test", cause=unique("grant"))
    there, back = [], []
    start = in_(hours=1)
    for _ in range(12):
        there.append(w.agreed(start=start, acknowledge_overlap=True))
        meeting = w.propose(
            start=start, person=w.expert.pk, other=w.user.public_id, service=service.public_id, price=700,
            acknowledge_overlap=True,
        )  # fmt: skip
        perform(person=w.user.pk, meeting=meeting, act=Act.CONFIRM, acknowledge_overlap=True)
        back.append(meeting)
    clock.advance(timedelta(hours=5))
    pairs = [(w.user.pk, meeting) for meeting in there] + [(w.expert.pk, meeting) for meeting in back]
    pairs = [pair for both in zip(pairs[:12], pairs[12:], strict=True) for pair in both]

    def settle(turn):
        who, meeting = pairs[turn]
        return perform(person=who, meeting=meeting, act=Act.EVALUATE, progress=Said.SMOOTH, stars=5)

    assert together(24, settle) == ["done"] * 24
    assert wallet(w.user) == (100_000 - 12 * 2500 + 12 * 560, 0)
    assert wallet(w.expert) == (100_000 - 12 * 700 + 12 * 2000, 0)


def test_any_number_of_workers_rings_each_meeting_once(database, clock):
    """T1: SKIP LOCKED; eight workers, forty meetings, one notice each."""
    worlds = [world() for _ in range(40)]
    meetings = [w.propose(start=in_(hours=1)) for w in worlds]
    clock.advance(timedelta(hours=2))
    together(8, lambda _: [ring_due(limit=7) for _ in range(20)])
    assert {row(meeting).state for meeting in meetings} == {"expired"}
    assert all(notices(w.user) == ["meeting_expired"] for w in worlds)


def test_one_bad_meeting_delays_nobody(database, clock, caplog):
    """House: a batch that fails is repeated one by one."""
    bad, good = world(), world()
    spoiled, meeting = bad.propose(start=in_(hours=1)), good.propose(start=in_(hours=1))
    terms = row(spoiled).terms
    database.owner.execute("ALTER TABLE meetings_meeting DISABLE TRIGGER step_is_listed")
    try:
        set_terms = "UPDATE meetings_meeting SET terms = %s WHERE id = %s"
        database.owner.execute(set_terms, ["{}", row(spoiled).pk])
        clock.advance(timedelta(hours=2))
        ring_due(limit=100)
        assert row(meeting).state == "expired"
        assert "cannot be rung" in caplog.text
    finally:
        from psycopg.types.json import Json

        database.owner.execute(set_terms, [Json(terms), row(spoiled).pk])
        database.owner.execute("ALTER TABLE meetings_meeting ENABLE TRIGGER step_is_listed")
    ring_due(limit=100)
    assert row(spoiled).state == "expired"


# ---------------------------------------------------------------- every order at the lock

# Two sessions that ask for the same meeting: A holds the lock while B waits for it, or the other way round. For each
# pair of commands that a meeting in the state allows, both orders are played by hand, with the second really waiting.

PAIRS = {
    "proposed by the user": [
        (By.EXPERT, Act.CONFIRM, {}),
        (By.EXPERT, Act.REJECT, {}),
        (By.USER, Act.WITHDRAW, {}),
    ],
    "agreed": [
        (By.USER, Act.CANCEL, {"seen_fee": 0}),
        (By.EXPERT, Act.CANCEL, {}),
        (By.USER, Act.RESCHEDULE, {"start": 80}),
        (By.EXPERT, Act.RESCHEDULE, {"start": 90}),
    ],
    "alternative by the expert": [
        (By.USER, Act.ALTERNATIVE_CONFIRM, {"seen": 90}),
        (By.USER, Act.ALTERNATIVE_REJECT, {"seen": 90}),
        (By.EXPERT, Act.ALTERNATIVE_WITHDRAW, {"seen": 90}),
        (By.USER, Act.CANCEL, {"seen_fee": 0}),
        (By.EXPERT, Act.CANCEL, {}),
    ],
    "rejected": [
        (By.USER, Act.RESCHEDULE, {"start": 80}),
        (By.EXPERT, Act.RESCHEDULE, {"start": 90}),
    ],
    "ended": [
        (By.USER, Act.EVALUATE, {"progress": Said.SMOOTH, "stars": 5, "review": "Good."}),
        (By.EXPERT, Act.EVALUATE, {"progress": Said.MY_FAULT}),
    ],
}
CASES = [(state, a, b) for state, acts in PAIRS.items() for a, b in itertools.product(range(len(acts)), repeat=2)]


def _prepared(state, clock):
    w = world()
    meeting = w.propose(start=in_(hours=72))
    if state == "rejected":
        w.act(By.EXPERT, meeting, Act.REJECT)
    elif state != "proposed by the user":
        w.act(By.EXPERT, meeting, Act.CONFIRM)
    if state == "alternative by the expert":
        w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=_at(meeting, 90))
    if state == "ended":
        clock.advance(timedelta(hours=74))
    return w, meeting


def _at(meeting, hours):
    return row(meeting).proposed_at.replace(second=0, microsecond=0) + timedelta(hours=hours)


def _do(w, meeting, case, base):
    by, act, typed = case
    typed = dict(typed)
    if "start" in typed:
        typed["start"] = base + timedelta(hours=typed["start"])
    if "seen" in typed:
        typed["seen_start"] = base + timedelta(hours=typed.pop("seen"))
    return w.act(by, meeting, act, **typed)


@pytest.mark.parametrize(("state", "first", "second"), CASES)
def test_two_commands_in_either_order_are_one_after_the_other(database, clock, state, first, second):
    """F8, M4, Z1: the second waits at the lock and then judges what stands, exactly as if it had come later."""
    acts = PAIRS[state]
    expected = _one_after_the_other(state, acts[first], acts[second], clock)
    w, meeting = _prepared(state, clock)
    base = _at(meeting, 0)
    # what `perform` does, one step at a time: somebody holds the meeting, A is seen to wait for it, then B behind A
    with database.owners() as lock:
        lock.execute("SELECT 1 FROM meetings_meeting WHERE public_id = %s FOR NO KEY UPDATE", [meeting])
        answers = []
        for turn, case in enumerate((acts[first], acts[second])):
            answers.append(THREADS.submit(_closing, lambda case=case: _do(w, meeting, case, base)))
            _wait_for_waiters(database, turn + 1)
    assert (tuple(map(_key, answers)), _state(w, meeting)) == expected


THREADS = ThreadPoolExecutor(2)


def _closing(work):
    try:
        return work()
    except Refused as refusal:
        return refusal.key
    finally:
        connection.close()


def _wait_for_waiters(database, count):
    """Until so many sessions of this database wait for a lock; PostgreSQL serves them in the order they came."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        waiting = database.owner.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN"
            " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        ).fetchone()[0]
        if waiting >= count:
            return
        time.sleep(0.002)
    raise AssertionError(f"{waiting} instead of {count} sessions wait")


def _one_after_the_other(state, a, b, clock):
    w, meeting = _prepared(state, clock)
    base = _at(meeting, 0)
    answers = []
    for case in (a, b):
        try:
            answers.append(_key(_do(w, meeting, case, base)))
        except Refused as refusal:
            answers.append(refusal.key)
    return tuple(answers), _state(w, meeting)


def _key(answer):
    answer = answer.result(timeout=20) if hasattr(answer, "result") else answer
    return "done" if isinstance(answer, Outcome) else answer


def _state(w, meeting):
    m = row(meeting)
    return (
        m.state,
        m.payment,
        m.progress,
        m.generation,
        sorted(m.approved_by),
        m.alternative_by,
        events(meeting),
        wallet(w.user),
        wallet(w.expert),
        notices(w.user),
        notices(w.expert),
    )


def test_what_was_committed_while_one_waited_is_seen(database, clock):
    """House, "read in one trip": an alternative and an overlap that came while the reader waited for the lock.

    A locking SELECT that joins unlocked tables answers what stood before the wait: this is the race that lost both.
    """
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    alternative = in_(hours=96)
    w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=alternative)
    other = w.propose(start=alternative)
    lock = database.owners()
    lock.execute("SELECT 1 FROM meetings_meeting WHERE public_id = %s FOR NO KEY UPDATE", [meeting])
    answer = THREADS.submit(_closing, lambda: w.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM, seen_start=alternative))
    _wait_for_waiters(database, 1)
    # meanwhile another meeting of the same user at that very time becomes agreed, and somebody joins this one
    w.act(By.EXPERT, other, Act.CONFIRM)
    lock.commit()
    lock.close()
    assert _key(answer) == "overlap"
    assert row(meeting).alternative_at == alternative


def test_a_log_entry_that_came_while_the_bell_waited_counts(database, clock):
    """S5, J1: the worker waits for the meeting; the Join committed meanwhile decides who came."""
    w = world()
    meeting = w.agreed(start=in_(hours=1))
    m = row(meeting)
    clock.freeze(m.ends_at + timedelta(hours=168))
    lock = database.owners()
    lock.execute("SELECT 1 FROM meetings_meeting WHERE id = %s FOR NO KEY UPDATE", [m.pk])
    answer = THREADS.submit(_closing, lambda: ring_due(person=w.user.pk))
    _wait_for_waiters(database, 1)
    lock.execute(
        "INSERT INTO meetings_attendance (meeting_id, generation, party, at) VALUES (%s, 1, 'user', %s)",
        [m.pk, m.starts_at],
    )
    lock.execute(  # and its line on the timeline, as a Join writes it: the audit wants both
        "INSERT INTO meetings_timelineevent (meeting_id, sequence, at, by, person_id, event, values)"
        " VALUES (%s, 3, %s, 'user', %s, 'attended', '{}')",
        [m.pk, m.starts_at, w.user.pk],
    )
    lock.execute("UPDATE meetings_meeting SET version = 3 WHERE id = %s", [m.pk])
    lock.commit()
    lock.close()
    assert answer.result(timeout=20) == 1
    assert Attendance.objects.filter(meeting=m).count() == 1
    assert row(meeting).progress == "no_show_expert"
