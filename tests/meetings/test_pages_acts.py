"""The page of each act: it explains, asks, does it once, and loses nothing that was typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from expertim.meetings.facts import Act, By
from tests.meetings.visiting import Visitor, act, hidden_of, text_of, without_tokens, words_of
from tests.world import World, events, in_, person, row, wallet, world

DAY = timedelta(days=1)


def both(w: World) -> tuple[Visitor, Visitor]:
    return Visitor(w.user), Visitor(w.expert)


def state_of(meeting: str) -> tuple[Any, ...]:
    held = row(meeting)
    return held.state, held.payment, held.progress, held.starts_at, held.alternative_at, held.version


# ---------------------------------------------------------------- each act, by the right party


def test_confirming_agrees_the_meeting(database, clock):
    """A1"""
    w = world()
    user, expert = both(w)
    meeting = w.propose(start=in_(days=10))
    page = expert.get(act(meeting, "confirm"))
    assert page.status_code == 200
    assert "25 credits of Uma are blocked for it already." in words_of(page)
    answer = expert.fill(act(meeting, "confirm"))
    assert (answer.status_code, answer["Location"]) == (303, f"/meetings/{meeting}/")
    assert "You have confirmed Thu 11.03.2027 09:00 (UTC)." in words_of(expert.get(answer["Location"]))
    assert row(meeting).state == "agreed"
    assert "Agreed." in words_of(user.get(f"/meetings/{meeting}/"))


def test_a_user_who_confirms_reads_what_is_blocked(database, clock):
    """A1, P2"""
    w = world()
    user, _expert = both(w)
    w.propose(start=in_(days=9))  # they know each other
    meeting = w.propose(start=in_(days=10), by=By.EXPERT)
    assert "Confirm the meeting, block 25 credits" in words_of(user.get(act(meeting, "confirm")))
    assert user.fill(act(meeting, "confirm")).status_code == 303
    assert wallet(w.user) == (5000, 5000)


def test_rejecting_gives_a_reason_of_the_list(database, clock):
    """A2"""
    w = world()
    user, expert = both(w)
    meeting = w.propose(start=in_(days=10))
    answer = expert.fill(act(meeting, "reject"), reason="not-my-field", message="Ask Petr about this")
    assert answer.status_code == 303
    shown = words_of(user.get(f"/meetings/{meeting}/"))
    assert "Rejected by Erin Reason: Outside my field Ask Petr about this" in shown
    assert wallet(w.user) == (10_000, 0)


def test_a_rejection_without_a_reason_keeps_the_message(database, clock):
    w = world()
    _user, expert = both(w)
    meeting = w.propose(start=in_(days=10))
    answer = expert.fill(act(meeting, "reject"), message="Typed with care")
    assert answer.status_code == 422
    assert "Typed with care" in text_of(answer)
    assert '<a href="#id_reason_0">' in text_of(answer)
    answer = expert.fill(act(meeting, "reject"), reason="made-up", message="Typed with care")
    assert answer.status_code == 422
    assert "Choose one of the reasons of this list." in words_of(answer)
    assert row(meeting).state == "awaiting_approval"


def test_withdrawing_takes_a_proposal_back(database, clock):
    """C1"""
    w = world()
    user, _expert = both(w)
    meeting = w.propose(start=in_(days=10))
    assert "Your 25 credits are returned to you whole." in words_of(user.get(act(meeting, "withdraw")))
    assert user.fill(act(meeting, "withdraw")).status_code == 303
    assert "You have withdrawn this proposal." in words_of(user.get(f"/meetings/{meeting}/"))


def test_cancelling_early_costs_nothing(database, clock):
    """C2"""
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    page = words_of(user.get(act(meeting, "cancel")))
    assert "This is free of charge until Tue 09.03.2027 09:00 (UTC); after that it costs 12.50 credits." in page
    assert user.fill(act(meeting, "cancel"), reason="A clash").status_code == 303
    assert wallet(w.user) == (10_000, 0)
    assert "Cancelled by Uma A clash" in words_of(user.get(f"/meetings/{meeting}/"))


def test_an_expert_cancels_at_no_cost_to_anybody(database, clock):
    """C4"""
    w = world()
    _user, expert = both(w)
    meeting = w.agreed(start=in_(hours=3))
    assert "25 credits are returned to Uma whole." in words_of(expert.get(act(meeting, "cancel")))
    assert expert.fill(act(meeting, "cancel"), reason="Ill").status_code == 303
    assert wallet(w.user) == (10_000, 0)


def test_another_date_is_suggested_confirmed_rejected_and_taken_back(database, clock):
    """D1, D4, D5, D6"""
    w = world()
    user, expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    new = in_(days=11)
    for end in ("alternative-withdraw", "alternative-reject", "alternative-confirm"):
        page = words_of(expert.get(act(meeting, "reschedule")))
        assert "the date you have agreed stands: Thu 11.03.2027 09:00 (UTC)" in page
        assert expert.fill(act(meeting, "reschedule"), **expert.on(new)).status_code == 303
        shown = words_of(user.get(f"/meetings/{meeting}/"))
        assert "Erin suggests Fri 12.03.2027 09:00 (UTC) instead." in shown
        assert "Until you answer, Thu 11.03.2027 09:00 (UTC) stands." in shown
        who = expert if end == "alternative-withdraw" else user
        answer = who.fill(act(meeting, end), **({"reason": "not-my-field"} if "reject" in end else {}))
        assert answer.status_code == 303
        assert row(meeting).alternative_at is None
    assert row(meeting).starts_at == new


def test_a_rejected_meeting_is_proposed_anew_by_the_user(database, clock):
    """D2"""
    w = world()
    user, _expert = both(w)
    meeting = w.propose(start=in_(days=10))
    w.act(By.EXPERT, meeting, Act.REJECT)
    assert "Propose this date, block 25 credits" in words_of(user.get(act(meeting, "reschedule")))
    answer = user.fill(act(meeting, "reschedule"), **user.on(in_(days=12)), message="Better?")
    assert answer.status_code == 303
    assert row(meeting).state == "awaiting_approval"
    assert wallet(w.user) == (7500, 2500)


def test_a_rejected_meeting_is_offered_another_date_by_the_expert(database, clock):
    """D3, D4"""
    w = world()
    user, expert = both(w)
    meeting = w.propose(start=in_(days=10))
    w.act(By.EXPERT, meeting, Act.REJECT)
    assert expert.fill(act(meeting, "reschedule"), **expert.on(in_(days=10))).status_code == 303
    assert "Confirm the date, block 25 credits" in words_of(user.get(act(meeting, "alternative-confirm")))
    assert user.fill(act(meeting, "alternative-confirm")).status_code == 303
    assert row(meeting).state == "agreed"


def test_both_say_how_it_went(database, clock):
    """E1, E2, V1: stars and words are the user's; the expert has neither field."""
    w = world()
    user, expert = both(w)
    meeting = w.agreed(start=in_(days=1))
    clock.advance(2 * DAY)
    page = text_of(expert.get(act(meeting, "evaluate")))
    assert 'name="stars"' not in page
    assert 'name="review"' not in page
    assert expert.fill(act(meeting, "evaluate"), progress="not_held_other_fault").status_code == 303
    answer = user.fill(act(meeting, "evaluate"), progress="smooth", stars="4", review="Clear and kind")
    assert answer.status_code == 303
    assert "This meeting went smoothly." in words_of(user.get(f"/meetings/{meeting}/"))
    assert wallet(w.expert) == (2000, 0)
    for who in (user, expert):
        assert "★" not in text_of(who.get(f"/meetings/{meeting}/"))


