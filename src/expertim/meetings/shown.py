"""Meetings as the pages' parts show them: plain values, worded for one reader. The templates only place them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expertim.foundation.addresses import address
from expertim.foundation.words import in_language
from expertim.meetings.facts import PARTIES, Act, By, Possible, Progress, State
from expertim.meetings.queries import MeetingView, TimelineRow
from expertim.meetings.words import (
    act_name,
    acts_in_order,
    cancelling_words,
    credit_words,
    event_words,
    money_words,
    said_words,
    short_state,
    state_line,
)
from expertim.meetings.words.events import EventWords
from expertim.meetings.words.money import payment_label
from expertim.meetings.words.speaking import both_clocks, others_of, own_clock, their_clock, within
from expertim.people.formats import Clock

# What one is most likely here to do; anything else waits behind "More".
NEXT_STEPS = (Act.CONFIRM, Act.ALTERNATIVE_CONFIRM, Act.JOIN, Act.EVALUATE, Act.SETTLE)
# Names of drawings in foundation/static/foundation/icons.svg.
_ICONS = {
    State.AWAITING: "waiting",
    State.AGREED: "agreed",
    State.REJECTED: "rejected",
    State.CANCELLED: "cancelled",
    State.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActShown:
    """A link to an act's page; `until` is when it is over, empty where nothing ends it."""

    id: str  # of the link, by which the focus finds it again when the page has followed what happened
    act: str
    name: str
    address: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateShown:
    """The date block, and the moment in the counterparty's zone where it is another."""

    month: str
    day: int
    year: int
    weekday: str
    time: str
    zone: str
    theirs: str
    whole: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """A meeting in a list."""

    address: str
    date: DateShown
    other: str
    face: tuple[str, str, str]  # public id, name, photo: of whose photo stands beside it
    service: str
    skill: str
    expertise: str
    state: str
    kind: str
    icon: str
    next_step: ActShown | None
    more: tuple[ActShown, ...]
    awaits_me: bool


def row_shown(view: MeetingView, *, clock: Clock) -> RowShown:
    """A meeting for the macro `meeting_row` of meetings/parts.html."""
    acts = acts_shown(view, clock=clock)
    step = next((act for act in acts if act.act in NEXT_STEPS), None)
    return RowShown(
        address=address("meeting", view.public_id),
        date=date_shown(view, clock=clock),
        other=view.other.name if view.my_role is not By.OPERATOR else f"{view.user.name} – {view.expert.name}",
        face=(view.other.public_id, view.other.name, view.other.photo),
        service=view.service_title,
        skill=in_language(view.skill_name),
        expertise=in_language(view.expertise_name),
        state=short_state(view),
        kind=state_kind(view),
        icon=state_icon(view),
        next_step=step,
        more=tuple(act for act in acts if act is not step),
        awaits_me=view.awaits_my_evaluation,
    )


def acts_shown(view: MeetingView, *, clock: Clock) -> tuple[ActShown, ...]:
    """The buttons: what the rules allow the reader now, the likeliest first."""
    return tuple(
        ActShown(
            id=f"{view.public_id}-{possible.act}",
            act=possible.act,
            name=act_name(possible.act, view),
            address=act_address(view.public_id, possible.act),
            until=_until(possible, view, clock),
        )
        for possible in acts_in_order(view.actions)
        if _offered(possible, view)
    )


def _until(possible: Possible, view: MeetingView, clock: Clock) -> str:
    """When an act is over, as the page offers it: the door until the end, though the link works for longer (J1)."""
    over = view.situation.end if possible.act is Act.JOIN else possible.until
    return own_clock(over, clock) if over else ""


def act_address(meeting: str, act: Act) -> str:
    if act is Act.SETTLE:
        return address("settle", meeting)
    return address("meeting_act", meeting, act.replace("_", "-"))


def date_shown(view: MeetingView, *, clock: Clock) -> DateShown:
    start = view.situation.start
    local = clock.local(start)
    theirs = " · ".join(words for words in (their_clock(start, clock, who) for who in others_of(view)) if words)
    return DateShown(
        month=str(MONTHS[local.month]),
        day=local.day,
        year=local.year,
        weekday=clock.weekday(start),
        time=clock.time(start),
        zone=clock.zone_name,
        theirs=theirs,
        whole=" · ".join(words for words in (own_clock(start, clock), theirs) if words),
        iso=start.isoformat(),
    )


def state_kind(view: MeetingView) -> str:
    """The colour's name: waiting, good, bad, over."""
    now = view.situation.now
    if now.progress is Progress.DISPUTED or view.awaits_my_evaluation:
        return "waiting"
    if now.state is State.AGREED:
        return "over" if view.held else "good"
    return {State.AWAITING: "waiting", State.REJECTED: "bad"}.get(now.state or State.AWAITING, "over")


def state_icon(view: MeetingView) -> str:
    now = view.situation.now
    if now.progress is Progress.DISPUTED:
        return "disputed"
    if view.awaits_my_evaluation:
        return "evaluate"
    if now.progress in (Progress.NO_SHOW_USER, Progress.NO_SHOW_EXPERT):
        return "absent"
    return "held" if view.held else _ICONS[now.state or State.AWAITING]


