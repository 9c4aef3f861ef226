"""Meetings: reading them, proposing, and every act of the rules table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from expertim.api import shown
from expertim.api.asking import PAGING, Asked, Call, Told, bad_cursor, sealed
from expertim.api.problems import Problem
from expertim.api.refusing import refusing
from expertim.api.shapes import AMOUNT, FLAG, MOMENT, Field, name, one_of, text, whole
from expertim.expertise import queries as expertise_queries
from expertim.meetings import actions, queries
from expertim.meetings.facts import Act, By, Said
from expertim.meetings.links import door_address
from expertim.meetings.queries import MeetingView
from expertim.meetings.typed import LONGEST_TEXT

LISTS = ("scheduled", "held", "all")


def meetings(asked: Asked) -> Told:
    which = asked.query.get("list", "all")
    field = None
    if "expertise" in asked.query:
        field = expertise_queries.expertise(asked.query["expertise"])
        if field is None:
            raise Problem("not_found")
    kind = f"meetings-{which}"
    try:
        page = queries.listed(
            person=asked.person.pk,
            which=which,
            expertise=field.id if field else None,
            limit=asked.limit,
            after=asked.after(kind),
        )
    except ValueError:
        raise bad_cursor() from None
    return Told(content={"items": shown.meetings(page.rows), "next": sealed(kind, page.next)})


def meeting(asked: Asked) -> Told:
    view = _view(asked)
    told = _told(view)
    if asked.query.get("explain") == "1":
        view = replace(view, past=queries.timeline(view))
        told.content["not_possible"] = shown.explained(view, asked.clock)
    return told


def timeline(asked: Asked) -> Told:
    view = _view(asked)
    lines = shown.timeline(queries.timeline(view), view=view, clock=asked.clock)
    begins = asked.number_after("timeline") or 0
    ends = begins + asked.limit
    return Told(content={"items": lines[begins:ends], "next": sealed("timeline", ends if len(lines) > ends else None)})


def propose(asked: Asked) -> Told:
    """P1 to an expert, P2 to a user."""
    body = asked.body
    role = By.USER if "expert" in body else By.EXPERT
    with refusing(asked, Act.PROPOSE):
        outcome = actions.propose(
            person=asked.person.pk,
            role=role,
            expertise=body["expertise"],
            other=body["expert"] if role is By.USER else body["user"],
            service=body["service"],
            skill=body["skill"],
            start=body["start"],
            price=body["price"],
            minutes=body["minutes"],
            message=body.get("message", ""),
            acknowledge_overlap=body.get("acknowledge_overlap", False),
            key=asked.key,
            scope=asked.path,
        )
    told = _told(_view(asked, outcome))
    return replace(told, status=201, headers={"Location": f"{asked.path}/{outcome.meeting}"})


def act_of(act: Act) -> Callable[[Asked], Told]:
    """What serves an act: the meeting as it has left it."""

    def does(asked: Asked) -> Told:
        return _told(_view(asked, _done(asked, act)))

    return does


def join(asked: Asked) -> Told:
    """J1: asking for it is what is logged, as pressing Join is; the link then needs no log-in."""
    view = _view(asked, _done(asked, Act.JOIN))
    opens, closes = view.join_window
    return Told(content={"url": door_address(view), "opens_at": shown.moment(opens), "closes_at": shown.moment(closes)})


_SEEN = {"confirm": "start", "alternative_confirm": "start", "alternative_reject": "start"}
_SEEN |= {"alternative_withdraw": "start", "cancel": "fee"}


def _done(asked: Asked, act: Act) -> actions.Outcome:
    typed: dict[str, Any] = dict(asked.body)
    seen = _SEEN.get(act)
    if seen in typed:  # C5: what its sender saw
        typed[f"seen_{seen}"] = typed.pop(str(seen))
    with refusing(asked, act):
        return actions.perform(
            person=asked.person.pk,
            meeting=asked.id("id"),
            act=act,
            key=asked.key,
            scope=asked.path,
            seen_version=asked.seen_version,
            **typed,
        )


def _view(asked: Asked, outcome: actions.Outcome | None = None) -> MeetingView:
    """The meeting in the path as it is, or as an act has left it."""
    meeting, stood = (outcome.meeting, outcome.stood) if outcome else (asked.id("id"), None)
    view = queries.meeting_for(person=asked.person.pk, meeting=meeting, stood=stood)
    if view is None:
        raise Problem("not_found")
    return view


def _told(view: MeetingView) -> Told:
    (content,) = shown.meetings([view])
    return Told(content=content, version=view.version)


_MESSAGE = Field(
    name="message", kind=text(LONGEST_TEXT["message"]), about="Words to the other.", example="I look forward to it."
)
_OVERLAP = Field(
    name="acknowledge_overlap",
    kind=FLAG,
    about="Go on although another agreed meeting of mine is at that time (O1).",
    example=False,
    default=False,
)
_NEW_START = Field(
    name="start", kind=MOMENT, about="The new date, in whole minutes.", example="2027-03-29T09:00:00Z", required=True
)
_CODE = Field(
    name="reason",
    kind=name(),
    about="The code of one of the Expertise's reject_reasons.",
    example="not-my-field",
    required=True,
)
_SEEN_START = Field(name="start", kind=MOMENT, about="The date as seen (C5).", example="2027-03-28T09:00:00Z")
_SEEN_OTHER = Field(
    name="start", kind=MOMENT, about="The alternative date as seen (C5).", example="2027-03-29T09:00:00Z"
)
_OF_ACTS = ("not_found", "not_possible_now", "idempotency_key_reused", "changed_meanwhile")


def _act(act: Act, path: str, summary: str, *refuses: str, body: tuple[Field, ...] = (), about: str = "") -> Call:
    return Call(
        name=act.value,
        method="POST",
        path=f"/meetings/{{id}}/{path}",
        does=join if act is Act.JOIN else act_of(act),
        summary=summary,
        answers="Door" if act is Act.JOIN else "Meeting",
        body=body,
        refuses=(*_OF_ACTS, *refuses),
        matched=True,
        limit=act.value if act in (Act.RESCHEDULE, Act.EVALUATE, Act.JOIN) else "api_act",
        about=about,
    )


CALLS = (
    Call(
        name="propose",
        method="POST",
        path="/meetings",
        does=propose,
        summary="Propose a meeting: to an expert (P1) or, as an expert, to a user (P2)",
        answers="Meeting",
        status=201,
        body=(
            Field(name="expertise", kind=name(), about="Its slug.", example="corporate-finance", required=True),
            Field(name="expert", kind=name(), about="By a user: the expert's id.", example="x4t6n1b8v0z5g2h7"),
            Field(name="user", kind=name(), about="By an expert: the user's id.", example="8w2r5m0c1q7k9d3x"),
            Field(name="service", kind=name(), about="Its id.", example="q0d7s3f5k1m8c2w9", required=True),
            Field(name="skill", kind=name(), about="Its slug.", example="valuation", required=True),
            replace(_NEW_START, about="In whole minutes, in the future."),
            Field(
                name="price",
                kind=AMOUNT,
                about="By a user: as seen (C5). By an expert: as wanted, up to 99999.99.",
                example="25.00",
                required=True,
            ),
            Field(
                name="minutes",
                kind=whole(0, 100_000),
                about="By a user: as seen (C5). By an expert: as wanted, from 5 to 480.",
                example=60,
                required=True,
            ),
            _MESSAGE,
            _OVERLAP,
        ),
        one_of=("expert", "user"),
        refuses=("not_found", "terms_changed", "overlap", "insufficient_credits", "idempotency_key_reused"),
        limit="propose",
        about="What is not offered, and oneself, is 422 naming the field; a user whom the expert does not know is 404.",
    ),
    Call(
        name="meetings",
        method="GET",
        path="/meetings",
        does=meetings,
        summary="My meetings: scheduled (B3, soonest first), held (B4, latest first) or all",
        answers="Meeting",
        listed=True,
        query=(
            Field(name="list", kind=one_of(LISTS), about="Which of them.", example="scheduled", default="all"),
            Field(name="expertise", kind=name(), about="Only those of this Expertise.", example="corporate-finance"),
            *PAGING,
        ),
        refuses=("not_found",),
    ),
    Call(
        name="meeting",
        method="GET",
        path="/meetings/{id}",
        does=meeting,
        summary="One meeting of mine",
        answers="Meeting",
        query=(
            Field(
                name="explain",
                kind=one_of(("0", "1")),
                about="1 adds the acts that are not possible now, and why.",
                example="1",
                default="0",
            ),
        ),
        refuses=("not_found",),
    ),
    _act(
        Act.CONFIRM,
        "confirm",
        "Confirm it (A1)",
        "terms_changed",
        "overlap",
        "insufficient_credits",
        body=(_SEEN_START, _OVERLAP),
    ),
    _act(Act.REJECT, "reject", "Reject it (A2)", body=(_CODE, _MESSAGE)),
    _act(Act.WITHDRAW, "withdraw", "Withdraw my proposal (C1)"),
    _act(
        Act.CANCEL,
        "cancel",
        "Cancel it (C2, C3, C4)",
        "fee_changed",
        body=(
            Field(
                name="reason",
                kind=text(LONGEST_TEXT["reason"]),
                about="Why, in words; the other is told.",
                example="I have fallen ill.",
                required=True,
            ),
            Field(
                name="fee",
                kind=AMOUNT,
                about='The fee seen (C5): needed of the user, "0.00" when free; the expert\'s is none or "0.00".',
                example="0.00",
            ),
        ),
    ),
    _act(
        Act.RESCHEDULE,
        "reschedule",
        "Put another date forward (D1, D2, D3)",
        "overlap",
        "insufficient_credits",
        body=(_NEW_START, _MESSAGE, _OVERLAP),
    ),
    _act(
        Act.ALTERNATIVE_CONFIRM,
        "alternative/confirm",
        "Confirm the alternative date (D4)",
        "terms_changed",
        "overlap",
        "insufficient_credits",
        body=(_SEEN_OTHER, _OVERLAP),
    ),
    _act(
        Act.ALTERNATIVE_REJECT,
        "alternative/reject",
        "Reject the alternative date (D5)",
        "terms_changed",
        body=(_CODE, _MESSAGE, _SEEN_OTHER),
    ),
    _act(
        Act.ALTERNATIVE_WITHDRAW,
        "alternative/withdraw",
        "Take my alternative date back (D6)",
        "terms_changed",
        body=(_SEEN_OTHER,),
    ),
    _act(
        Act.EVALUATE,
        "evaluate",
        "Say how it went (E1, E2)",
        body=(
            Field(name="progress", kind=one_of(Said), about="How it went.", example="smooth", required=True),
            Field(name="stars", kind=whole(1, 5), about="From the user; needed with smooth. For operators.", example=5),
            Field(
                name="review",
                kind=text(LONGEST_TEXT["review"]),
                about="From the user: public words about the expert.",
                example="Clear and to the point.",
            ),
        ),
        about="Stars or a review from an expert are 422.",
    ),
    Call(
        name="timeline",
        method="GET",
        path="/meetings/{id}/timeline",
        does=timeline,
        summary="What happened to it, newest last",
        answers="TimelineEntry",
        listed=True,
        query=PAGING,
        refuses=("not_found",),
    ),
    _act(
        Act.JOIN,
        "join",
        "Join it (J1)",
        about="Outside the window: not_possible_now, with opens_at and closes_at. The first time is on the timeline.",
    ),
)