def test_stars_are_asked_for_where_it_went_smoothly(database, clock):
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=1))
    clock.advance(2 * DAY)
    answer = user.fill(act(meeting, "evaluate"), progress="smooth", review="Typed at length")
    assert answer.status_code == 422
    assert "Typed at length" in text_of(answer)
    assert '<a href="#id_stars_0">' in text_of(answer)
    assert 'value="smooth" id="id_progress_0" checked' in text_of(answer)
    assert row(meeting).progress is None


def test_who_has_written_before_finds_the_old_text(database, clock):
    """V1"""
    w = world()
    user, _expert = both(w)
    first, second = w.agreed(start=in_(days=1)), w.agreed(start=in_(days=3))
    clock.advance(5 * DAY)
    assert "For your first words about somebody you get 5 credits." in words_of(user.get(act(first, "evaluate")))
    user.fill(act(first, "evaluate"), progress="smooth", stars="5", review="The old text")
    page = user.get(act(second, "evaluate"))
    assert "The old text" in text_of(page)
    assert "You have written about Erin before" in words_of(page)


def test_joining_is_recorded_when_pressed_and_not_when_looked_at(database, clock):
    """J1"""
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=1))
    early = user.get(act(meeting, "join"))
    assert early.status_code == 200
    assert "Joining opens Tue 02.03.2027 08:45 (UTC) and closes Tue 02.03.2027 11:00 (UTC)." in words_of(early)
    assert user.post(act(meeting, "join"), {"key": "early"}).status_code == 409
    clock.advance(DAY - timedelta(minutes=15))
    before = state_of(meeting)
    assert user.get(act(meeting, "join")).status_code == 200
    assert user.client.head(act(meeting, "join")).status_code == 200
    assert state_of(meeting) == before
    answer = user.fill(act(meeting, "join"))
    assert (answer.status_code, answer["Location"]) == (303, f"/meetings/{meeting}/room/")
    assert events(meeting)[-1] == ("attended", "user")


