"""How we speak of moments and people; what all the other words are made with."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from expertim.meetings.facts import By
from expertim.meetings.queries import MeetingView, Who
from expertim.people.formats import Clock


def clock_of(who: Who, like: Clock) -> Clock:
    """Another person's zone in the reader's format."""
    try:
        return Clock.of(time_zone=who.time_zone, date_format=like.date_format)
    except (ZoneInfoNotFoundError, ValueError):
        return Clock.of(time_zone="UTC", date_format=like.date_format)


def own_clock(moment: datetime, clock: Clock) -> str:
    return _("{moment} ({zone})").format(moment=clock.moment(moment), zone=clock.zone_name)


def their_clock(moment: datetime, clock: Clock, who: Who) -> str:
    """The moment as another person's clock shows it: the day only where it differs; empty where both show the same."""
    theirs = clock_of(who, clock)
    if _alike(moment, clock, theirs):
        return ""
    return _("for {name} {moment} ({zone})").format(
        name=who.name, moment=_beside(moment, clock, theirs), zone=theirs.zone_name
    )


def both_clocks(moment: datetime, clock: Clock, *others: Who) -> str:
    """Tue 16.03.2027 10:00 (Prague) · for Jana 09:00 (London)"""
    shown = [own_clock(moment, clock), *(their_clock(moment, clock, who) for who in others)]
    return " · ".join(part for part in shown if part)


def within(moment: datetime, clock: Clock, *others: Who) -> str:
    """For the middle of a sentence: Tue 16.03.2027 10:00 (Prague; for Jana 09:00 in London)"""
    zones = [clock.zone_name]
    for who in others:
        theirs = clock_of(who, clock)
        if not _alike(moment, clock, theirs):
            beside = _beside(moment, clock, theirs)
            zones.append(_("for {name} {moment} in {zone}").format(name=who.name, moment=beside, zone=theirs.zone_name))
    return _("{moment} ({zone})").format(moment=clock.moment(moment), zone="; ".join(zones))


def shifting_words(moment: datetime, clock: Clock, *others: Who) -> list[str]:
    """That somebody's clocks change within a few hours of a moment, and what is shown because of it."""
    clocks = (clock, *(clock_of(who, clock) for who in others))
    zones = dict.fromkeys(each.zone_name for each in clocks if each.shifts_near(moment))
    text = _("The clocks of {zone} change within hours of this time; the offset from UTC says which hour is meant.")
    return [text.format(zone=zone) for zone in zones]


def _alike(moment: datetime, clock: Clock, theirs: Clock) -> bool:
    """Prague and Bratislava are two names for one time."""
    return theirs.local(moment).utcoffset() == clock.local(moment).utcoffset()


def _beside(moment: datetime, clock: Clock, theirs: Clock) -> str:
    """The time on another clock, with its day where that is another."""
    same_day = theirs.local(moment).date() == clock.local(moment).date()
    return theirs.time(moment) if same_day else theirs.moment(moment)


def others_of(view: MeetingView) -> tuple[Who, ...]:
    """Whose clocks matter beside the reader's: the counterparty's, or both for an operator."""
    return (view.user, view.expert) if view.my_role is By.OPERATOR else (view.other,)


def name_of(view: MeetingView, party: By) -> str:
    return view.expert.name if party is By.EXPERT else view.user.name


def braced(text: str) -> str:
    """Somebody's words for a later `format`: a brace in a name stays a brace."""
    return text.replace("{", "{{").replace("}", "}}")
