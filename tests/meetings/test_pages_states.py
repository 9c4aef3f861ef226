"""Pages in their states: nothing yet, filtered, long, refused, and open while the world changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from expertim.expertise.models import Service
from expertim.meetings.facts import Act, By, Said
from tests.meetings.visiting import Visitor, act, hidden_of, text_of, words_of
from tests.world import World, in_, person, row, wallet, world

DAY = timedelta(days=1)


def abroad(**given: Any) -> World:
    """A user in Prague and an expert in London."""
    w = world(**given)
    w.user.time_zone, w.expert.time_zone = "Europe/Prague", "Europe/London"
    w.user.save()
    w.expert.save()
    return w


# ---------------------------------------------------------------- nothing yet, filtered, long


@pytest.mark.parametrize(
    ("query", "words", "step"),
    [
        ("", "No meeting is scheduled.", 'href="/"'),
        ("?list=held", "No meeting has been held yet.", 'href="?list=scheduled"'),
        ("?list=all", "You have no meetings yet.", 'href="/"'),
        ("?after=20270311T0900Z-1", "There are no more meetings in this list.", 'href="?list=scheduled"'),
    ],
)
def test_an_empty_list_has_a_first_step(database, clock, query, words, step):
    answer = Visitor(person()).get(f"/meetings/{query}")
    assert words in words_of(answer)
    assert step in text_of(answer).split('class="empty"')[1]
    assert "Only those in" not in words_of(answer)


def test_a_list_of_one_expertise_stays_in_it(database, clock):
    w, other = world(credits=1_000_000), world()
    user = Visitor(w.user)
    meetings = [w.propose(start=in_(days=1 + n)) for n in range(21)]
    address = f"/meetings/?list=scheduled&expertise={w.expertise.slug}"
    first = text_of(user.get(address))
    assert f"expertise={w.expertise.slug}&amp;after=" in first
    assert sum(meeting in first for meeting in meetings) == 20
    empty = user.get(f"/meetings/?expertise={other.expertise.slug}")
    assert "There is no such meeting in" in words_of(empty)
    assert 'href="?list=scheduled"' in text_of(empty)
    for slug in ("no-such-field", "%00"):
        assert user.get(f"/meetings/?expertise={slug}").status_code == 404


def test_hundreds_of_meetings_are_walked_page_by_page(database, clock):
    w = world(credits=10_000_000, price=100)
    for n in range(120):
        w.propose(start=in_(hours=24 + n), acknowledge_overlap=True)
    user, address, seen = Visitor(w.user), "?list=all", 0
    while address:
        page = text_of(user.get(f"/meetings/{address}"))
        seen += page.count('<article class="meeting-row"')
        links = page.split('rel="next" href="')[1:]
        address = links[0].split('"')[0].replace("&amp;", "&") if links else ""
    assert seen == 120


def test_an_expert_without_services_leads_to_the_others(database, clock):
    w = world()
    Service.objects.filter(expert__person=w.expert).update(active=False)
    answer = Visitor(w.user).get(f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/propose/")
    assert "offers no service at the moment, so there is nothing to propose." in words_of(answer)
    assert f'href="/e/{w.expertise.slug}/experts/"' in text_of(answer)


# ---------------------------------------------------------------- open while the world changed


@pytest.mark.parametrize(
    ("before", "name", "typed", "meanwhile", "told"),
    [
        ("awaiting", "withdraw", {}, (By.EXPERT, Act.CONFIRM), "Erin has confirmed this meeting"),
        ("awaiting", "withdraw", {}, (By.EXPERT, Act.REJECT), "there is nothing left to withdraw"),
        ("agreed", "cancel", {"reason": "Ill today"}, (By.EXPERT, Act.CANCEL), "Erin has cancelled this meeting."),
        ("agreed", "reschedule", {"message": "Later?"}, (By.EXPERT, Act.CANCEL), "Erin has cancelled this meeting."),
        (
            "agreed",
            "reschedule",
            {"message": "Later?"},
            (By.EXPERT, Act.RESCHEDULE),
            "Erin has suggested another date.",
        ),
        (
            "moved",
            "alternative-confirm",
            {},
            (By.EXPERT, Act.ALTERNATIVE_WITHDRAW),
            "Erin has taken the other date back",
        ),
        ("moved", "alternative-reject", {"message": "No"}, (By.EXPERT, Act.CANCEL), "Erin has cancelled this meeting."),
    ],
)
def test_what_the_other_did_is_said_by_name_and_what_was_typed_is_there(
    database, clock, before, name, typed, meanwhile, told
):
    w = abroad()
    user = Visitor(w.user)
    meeting = w.propose(start=in_(days=10)) if before == "awaiting" else w.agreed(start=in_(days=10))
    if before == "moved":
        w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(days=12))
    fields = hidden_of(user.get(act(meeting, name)))
    by, other_act = meanwhile
    w.act(by, meeting, other_act, **({"start": in_(days=13)} if other_act is Act.RESCHEDULE else {}))
    typed = typed | (user.on(in_(days=15)) if name == "reschedule" else {})
    version = row(meeting).version
    answer = user.post(act(meeting, name), fields | typed)
    assert answer.status_code == 409
    assert told in words_of(answer)
    assert f'href="/meetings/{meeting}/"' in text_of(answer)
    for words in ("reason", "message"):
        assert typed.get(words, "") in words_of(answer)
    assert row(meeting).version == version


def test_an_expert_is_told_that_a_proposal_was_withdrawn_or_moved(database, clock):
    w = abroad()
    expert = Visitor(w.expert)
    first, second = w.propose(start=in_(days=10)), w.agreed(start=in_(days=20))
    stale = hidden_of(expert.get(act(first, "confirm")))
    w.act(By.USER, first, Act.WITHDRAW)
    assert "Uma has withdrawn the proposal." in words_of(expert.post(act(first, "confirm"), stale))
    w.act(By.USER, second, Act.RESCHEDULE, start=in_(days=21))
    stale = hidden_of(expert.get(act(second, "alternative-reject")))
    w.act(By.EXPERT, second, Act.ALTERNATIVE_CONFIRM)
    told = words_of(expert.post(act(second, "alternative-reject"), stale | {"reason": "not-my-field"}))
    assert (
        "You have confirmed the other date. The meeting is on Mon 22.03.2027 09:00 (London; for Uma 10:00 in Prague)"
        in told
    )


def test_a_service_repriced_while_proposing_names_who_did_it_and_keeps_what_was_typed(database, clock):
    """C5"""
    w = abroad()
    user = Visitor(w.user)
    address = f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/propose/?service={w.service.public_id}"
    fields = hidden_of(user.get(address)) | user.on(in_(days=10)) | {"skill": "valuation", "message": "My bakery"}
    Service.objects.filter(pk=w.service.pk).update(price=4000)
    answer = user.post(address, fields)
    assert answer.status_code == 409
    shown = words_of(answer)
    assert "Erin has changed this service while the page stood open" in shown
    assert "costs 40 credits." in shown
    assert "Propose the meeting, block 40 credits" in shown
    assert "My bakery" in text_of(answer)
    assert "You have chosen Thu 11.03.2027 10:00 (Prague) · for Erin 09:00 (London)." in shown
    assert wallet(w.user) == (10_000, 0)


def test_a_fee_line_crossed_says_until_when_it_was_free(database, clock):
    """C5"""
    w = abroad()
    user = Visitor(w.user)
    meeting = w.agreed(start=in_(days=3))
    fields = hidden_of(user.get(act(meeting, "cancel")))
    clock.advance(DAY + timedelta(minutes=1))
    stale = words_of(user.post(act(meeting, "cancel"), fields | {"reason": "A long story"}))
    assert "Cancelling now costs 12.50 credits. It was free of charge until Tue 02.03.2027 10:00 (Prague)." in stale
    assert "A long story" in stale


# ---------------------------------------------------------------- after an act


def test_after_each_act_it_is_said_what_comes_next_on_both_clocks(database, clock):
    w = abroad()
    user, expert = Visitor(w.user), Visitor(w.expert)

    def said(who: Visitor, meeting: str, name: str, **typed: str) -> str:
        answer = who.fill(act(meeting, name), **typed)
        assert answer.status_code == 303, (name, answer.status_code)
        return words_of(who.get(answer["Location"]))

    start, moved = in_(days=10), in_(days=12)
    meeting = w.propose(start=start)
    told = said(expert, meeting, "confirm")
    assert "You have confirmed Thu 11.03.2027 09:00 (London) · for Uma 10:00 (Prague). Uma has been told." in told
    assert "joining opens Thu 11.03.2027 08:45 (London)." in told
    told = said(user, meeting, "reschedule", **user.on(moved))
    assert "You have suggested Sat 13.03.2027 10:00 (Prague) · for Erin 09:00 (London). Erin has been told." in told
    assert "Until Erin answers, Thu 11.03.2027 10:00 (Prague; for Erin 09:00 in London) stands." in told
    told = said(expert, meeting, "alternative-reject", reason="not-my-field")
    assert "You have rejected the other date. Uma has been told why. Thu 11.03.2027" in told
    told = said(expert, meeting, "cancel", reason="Ill")
    assert "nobody pays anything. Uma has been told why. 25 credits have gone back to Uma." in told
    assert "You cancelled this meeting on Mon 01.03.2027 09:00 (London)." in told
    assert "Erin cancelled this meeting on Mon 01.03.2027 10:00 (Prague)." in words_of(
        user.get(f"/meetings/{meeting}/")
    )
    second = w.propose(start=start)
    told = said(user, second, "withdraw")
    assert "You have withdrawn the proposal. Erin has been told. 25 credits are yours again." in told


def test_after_speaking_it_is_said_what_the_word_brings(database, clock):
    """E1, E2, S1-S6"""
    w = abroad(credits=100_000)
    user, expert = Visitor(w.user), Visitor(w.expert)
    smooth, silent, disputed = (w.agreed(start=in_(days=1 + n)) for n in range(3))
    clock.advance(5 * DAY)
    user.fill(act(smooth, "evaluate"), progress="smooth", stars="5")
    shown = words_of(user.get(f"/meetings/{smooth}/"))
    assert "Your word stands on the timeline. The meeting is settled. You have paid 25 credits." in shown
    user.fill(act(silent, "evaluate"), progress=Said.OTHER_FAULT)
    shown = words_of(user.get(f"/meetings/{silent}/"))
    assert "if you had joined and Erin had not; otherwise an operator decides." in shown
    expert.fill(act(disputed, "evaluate"), progress="smooth")
    assert "unless only Uma had joined; then an operator decides." in words_of(expert.get(f"/meetings/{disputed}/"))
    user.fill(act(disputed, "evaluate"), progress=Said.OTHER_FAULT)
    shown = words_of(user.get(f"/meetings/{disputed}/"))
    assert "You and Erin do not say the same, so an operator decides." in shown


def test_a_page_sent_twice_says_that_it_counted_once(database, clock):
    """Z1"""
    w = abroad()
    user = Visitor(w.user)
    meeting = w.propose(start=in_(days=10))
    fields = hidden_of(user.get(act(meeting, "withdraw")))
    for _ in range(2):
        answer = user.post(act(meeting, "withdraw"), fields)
    assert "This was sent twice and has been done once." in words_of(user.get(answer["Location"]))


def test_hours_around_a_clock_change_say_so(database, clock):
    w = abroad()
    expert = Visitor(w.expert)
    meeting = w.propose(start=datetime(2027, 3, 28, 2, 30, tzinfo=UTC))
    shown = words_of(expert.get(act(meeting, "confirm")))
    assert "03:30 (UTC+01:00) (London; for Uma 04:30 (UTC+02:00) in Prague)" in shown
    for zone in ("London", "Prague"):
        assert f"The clocks of {zone} change within hours of this time" in shown


def test_who_has_joined_is_told_so(database, clock):
    """J1"""
    w = abroad()
    user = Visitor(w.user)
    meeting = w.agreed(start=in_(days=1))
    clock.advance(DAY)
    assert "until Tue 02.03.2027 11:00 (Prague)" in words_of(user.get(f"/meetings/{meeting}/"))
    user.fill(act(meeting, "join"))
    assert "You joined at 10:00; you can come back in." in words_of(user.get(f"/meetings/{meeting}/"))