# ---------------------------------------------------------------- whose meeting it is


@pytest.mark.parametrize(
    "name",
    ["", "confirm/", "reject/", "withdraw/", "cancel/", "reschedule/", "alternative-confirm/", "evaluate/", "join/"],
)
def test_to_a_stranger_a_meeting_is_as_unknown_as_one_that_is_not_there(database, clock, name):
    w = world()
    charlie = Visitor(person("charlie"))
    meeting = w.propose(start=in_(days=10))
    known, unknown = (charlie.get(f"/meetings/{m}/{name}") for m in (meeting, "0" * 16))
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert without_tokens(known).replace(meeting, "0" * 16) == without_tokens(unknown)
    if name:
        before = state_of(meeting)
        assert charlie.post(f"/meetings/{meeting}/{name}", {"key": "k"}).status_code == 404
        assert state_of(meeting) == before


def test_there_are_no_other_acts(database, clock):
    w = world()
    user, _expert = both(w)
    meeting = w.propose(start=in_(days=10))
    for name in ("propose", "settle", "alternative_confirm", "delete"):
        assert user.get(act(meeting, name)).status_code == 404
    assert user.client.put(act(meeting, "withdraw")).status_code == 405


def test_an_operator_reads_and_does_nothing_for_others(database, clock):
    """X2"""
    w = world()
    operator = Visitor(person("olga", is_staff=True))
    meeting = w.propose(start=in_(days=10))
    page = words_of(operator.get(f"/meetings/{meeting}/"))
    assert "You see this as an operator." in page
    assert "Waiting for Erin's answer" in page
    before = state_of(meeting)
    for name in ("confirm", "withdraw", "cancel"):
        assert operator.get(act(meeting, name)).status_code == 409
        assert operator.post(act(meeting, name), {"key": "k", "reason": "x", "seen_fee": "0"}).status_code == 409
    assert state_of(meeting) == before


# ---------------------------------------------------------------- once, and as seen


def test_a_page_sent_twice_acts_once(database, clock):
    """Z1"""
    w = world()
    _user, expert = both(w)
    meeting = w.propose(start=in_(days=10))
    fields = hidden_of(expert.get(act(meeting, "confirm")))
    first, second = (expert.post(act(meeting, "confirm"), fields) for _ in range(2))
    assert first["Location"] == second["Location"] == f"/meetings/{meeting}/"
    assert [first.status_code, second.status_code] == [303, 303]
    assert events(meeting) == [("approved", "user"), ("approved", "expert")]


