"""`expertim credits grant` and `expertim audit`, as an operator uses them."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from expertim.credits.models import Posting
from tests.world import person, row, wallet, world


def _run(*arguments, **options):
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err, **options)
    return out.getvalue()


def test_a_grant_arrives_and_says_what_there_is_now(database):
    """K5, X2."""
    poor = person("poor")
    said = _run("credits", "grant", poor.email.upper(), "12.50", reason="A refund for the broken stream")
    assert "12.50" in said
    assert wallet(poor) == (1250, 0)
    posting = Posting.objects.latest("id")
    assert (posting.kind, posting.reason, posting.by) == ("grant", "A refund for the broken stream", "console")


@pytest.mark.parametrize("amount", ["0", "-5", "1e3", "NaN", "1.234", "٣", " 5", "99999999999"])
def test_what_is_no_amount_is_refused_in_words(database, amount):
    poor = person("poor")
    with pytest.raises(CommandError):
        _run("credits", "grant", "--reason", "x", "--", poor.email, amount)
    assert wallet(poor) == (0, 0)


def test_nobody_of_that_address_is_said(database):
    with pytest.raises(CommandError, match="Nobody here"):
        _run("credits", "grant", "nobody@example.org", "5", reason="x")


def test_the_audit_of_clean_books_answers_the_figures(database):
    """K6."""
    assert _run("audit").rstrip().endswith("no discrepancy")


def test_the_audit_names_each_discrepancy_and_fails(database, clock):
    """K6: a status that the credits do not bear out, made by switching the guards off as only the owner can."""
    from tests.world import in_

    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    guards = ("changed_agrees_with_credits", "step_is_listed")
    with database.owners() as owner:
        for guard in guards:
            owner.execute(f"ALTER TABLE meetings_meeting DISABLE TRIGGER {guard}")
        owner.execute("UPDATE meetings_meeting SET payment = 'not_blocked' WHERE id = %s", [meeting.pk])
    err = StringIO()
    try:
        with pytest.raises(SystemExit) as stop:
            call_command("audit", stdout=StringIO(), stderr=err)
    finally:
        with database.owners() as owner:
            owner.execute("UPDATE meetings_meeting SET payment = 'blocked' WHERE id = %s", [meeting.pk])
            owner.commit()
            for guard in guards:
                owner.execute(f"ALTER TABLE meetings_meeting ENABLE TRIGGER {guard}")
    assert stop.value.code == 1
    assert f"meeting {meeting.public_id}: payment is not_blocked, but 2500 are blocked" in err.getvalue()
