"""The database's constraints and the core's sets say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from psycopg import errors

from expertim.meetings import lifecycle
from expertim.meetings.facts import Act, By, Progress, State
from tests.world import in_, row, world

GUARD = Path(lifecycle.__file__).parent / "sql" / "meetings_guard_1.sql"


def test_the_trigger_lists_the_steps_of_the_core():
    """M1."""
    listed = set(re.findall(r"\('(\w+)', '(\w+)'\)", GUARD.read_text()))
    core = {
        (before.value, after.value)
        for before, followers in lifecycle.NEXT_STATES.items()
        if before is not None
        for after in followers
    }
    assert listed == core


def test_the_database_lists_the_payments_of_the_core():
    """M2: beside each state and progress."""
    words = set(re.findall(r"'((?:\w+ )+\w+)'", (GUARD.parent / "meetings_guard_2.sql").read_text()))
    core = {(state, payment) for state, payments in lifecycle.UNSETTLED_PAYMENTS.items() for payment in payments}
    agreed = lifecycle.UNSETTLED_PAYMENTS[State.AGREED]
    settled = {(payment, progress) for payment in lifecycle.SETTLED_PAYMENTS for progress in lifecycle.SETTLED}
    settled |= {(payment, Progress.DISPUTED) for payment in agreed}
    assert words == {" ".join(pair) for pair in core} | {f"agreed {' '.join(pair)}" for pair in settled}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("payment_fits_state", "progress = 'went_smoothly'"),
        ("free_means_price_0", "payment = 'free'"),
        ("alternative_whole", "alternative_at = starts_at"),
        ("alternative_whole", "alternative_by = 'user'"),
        ("alternative_whole", "alternative_at = starts_at, alternative_by = 'user'"),
        ("end_is_start_and_length", "ends_at = ends_at + interval '1 minute'"),
        ("whole_minutes", "starts_at = starts_at + interval '1 second', ends_at = ends_at + interval '1 second'"),
        ("approved_by_parties", "approved_by = ARRAY['both']"),
        ("agreed_in_force", "state = 'agreed'"),
    ],
)
def test_a_row_that_does_not_hold_together_is_refused_by_the_database(database, clock, name, change):
    """M2, D1, A1: by the name of what it violates."""
    meeting = row(world().propose(start=in_(hours=72)))
    with pytest.raises(errors.CheckViolation, match=name) as refusal, database.owners() as connection:
        connection.execute(f"UPDATE meetings_meeting SET {change} WHERE id = %s", [meeting.pk])
    assert refusal.value.diag.constraint_name == f"meetings_{name}"


def test_a_meeting_is_whole_from_its_first_row(database, clock):
    """M2: the same for a row that is put in."""
    meeting = row(world().propose(start=in_(hours=72)))
    columns = [
        field.column for field in type(meeting)._meta.fields if field.column not in ("id", "public_id", "payment")
    ]
    names = ", ".join(f'"{column}"' for column in columns)
    with pytest.raises(errors.CheckViolation, match="payment_fits_state"), database.owners() as connection:
        connection.execute(
            f"INSERT INTO meetings_meeting (id, public_id, payment, {names})"
            f" SELECT nextval('meetings_meeting_ids'), 'forged', 'paid', {names} FROM meetings_meeting WHERE id = %s",
            [meeting.pk],
        )


def test_the_table_leads_nowhere_else():
    """M1: from every state of the table only listed states are reached (the table test walks the rest)."""
    assert set(lifecycle.TABLE) == {None, *State}
    assert set(lifecycle.NEXT_STATES) == {None, *State}


@pytest.mark.parametrize("state", sorted(state.value for state in State if state not in (State.REJECTED, State.AGREED)))
def test_a_step_that_is_not_listed_is_refused_by_the_database(database, clock, state):
    """M1: out of Rejected by raw SQL, to where no rule leads."""
    w = world()
    meeting = w.propose(start=in_(hours=72))
    w.act(By.EXPERT, meeting, Act.REJECT)
    refusal = "cannot go from rejected" if state != State.AWAITING else "payment_fits_state"
    with pytest.raises(errors.CheckViolation, match=refusal), database.owners() as connection:
        connection.execute("UPDATE meetings_meeting SET state = %s WHERE id = %s", [state, row(meeting).pk])


def test_what_was_agreed_on_the_first_day_never_changes(database, clock):
    meeting = row(world().propose(start=in_(hours=72)))
    for change in ("price = 1", "length_minutes = 30, ends_at = starts_at + interval '30 minutes'", "terms = '{}'"):
        with pytest.raises(errors.CheckViolation, match="never changes"), database.owners() as connection:
            connection.execute(f"UPDATE meetings_meeting SET {change} WHERE id = %s", [meeting.pk])


def test_a_timeline_is_append_only_and_complete(database, clock):
    meeting = row(world().propose(start=in_(hours=72)))
    for statement in (
        "UPDATE meetings_timelineevent SET event = 'expired' WHERE meeting_id = %s",
        "DELETE FROM meetings_timelineevent WHERE meeting_id = %s",
    ):
        with pytest.raises(errors.InsufficientPrivilege), database.owners() as connection:
            connection.execute(statement, [meeting.pk])
    with pytest.raises(errors.CheckViolation, match="without its timeline"), database.owners() as connection:
        connection.execute("UPDATE meetings_meeting SET version = 2 WHERE id = %s", [meeting.pk])


def test_an_end_is_its_start_and_length(database, clock):
    meeting = row(world().propose(start=in_(hours=72)))
    for change in ("ends_at = ends_at + interval '1 minute'", "starts_at = starts_at + interval '1 second'"):
        with pytest.raises(errors.CheckViolation), database.owners() as connection:
            connection.execute(f"UPDATE meetings_meeting SET {change} WHERE id = %s", [meeting.pk])