def test_every_act_may_be_sent_twice(database, clock):
    """Z1: whatever the meeting has become by the first sending, the second gets the same answer."""
    w = world()
    user, expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    steps: list[tuple[Visitor, str, dict[str, str]]] = [
        (user, "reschedule", user.on(in_(days=12))),
        (expert, "alternative-reject", {"reason": "not-my-field"}),
        (expert, "reschedule", user.on(in_(days=13))),
        (expert, "alternative-withdraw", {}),
        (user, "reschedule", user.on(in_(days=14))),
        (expert, "alternative-confirm", {}),
        (user, "cancel", {"reason": "Enough"}),
    ]
    for who, name, typed in steps:
        fields = hidden_of(who.get(act(meeting, name))) | typed
        assert who.post(act(meeting, name), fields).status_code == 303, name
        after = state_of(meeting)
        assert who.post(act(meeting, name), fields).status_code == 303, name
        assert state_of(meeting) == after


def test_a_used_page_with_other_words_is_told_so(database, clock):
    """Z1: the key came before with another body; the page gets a new one."""
    w = world()
    user, expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    fields = hidden_of(user.get(act(meeting, "reschedule")))
    assert user.post(act(meeting, "reschedule"), fields | user.on(in_(days=12))).status_code == 303
    expert.fill(act(meeting, "alternative-reject"), reason="not-my-field")
    answer = user.post(act(meeting, "reschedule"), fields | user.on(in_(days=13)))
    assert answer.status_code == 409
    assert "This page has been used already" in words_of(answer)
    assert hidden_of(answer)["key"] != fields["key"]
    assert row(meeting).alternative_at is None


def test_a_fee_that_has_changed_is_shown_and_then_accepted(database, clock):
    """C5: the 48 h line was crossed while the page stood open; nothing typed is lost, the key is kept."""
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=3))
    fields = hidden_of(user.get(act(meeting, "cancel")))
    clock.advance(DAY + timedelta(minutes=1))
    stale = user.post(act(meeting, "cancel"), fields | {"reason": "A long story"})
    assert stale.status_code == 409
    assert "Cancelling now costs 12.50 credits." in words_of(stale)
    assert "Cancel the meeting, pay 12.50 credits" in words_of(stale)
    assert "A long story" in text_of(stale)
    assert hidden_of(stale) == fields | {"seen_fee": "1250"}
    assert row(meeting).state == "agreed"
    assert user.again(stale, act(meeting, "cancel"), reason="A long story").status_code == 303
    assert wallet(w.user) == (8750, 0)


@pytest.mark.parametrize("fee", ["", "free", "-1", "²", "9" * 30])
def test_a_fee_that_the_page_never_showed_is_not_taken(database, clock, fee):
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    answer = user.fill(act(meeting, "cancel"), reason="x", seen_fee=fee)
    assert answer.status_code == 409
    assert row(meeting).state == "agreed"


def test_an_answer_is_to_the_date_that_was_seen(database, clock):
    """C5: another date was put forward meanwhile."""
    w = world()
    user, expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    expert.fill(act(meeting, "reschedule"), **expert.on(in_(days=11)))
    fields = hidden_of(user.get(act(meeting, "alternative-confirm")))
    expert.fill(act(meeting, "alternative-withdraw"))
    expert.fill(act(meeting, "reschedule"), **expert.on(in_(days=12)))
    stale = user.post(act(meeting, "alternative-confirm"), fields)
    assert stale.status_code == 409
    assert "It is now about Sat 13.03.2027 09:00 (UTC)." in words_of(stale)
    assert row(meeting).alternative_at is not None
    assert user.again(stale, act(meeting, "alternative-confirm")).status_code == 303
    assert row(meeting).starts_at == in_(days=12)