def _offered(possible: Possible, view: MeetingView) -> bool:
    # J1: the link works for an hour more, but the page offers the door until the end only.
    return possible.act is not Act.JOIN or view.at < view.situation.end


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidShown:
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingShown:
    """A meeting's page: everything above the timeline."""

    row: RowShown
    public_id: str
    state_line: str
    kind: str
    icon: str
    when: str
    ends: str
    minutes: int
    alternative: str
    user: str
    expert: str
    other: str
    operator: bool
    price: str
    payment: str
    money: str
    cancelling: tuple[str, ...]
    joining: str
    own_link: str  # the page of one's personal link, empty where there is none
    said: tuple[SaidShown, ...]
    acts: tuple[ActShown, ...]
    expert_address: str
    user_address: str
    propose_address: str
    write_address: str
    settle_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One line of the timeline."""

    at: str
    iso: str
    words: EventWords


def meeting_shown(view: MeetingView, *, clock: Clock) -> MeetingShown:
    """One meeting for its own page and the pages of its acts."""
    situation, role = view.situation, view.my_role
    alternative = situation.now.alternative
    return MeetingShown(
        row=row_shown(view, clock=clock),
        public_id=view.public_id,
        state_line=state_line(view, clock),
        kind=state_kind(view),
        icon=state_icon(view),
        when=both_clocks(situation.start, clock, *others_of(view)),
        ends=clock.time(situation.end),
        minutes=situation.length_minutes,
        alternative=both_clocks(alternative.start, clock, *others_of(view)) if alternative else "",
        user=view.user.name,
        expert=view.expert.name,
        other=view.other.name,
        operator=role is By.OPERATOR,
        price=credit_words(situation.price) if situation.price else "",
        payment=payment_label(view),
        money=money_words(view),
        cancelling=tuple(cancelling_words(view, clock)),
        joining=_joining(view, clock),
        own_link=_own_link(view),
        said=_said(view),
        acts=() if role is By.OPERATOR else acts_shown(view, clock=clock),
        expert_address=address("expert", view.expertise_slug, view.expert.public_id) if role is By.USER else "",
        user_address=address("person", view.user.public_id) if role is By.EXPERT else "",
        propose_address=address("propose_to", view.user.public_id) if role is By.EXPERT else "",
        write_address=address("chat_begin", view.other.public_id) if role is not By.OPERATOR else "",
        settle_address=_settling(view),
    )


def timeline_shown(rows: Iterable[TimelineRow], *, view: MeetingView, clock: Clock) -> tuple[LineShown, ...]:
    shown, before = [], None
    for row in rows:
        words = event_words(row, view=view, clock=clock, before=before)
        shown.append(LineShown(at=clock.moment(row.at), iso=row.at.isoformat(), words=words))
        before = row
    return tuple(shown)


def seen_mark(view: MeetingView, shown: MeetingShown) -> str:
    """Names what a page shows above its timeline, and how long that is: equal marks, equal pages."""
    return f"{view.version}-{blake2b(repr(shown).encode(), digest_size=8).hexdigest()}"


def news_shown(seen: str, *, meeting: MeetingShown, timeline: tuple[LineShown, ...]) -> tuple[str, ...]:
    """What has happened since a page was shown; where nobody did anything (a door has opened), what stands now."""
    known = seen.partition("-")[0]
    if not known.isascii() or not known.isdecimal():
        return ()
    happened = tuple(line.words.title for line in timeline[int(known[:9]) :])
    return (*(_("Just now: {what}").format(what=what) for what in happened), meeting.state_line)


def _settling(view: MeetingView) -> str:
    disputed = view.situation.now.progress is Progress.DISPUTED
    return act_address(view.public_id, Act.SETTLE) if view.my_role is By.OPERATOR and disputed else ""


def _said(view: MeetingView) -> tuple[SaidShown, ...]:
    names = {By.USER: (view.user.name, view.expert.name), By.EXPERT: (view.expert.name, view.user.name)}
    return tuple(
        SaidShown(
            who=pgettext("who wrote or said it", "You") if party is view.my_role else names[party][0],
            what=said_words(said, other=names[party][1], mine=party is view.my_role),
        )
        for party, said in view.said.items()
        if said is not None
    )


def _own_link(view: MeetingView) -> str:
    if view.my_role not in PARTIES or view.situation.now.state is not State.AGREED or view.at >= view.situation.end:
        return ""
    return address("meeting_link", view.public_id)


def _joining(view: MeetingView, clock: Clock) -> str:
    """When the door opens, of an agreed meeting whose end has not come; that one has been in."""
    if view.situation.now.state is not State.AGREED or view.at >= view.situation.end:
        return ""
    opens, _closes = view.join_window
    if view.at < opens:
        return _("Joining opens {moment}.").format(moment=within(opens, clock, *others_of(view)))
    if view.my_role is By.OPERATOR:
        return ""
    joined = view.situation.now.attended_at[PARTIES.index(view.my_role)]
    if joined is None:
        return _("You can join now.")
    return _("You joined at {time}; you can come back in.").format(time=clock.time(joined))
