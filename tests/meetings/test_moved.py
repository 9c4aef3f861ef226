"""Credits never move untold: whoever no other notice reaches is told of the movement itself, in its transaction."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from expertim.credits import ledger
from expertim.credits.models import Entry, Posting
from expertim.credits.moves import Movement
from expertim.meetings import moved
from expertim.meetings.actions import perform
from expertim.meetings.facts import Act, By, Progress, Said
from expertim.meetings.models import Meeting
from expertim.notifications.models import Notice
from expertim.outbox.models import Row
from expertim.site.management.commands.catalogue import load
from tests.conftest import PlatformClock
from tests.notifications.telling import letters
from tests.site.reading import client_of, text_of
from tests.world import in_, notices, person, unique, wallet, world

pytestmark = pytest.mark.usefixtures("database")


def grant(person_id: int, *, amount: int = 2550, cause: str = "", reason: str = "For the trouble") -> bool:
    return moved.grant(person_id=person_id, amount=amount, reason=reason, by="test", cause=cause or unique("grant"))


def test_a_grant_is_told_once_however_often_it_is_asked_for(clock: PlatformClock) -> None:
    """K5: the inbox and a mail say how much, why, and what there is now; nothing of it can be switched off."""
    who, cause = person(), unique("grant")
    assert grant(who.pk, cause=cause)
    assert not grant(who.pk, cause=cause)
    assert notices(who) == ["credits_moved"]
    assert Notice.objects.get(recipient=who).at == clock.now
    letter = letters(who)["credits_moved"]
    assert letter["subject"] == "25.50 credits granted to you"
    assert "You have been granted 25.50 credits. The reason given: For the trouble" in letter["body"]
    assert "Available now: 25.50 credits" in letter["body"]
    assert "No more mail of this kind" not in letter["body"]
    client = client_of(who)
    page = text_of(client, "/inbox/")
    assert "Credits moved" in page
    assert "The reason given: For the trouble" in page
    opened = client.post(f"/inbox/{Notice.objects.get(recipient=who).pk}/")
    assert opened["Location"] == "/account/"


def test_a_grant_that_fails_tells_nobody_and_a_notice_that_fails_grants_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = person()
    with pytest.raises(ledger.GrantRefused):
        grant(who.pk, amount=0)
    assert notices(who) == []

    def broken(_rows: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(moved, "tell", broken)
    with pytest.raises(DatabaseError):
        grant(who.pk)
    assert wallet(who) == (0, 0)


def test_the_command_and_the_operator_s_page_tell(clock: PlatformClock) -> None:
    who, operator = person(), person("olga", is_staff=True)
    call_command("credits", "grant", who.email, "25", "--reason", "Welcome", stdout=io.StringIO())
    asked = {"amount": "10", "reason": "Sorry", "granting": "1000", "key": "abc123"}
    try:
        for _twice in range(2):
            client_of(operator).post(f"/operator/people/{who.public_id}/grant/", asked)
    finally:
        operator.is_staff = False
        operator.save()
    told = Notice.objects.filter(recipient=who).order_by("id").values_list("kind", "values__amount", "values__reason")
    assert list(told) == [("credits_moved", 2500, "Welcome"), ("credits_moved", 1000, "Sorry")]
    assert Row.objects.filter(kind="notice", recipient=who.pk).count() == 2


def test_opening_credits_are_told_in_the_inbox_alone(clock: PlatformClock) -> None:
    """Whom an operator has just entered may not know of us: what would the mail be to them?"""
    address = f"{unique('new')}@example.org"
    file = f"people:\n- {{email: {address}, name: New, credits: 50}}\n".encode()
    load(file, name="file")
    load(file, name="file")
    [notice] = Notice.objects.filter(recipient__email=address)
    assert (notice.kind, notice.values["amount"]) == ("credits_moved", 5000)
    assert not Row.objects.filter(kind__in=["notice", "push"], recipient=notice.recipient_id).exists()


def test_a_bonus_is_told_beside_the_settlement_and_an_edit_tells_nothing(clock: PlatformClock) -> None:
    """V1: movement "Bonus credits for verbal evaluation"."""
    w = world()
    for review in ("Clear and patient.", "Clear, patient, quick."):
        meeting = w.agreed(start=in_(hours=50))
        clock.advance(timedelta(hours=52))
        w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5, review=review)
    assert notices(w.user).count("credits_moved") == 1
    assert notices(w.expert).count("credits_moved") == 0
    letter = letters(w.user)["credits_moved"]
    assert letter["subject"] == "5 credits for your first review"
    assert "for your first review of Erin" in letter["body"]


def test_who_cancels_late_is_told_what_it_has_cost(clock: PlatformClock) -> None:
    """C3: the expert is told by the rules' own notice; the user's receipt is this one."""
    w = world()
    meeting = w.agreed(start=in_(hours=30))
    w.act(By.USER, meeting, Act.CANCEL, reason="I am ill", seen_fee=1250)
    assert notices(w.user)[-1] == "credits_moved"
    assert "credits_moved" not in notices(w.expert)
    letter = letters(w.user)["credits_moved"]
    assert letter["subject"] == "12.50 credits paid for a late cancellation"
    assert "You have paid 12.50 credits for cancelling" in letter["body"]


def test_no_movement_is_untold(clock: PlatformClock) -> None:
    """Each leg that is a movement has a notice of that moment to its person: settlement, fee, bonus, dispute."""
    w = world(credits=20_000)
    for at, end in ((30, "cancel"), (200, "smooth"), (300, "dispute")):
        meeting = w.agreed(start=in_(hours=at))
        if end == "cancel":
            w.act(By.USER, meeting, Act.CANCEL, reason="I am ill", seen_fee=1250)
            continue
        clock.advance(timedelta(hours=at + 2))
        said = Said.SMOOTH if end == "smooth" else Said.OTHER_FAULT
        stars = {"stars": 5, "review": "Good."} if end == "smooth" else {}
        w.act(By.USER, meeting, Act.EVALUATE, progress=said, **stars)
        if end == "dispute":
            w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
            operator = person("olga", is_staff=True)
            perform(
                person=operator.pk,
                meeting=meeting,
                act=Act.SETTLE,
                operator=True,
                outcome=Progress.NO_SHOW_USER,
                fee=1000,
                note="Seen",
            )
            operator.is_staff = False
            operator.save()
    ids = Meeting.objects.filter(user=w.user).values_list("pk", flat=True)
    seen = 0
    for posting in Posting.objects.filter(reference__in=ids):
        for entry in Entry.objects.filter(posting=posting).exclude(movement=None):
            told = Notice.objects.filter(recipient=entry.wallet_id, reference=posting.reference, at=posting.at)
            kinds = set(told.values_list("kind", flat=True))
            assert kinds & {"credits_moved", "meeting_settled", "dispute_settled", "meeting_cancellation_by_user"}
            if entry.movement == Movement.BONUS:
                assert "credits_moved" in kinds
            seen += 1
    assert seen == 7