def test_what_the_other_did_meanwhile_is_said_with_what_is_possible(database, clock):
    w = world()
    user, _expert = both(w)
    meeting = w.propose(start=in_(days=10))
    fields = hidden_of(user.get(act(meeting, "withdraw")))
    w.act(By.EXPERT, meeting, Act.CONFIRM)
    answer = user.post(act(meeting, "withdraw"), fields)
    assert answer.status_code == 409
    shown = words_of(answer)
    assert "Erin has confirmed this meeting, so the proposal can no longer be withdrawn. You can cancel it." in shown
    assert "Cancelling now costs nothing. After Tue 09.03.2027 09:00 (UTC) it costs 50 % of the price" in shown
    assert f'href="{act(meeting, "cancel")}"' in text_of(answer)


def test_words_for_an_act_that_is_over_are_not_lost(database, clock):
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=1))
    fields = hidden_of(user.get(act(meeting, "cancel")))
    clock.advance(2 * DAY)
    answer = user.post(act(meeting, "cancel"), fields | {"reason": "Written for long"})
    assert answer.status_code == 409
    assert "What you had written Reason Written for long" in words_of(answer)


def test_an_overlap_warns_and_may_be_gone_over(database, clock):
    """O1"""
    w = world()
    _user, expert = both(w)
    first = w.agreed(start=in_(days=10))
    meeting = w.propose(start=in_(days=10, minutes=30), acknowledge_overlap=True)
    warned = expert.fill(act(meeting, "confirm"))
    assert warned.status_code == 409
    assert "You have another agreed meeting at that time" in words_of(warned)
    assert f'href="/meetings/{first}/"' in text_of(warned)
    assert "Go on all the same" in words_of(warned)
    assert expert.again(warned, act(meeting, "confirm")).status_code == 409
    assert row(meeting).state == "awaiting_approval"
    assert expert.all_the_same(warned, act(meeting, "confirm")).status_code == 303
    assert row(meeting).state == "agreed"


def test_a_warning_is_about_the_time_it_named(database, clock):
    """O1: going on all the same does not cover another time typed since."""
    w = world()
    user, _expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    w.agreed(start=in_(days=20))
    other = w.agreed(start=in_(days=30))
    warned = user.fill(act(meeting, "reschedule"), **user.on(in_(days=20)))
    elsewhere = user.all_the_same(warned, act(meeting, "reschedule"), **user.on(in_(days=30)))
    assert elsewhere.status_code == 409
    assert f'href="/meetings/{other}/"' in text_of(elsewhere)
    assert user.all_the_same(elsewhere, act(meeting, "reschedule"), **user.on(in_(days=30))).status_code == 303


def test_too_few_credits_are_told_with_what_is_missing(database, clock):
    """Z2"""
    w = world(credits=3000)
    user, _expert = both(w)
    w.agreed(start=in_(days=10))
    meeting = w.propose(start=in_(days=11), by=By.EXPERT)
    answer = user.fill(act(meeting, "confirm"))
    assert answer.status_code == 409
    assert "You need 20 credits more. Nothing has been changed." in words_of(answer)
    assert "See what is blocked, and how to get credits" in words_of(answer)
    assert 'href="/account/"' in text_of(answer)
    assert wallet(w.user) == (500, 2500)


# ---------------------------------------------------------------- dates as people type them


def in_prague(w: World) -> Visitor:
    w.user.time_zone, w.user.date_format = "Europe/Prague", "DD.MM.YYYY HH:MM"
    w.user.save()
    return Visitor(w.user)


def test_a_time_that_the_clocks_skip_is_explained(database, clock):
    w = world()
    user = in_prague(w)
    meeting = w.agreed(start=in_(days=10))
    answer = user.fill(act(meeting, "reschedule"), date="28.03.2027", time="02:30", message="Early?")
    assert answer.status_code == 422
    assert "The clocks go forward then and skip that time." in words_of(answer)
    assert 'value="02:30"' in text_of(answer)
    assert "Early?" in text_of(answer)


