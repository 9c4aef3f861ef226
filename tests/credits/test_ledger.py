"""L1-L15: what the ledger refuses, attacked with raw SQL as the application, as the owner, and by real concurrency."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import errors

from expertim.credits import moves
from expertim.credits.audit import Report, audit_ledger, one_moment
from expertim.credits.ledger import GrantRefused, grant
from expertim.credits.models import Block, Entry, Posting
from expertim.foundation.amounts import share_of
from expertim.meetings.actions import ring_due
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By, Refused, Said
from tests.world import in_, person, row, together, unique, wallet, world

LEDGER = ("credits_wallet", "credits_posting", "credits_entry", "credits_block")
ENTRY = "INSERT INTO credits_entry (posting_id, account, wallet_id, amount, balance) VALUES (%s, %s, %s, %s, %s)"


def _posting(connection, legs=2, kind="bonus"):
    return connection.execute(
        "INSERT INTO credits_posting (kind, cause, at, legs, reason, by)"
        " VALUES (%s, %s, now(), %s, '', '') RETURNING id",
        [kind, unique("forged"), legs],
    ).fetchone()[0]


def test_one_leg_is_refused(database):
    """L1, K1: even the owner of the tables cannot leave a posting with one leg."""
    with pytest.raises(errors.CheckViolation, match="1 of 2 legs"), database.owners() as connection:
        connection.execute(ENTRY, [_posting(connection), "commission", None, 100, None])


def test_legs_of_a_posting_that_does_not_exist_are_refused(database):
    """L1: although no foreign key asks; one that exists never vanishes."""
    pair = [2**62, "commission", None, 100, None, 2**62, "bonus", None, -100, None]
    with pytest.raises(errors.CheckViolation, match="2 of <NULL> legs"), database.owners() as connection:
        connection.execute(f"{ENTRY}, (%s, %s, %s, %s, %s)", pair)


def test_a_posting_without_legs_is_refused_at_commit(database):
    """L1."""
    with pytest.raises(errors.CheckViolation, match="0 of 2 legs"), database.owners() as connection:
        _posting(connection)


def test_a_posting_that_does_not_balance_is_refused_at_commit(database):
    """L1, L2: the sum over everything stays zero because no single posting can leave it."""
    with pytest.raises(errors.CheckViolation, match="2 of 2 legs and a sum of 1"), database.owners() as connection:
        posting = _posting(connection)
        legs = [posting, "commission", None, 101, None, posting, "bonus", None, -100, None]
        connection.execute(f"{ENTRY}, (%s, %s, %s, %s, %s)", legs)


def test_all_entries_together_come_to_zero(database):
    """L2, K1."""
    person("rich", credits=12345)
    total = database.owner.execute("SELECT sum(amount) FROM credits_entry").fetchone()[0]
    assert total == 0


def test_a_balanced_pair_cannot_join_a_posting_that_stands(database):
    """L4: the posting has said how many legs it has; a single leg does not even wait for the commit."""
    person("rich", credits=100)
    posting = Posting.objects.latest("id").pk
    pair = [posting, "commission", None, 100, None, posting, "bonus", None, -100, None]
    with database.owners() as connection:
        with pytest.raises(errors.CheckViolation, match="4 of 2 legs"):
            connection.execute(f"{ENTRY}, (%s, %s, %s, %s, %s)", pair)
        connection.rollback()
        with pytest.raises(errors.CheckViolation, match="3 of 2 legs"):
            connection.execute(ENTRY, pair[:5])
        connection.rollback()


def test_no_leg_joins_a_posting_of_its_own_transaction_once_it_was_found_whole(database):
    """L4: also where the check at the commit was had before its time."""
    with database.owners() as connection:
        posting = _posting(connection)
        connection.execute(
            f"{ENTRY}, (%s, %s, %s, %s, %s)", [posting, "commission", None, 1, None, posting, "bonus", None, -1, None]
        )
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(errors.CheckViolation, match="3 of 2 legs"):
            connection.execute(ENTRY, [posting, "bonus", None, -1, None])
        connection.rollback()


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE", "INSERT INTO {} DEFAULT VALUES"]
)
def test_the_application_writes_no_ledger_table_itself(database, table, statement):
    """L3: the role that serves requests may read and call, nothing else."""
    column = "person_id" if table == "credits_wallet" else "id"
    with pytest.raises(errors.InsufficientPrivilege), database.apps() as connection:
        connection.execute(statement.format(table, column, column))


def test_the_application_cannot_switch_triggers_off(database):
    """L3."""
    with pytest.raises(errors.InsufficientPrivilege), database.apps() as connection:
        connection.execute("SET session_replication_role = replica")
    with pytest.raises(errors.InsufficientPrivilege), database.apps() as connection:
        connection.execute("ALTER TABLE credits_entry DISABLE TRIGGER ALL")


@pytest.mark.parametrize("table", ["credits_posting", "credits_entry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_posted_never_changes_or_vanishes(database, table, statement):
    """L3: not for the owner either."""
    person("rich", credits=100)
    with pytest.raises(errors.InsufficientPrivilege, match="append-only"), database.owners() as connection:
        connection.execute(statement.format(table))


def test_a_closed_block_never_changes(database, clock):
    """L3, L9."""
    w = world()
    meeting = w.propose(start=in_(hours=72))
    w.act(By.USER, meeting, Act.WITHDRAW)
    block = Block.objects.get(reference=row(meeting).pk)
    assert block.closed_by_id is not None
    for change in ("returned = returned - 1, deducted = 1, paid = 1", "closed_by_id = NULL", "amount = 1"):
        with pytest.raises(errors.CheckViolation), database.owners() as connection:
            connection.execute(f"UPDATE credits_block SET {change} WHERE id = %s", [block.pk])
    with pytest.raises(errors.InsufficientPrivilege), database.owners() as connection:
        connection.execute("DELETE FROM credits_block WHERE id = %s", [block.pk])


@pytest.mark.parametrize("account", ["available", "blocked"])
def test_no_wallet_goes_below_zero(database, account):
    """L5, K2: the database itself refuses, whoever asks."""
    poor = person("poor", credits=100)
    with pytest.raises(errors.CheckViolation), database.owners() as connection:
        connection.execute(f"UPDATE credits_wallet SET {account} = -1 WHERE person_id = %s", [poor.pk])
    block = moves.posting(
        moves.Block(amount=101), user=poor.pk, expert=0, cause=unique("forged"), reference=1, at=in_(hours=1)
    )
    with pytest.raises(errors.CheckViolation), database.apps() as connection:
        connection.execute("SELECT credits_post(%s::jsonb)", [json.dumps([block])])


def test_many_at_once_spend_the_same_credits_no_further_than_they_reach(database, clock):
    """L5, K2: 64 threads, 100 credits, price 10: exactly 10 proposals succeed."""
    w = world(credits=10_000, price=1000)
    start = in_(hours=100)
    answers = together(64, lambda _: w.propose(start=start, acknowledge_overlap=True))
    assert answers.count("done") == 10
    assert answers.count("insufficient_credits") == 54
    assert wallet(w.user) == (0, 10_000)


def test_a_balance_that_its_entries_do_not_bear_out_is_named(database):
    """L6, K6: cached balances are checked against the entries, and the wallet is named."""
    rich = person("rich", credits=777)
    with database.owners() as connection:
        connection.execute("UPDATE credits_wallet SET available = 778 WHERE person_id = %s", [rich.pk])
        connection.commit()
        try:
            found = audit().discrepancies
        finally:
            connection.execute("UPDATE credits_wallet SET available = 777 WHERE person_id = %s", [rich.pk])
            connection.commit()
    assert f"K2 wallets: wallet {rich.pk}: 778 available, 0 blocked; its entries say 777 and 0" in found


def test_what_is_blocked_is_what_the_open_blocks_hold(database, clock):
    """L7: at every commit, also after a refusal half-way and after settling."""
    w = world(credits=6000)
    first, second = w.propose(start=in_(hours=72)), w.propose(start=in_(hours=96))
    with pytest.raises(Refused):
        w.propose(start=in_(hours=120))
    assert wallet(w.user) == (1000, 5000)
    assert sum(Block.objects.filter(wallet=w.user.pk, closed_by=None).values_list("amount", flat=True)) == 5000
    w.act(By.EXPERT, first, Act.REJECT)
    w.act(By.USER, second, Act.WITHDRAW)
    assert wallet(w.user) == (6000, 0)
    assert not Block.objects.filter(wallet=w.user.pk, closed_by=None).exists()


def test_a_meeting_never_holds_two_blocks(database, clock):
    """L8: not even by posting past the rules."""
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    second = moves.posting(
        moves.Block(amount=2500), user=w.user.pk, expert=w.expert.pk, cause=unique("forged"), reference=meeting.pk,
        at=meeting.starts_at,
    )  # fmt: skip
    with pytest.raises(errors.UniqueViolation, match="credits_one_open_block"), database.apps() as connection:
        connection.execute("SELECT credits_post(%s::jsonb)", [json.dumps([second])])


def test_sixteen_confirmations_at_once_block_once(database, clock):
    """L8, L11: one wins, the others are told that it is agreed already."""
    w = world()
    known = w.propose(start=in_(hours=100))
    w.act(By.USER, known, Act.WITHDRAW)
    meeting = w.propose(start=in_(hours=72), by=By.EXPERT)
    answers = together(16, lambda _: w.act(By.USER, meeting, Act.CONFIRM))
    assert sorted(answers) == ["done"] + ["not_possible_now"] * 15
    assert wallet(w.user) == (7500, 2500)


def _return(w, meeting):
    back = moves.posting(
        moves.Close(amount=2500, fee=0, commission=0),
        user=w.user.pk,
        expert=w.expert.pk,
        cause=unique("forged"),
        reference=meeting.pk,
        at=meeting.starts_at,
    )
    return "SELECT credits_post(%s::jsonb)", [json.dumps([back])]


def test_a_block_ends_once(database, clock):
    """L9: a second return finds nothing to close, although the wallet would bear it."""
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    w.propose(start=in_(hours=96))
    with database.apps() as connection:
        connection.execute(*_return(w, meeting))
        with pytest.raises(errors.CheckViolation, match="1 blocks to close, 0 open"):
            connection.execute(*_return(w, meeting))
        connection.rollback()


def test_a_block_ends_only_with_its_meeting(database, clock):
    """L9, M2: one return past the rules is refused at COMMIT: the meeting still says that its credits are blocked."""
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    with database.apps() as connection:
        connection.execute(*_return(w, meeting))
        with pytest.raises(errors.CheckViolation, match="payment is blocked"):
            connection.commit()


def test_cancelling_and_settling_in_the_same_instant_end_one_block_once(database, clock):
    """L9: eight evaluations by the user against eight rings by the worker."""
    w = world()
    meeting = w.agreed(start=in_(hours=1))
    clock.advance(in_(days=9) - clock.now)
    answers = together(
        16,
        lambda turn: ring_due(limit=50) if turn % 2 else w.act(By.USER, meeting, Act.EVALUATE, progress=Said.MY_FAULT),
    )
    assert answers.count("done") >= 9
    block = Block.objects.get(reference=row(meeting).pk)
    assert (block.deducted, block.paid, block.commission) == (2500, 2000, 500)
    assert wallet(w.expert) == (2000, 0)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(price=st.integers(1, 9_999_999), fee=st.integers(0, 10_000), commission=st.integers(0, 10_000))
def test_every_split_is_whole(price, fee, commission):
    """L10, K3, K4: deducted + returned = amount; paid + commission = deducted, to the hundredth."""
    deducted = share_of(price, Decimal(fee) / 100)
    split = moves.close(amount=price, fee=deducted, commission_percent=Decimal(commission) / 100)
    made = moves.posting(split, user=1, expert=2, cause="c", reference=3, at=None)
    ends = made["closes"]
    assert ends["returned"] + ends["deducted"] == price
    assert ends["paid"] + ends["commission"] == ends["deducted"] == deducted
    assert sum(leg["amount"] for leg in made["legs"]) == 0


def test_a_block_that_does_not_end_whole_is_refused(database, clock):
    """L10: the check stands in the database as well."""
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    for change in (
        "returned = 2499, deducted = 0, paid = 0, commission = 0",
        "returned = 0, deducted = 2500, paid = 2400, commission = 0",
        "returned = 3000, deducted = -500, paid = -500, commission = 0",
    ):
        with pytest.raises(errors.CheckViolation), database.owners() as connection:
            connection.execute(
                f"UPDATE credits_block SET closed_by_id = (SELECT max(id) FROM credits_posting), {change}"
                " WHERE reference = %s",
                [meeting.pk],
            )


def test_a_cause_posts_once(database):
    """L11: of 16 grants under one cause one takes effect."""
    rich, cause = person("rich"), unique("opening")
    answers = together(
        16, lambda _: grant(person_id=rich.pk, amount=100, reason="opening", by="test", cause=cause), values=True
    )
    assert sorted(answers) == [False] * 15 + [True]
    assert wallet(rich) == (100, 0)
    again = moves.grant_posting(person=rich.pk, amount=100, cause=cause, reason="again", by="test", at=None)
    with pytest.raises(errors.UniqueViolation), database.apps() as connection:
        connection.execute("SELECT credits_post(%s::jsonb)", [json.dumps([again])])


def test_two_tabs_that_review_two_meetings_of_one_expert_earn_one_bonus(database, clock):
    """L12, V1: also in the same instant; and writing again earns nothing."""
    w = world()
    meetings = [w.agreed(start=in_(hours=1)), w.agreed(start=in_(hours=3), acknowledge_overlap=True)]
    clock.advance(in_(hours=6) - clock.now)

    def review(turn):
        return w.act(
            By.USER, meetings[turn], Act.EVALUATE, progress=Said.SMOOTH, stars=4, review=f"Clear words, {turn}."
        )

    assert together(2, review) == ["done", "done"]
    assert wallet(w.user) == (10_000 - 5000 + 500, 0)
    assert Entry.objects.filter(wallet=w.user.pk, movement="bonus").count() == 1


def test_the_payment_status_is_a_function_of_the_ledger(database, clock):
    """L13, M2: a status that the blocks do not bear out is refused at COMMIT, whoever writes it."""
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    with (
        pytest.raises(errors.CheckViolation, match="payment is not_blocked, blocked are 2500"),
        database.owners() as connection,
    ):
        connection.execute("UPDATE meetings_meeting SET payment = 'not_blocked' WHERE id = %s", [meeting.pk])
    with pytest.raises(errors.CheckViolation, match="payment_fits_state"), database.owners() as connection:
        connection.execute("UPDATE meetings_meeting SET payment = 'paid' WHERE id = %s", [meeting.pk])


def test_nobody_is_charged_what_they_have_not_seen(database, clock):
    """L14, C5: the 48 h line is crossed between the page and the button; then nothing happens."""
    w = world()
    start = in_(hours=49)
    meeting = w.agreed(start=start)
    clock.freeze(start - timedelta(hours=48) + timedelta(microseconds=1))
    with pytest.raises(Refused) as refusal:
        w.act(By.USER, meeting, Act.CANCEL, seen_fee=0)
    assert (refusal.value.key, refusal.value.facts["fee"]) == ("fee_changed", 1250)
    assert wallet(w.user) == (7500, 2500)
    assert row(meeting).state == "agreed"


def test_nobody_pays_themselves(database, clock):
    """L15: refused by the rule, and by the table."""
    w = world()
    with pytest.raises(Refused) as refusal:
        w.propose(start=in_(hours=72), person=w.expert.pk)
    assert refusal.value.facts["errors"] == (("expert", "not_offered"),)
    meeting = row(w.propose(start=in_(hours=72)))
    with pytest.raises(errors.CheckViolation), database.owners() as connection:
        connection.execute("UPDATE meetings_meeting SET user_id = expert_id WHERE id = %s", [meeting.pk])


def test_a_grant_needs_a_reason_an_author_and_a_sane_amount(database):
    """X2, L16 as amended: one operator grants, and says why."""
    rich = person("rich")
    for amount, reason, by in ((0, "r", "b"), (-5, "r", "b"), (10**9, "r", "b"), (5, " ", "b"), (5, "r", "")):
        with pytest.raises(GrantRefused):
            grant(person_id=rich.pk, amount=amount, reason=reason, by=by, cause=unique("grant"))
    forged = moves.grant_posting(person=rich.pk, amount=5, cause=unique("forged"), reason="", by="", at=None)
    with pytest.raises(errors.CheckViolation), database.apps() as connection:
        connection.execute("SELECT credits_post(%s::jsonb)", [json.dumps([forged])])


def test_the_audit_answers_figures_and_no_discrepancy(database):
    """K6."""
    person("rich", credits=100)
    report = Report()
    with one_moment():
        audit_ledger(report)
    assert report.discrepancies == []
    assert {"wallets", "available", "blocked", "commission", "bonuses", "granted"} <= set(report.figures)


def test_a_person_always_has_a_wallet(database):
    """K2: also one that is put into the table by hand."""
    with database.owners() as connection:
        made = connection.execute(
            "INSERT INTO people_person (password, is_superuser, public_id, email, name, time_zone, date_format,"
            " language, is_staff, is_active, joined_at) VALUES"
            " ('', false, %s, %s, 'By hand', 'UTC', 'YYYY-MM-DD HH:MM', 'en', false, true, now()) RETURNING id",
            [unique("p")[-16:], f"{unique('hand')}@example.org"],
        ).fetchone()[0]
    assert database.owner.execute("SELECT available FROM credits_wallet WHERE person_id = %s", [made]).fetchone() == (
        0,
    )