def test_of_a_time_shown_twice_one_is_chosen(database, clock):
    w = world()
    user = in_prague(w)
    meeting = w.agreed(start=in_(days=10))
    typed = {"date": "31.10.2027", "time": "02:30", "message": "Late"}
    asked = user.fill(act(meeting, "reschedule"), **typed)
    assert asked.status_code == 422
    assert "Sun 31.10.2027 02:30 (UTC+02:00) Sun 31.10.2027 02:30 (UTC+01:00)" in words_of(asked)
    assert "Late" in text_of(asked)
    assert user.again(asked, act(meeting, "reschedule"), **typed, fold="1").status_code == 303
    assert row(meeting).alternative_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"date": "tomorrow", "time": "10:00"}, "Type the date as in the example, and the time as 14:30."),
        ({"date": "31.12.2027", "time": "noon"}, "Type the date as in the example, and the time as 14:30."),
        ({"date": "", "time": ""}, "Give a date and a time."),
        ({"date": "01.01.2027", "time": "10:00"}, "That moment has passed. Choose a later one."),
        ({"date": "31.12.9999", "time": "23:59"}, "Type the date as in the example, and the time as 14:30."),
        ({"date": "11.03.2027", "time": "10:00"}, "That is the date you have agreed already. Choose another one."),
    ],
)
def test_a_date_that_cannot_be_taken_is_told_beside_its_field(database, clock, typed, told):
    w = world()
    user = in_prague(w)
    meeting = w.agreed(start=in_(days=10))
    answer = user.fill(act(meeting, "reschedule"), **typed, message="Kept")
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert "Kept" in text_of(answer)
    assert row(meeting).alternative_at is None


def test_a_date_is_shown_on_both_clocks_before_it_is_sent_again(database, clock):
    w = world()
    w.expert.time_zone = "America/New_York"
    w.expert.save()
    user = in_prague(w)
    meeting = w.agreed(start=in_(days=10))
    w.agreed(start=in_(days=20))
    warned = user.fill(act(meeting, "reschedule"), date="21.03.2027", time="10:30")
    assert warned.status_code == 409
    assert "You have chosen Sun 21.03.2027 10:30 (Prague) · for Erin 05:30 (New York)." in words_of(warned)


# ---------------------------------------------------------------- other people's words


_CANARY = "<script>canary()</script>{{ 7*7 }}"


def test_words_are_never_markup(database, clock):
    w = world()
    w.user.name = f"Uma {_CANARY}"
    w.user.save()
    user, expert = both(w)
    meeting = w.propose(start=in_(days=10), message=_CANARY)
    expert.fill(act(meeting, "reject"), message=_CANARY)  # without a reason: it comes back in its field
    expert.fill(act(meeting, "reject"), reason="not-my-field", message=_CANARY)
    user.fill(act(meeting, "reschedule"), **user.on(in_(days=1)), message=_CANARY)
    w.act(By.EXPERT, meeting, Act.CONFIRM)
    pages = [expert.fill(act(meeting, "cancel")), expert.get(act(meeting, "cancel"))]
    clock.advance(2 * DAY)
    pages += [user.fill(act(meeting, "evaluate"), review=_CANARY)]
    user.fill(act(meeting, "evaluate"), progress="smooth", stars="1", review=_CANARY)
    pages += [who.get(f"/meetings/{meeting}/") for who in (user, expert)]
    pages += [expert.get("/meetings/?list=held")]
    for page in pages:
        assert "<script>canary" not in page.content.decode()
    assert "&lt;script&gt;canary()&lt;/script&gt;{{ 7*7 }}" in text_of(pages[-2])


def test_looking_changes_nothing(database, clock):
    w = world()
    user, expert = both(w)
    meeting = w.agreed(start=in_(days=10))
    before = state_of(meeting)
    for who in (user, expert):
        for name in ("cancel", "reschedule", "join", "evaluate", "confirm", "reject", "withdraw"):
            who.get(act(meeting, name))
            who.client.head(act(meeting, name))
    assert state_of(meeting) == before
