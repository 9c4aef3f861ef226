"""Rows of the rooms as the API shows them: moments in UTC, credits as decimal texts, codes instead of words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from expertim.api.schemas import ACTS
from expertim.expertise.models import PERCENTS
from expertim.expertise.queries import codes_of
from expertim.expertise.rows import ExpertisePage, ExpertPage
from expertim.foundation.amounts import amount_text
from expertim.meetings.facts import By, Possible
from expertim.meetings.queries import MeetingView, TimelineRow, Who
from expertim.meetings.words import event_words, why_not
from expertim.people.formats import Clock

Json = dict[str, Any]


def moment(at: datetime) -> str:
    """2027-03-28T09:00:00Z; with a fraction where there is one."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _amount(hundredths: int | None) -> str | None:
    return None if hundredths is None else amount_text(hundredths)


def actions(possible: Iterable[Possible]) -> list[Json]:
    """What can be done: until when, and what it costs now."""
    return [
        {"name": one.act.value, "until": moment(one.until) if one.until else None, "fee": _amount(one.fee)}
        for one in possible
    ]


def meetings(views: Iterable[MeetingView]) -> list[Json]:
    """Meetings as their reader sees them; one statement more, whatever their number."""
    views = tuple(views)
    services, skills = codes_of(
        services=sorted({view.service for view in views if view.service is not None}),
        skills=sorted({view.skill for view in views if view.skill is not None}),
    )
    return [
        _meeting(view, service=services.get(view.service or 0), skill=skills.get(view.skill or 0)) for view in views
    ]


def _meeting(view: MeetingView, *, service: str | None, skill: str | None) -> Json:
    situation, now, said = view.situation, view.situation.now, view.said
    return {
        "id": view.public_id,
        "expertise": view.expertise_slug,
        "user": _party(view.user),
        "expert": _party(view.expert),
        "service": service,
        "skill": skill,
        "start": moment(situation.start),
        "minutes": situation.length_minutes,
        "price": amount_text(situation.price),
        "status": now.state,
        "payment": now.payment,
        "progress": now.progress,
        "alternative": {"start": moment(now.alternative.start), "author": now.alternative.author}
        if now.alternative
        else None,
        "approved_by": sorted(now.approved_by),
        "said": {"user": said[By.USER], "expert": said[By.EXPERT]},
        "my_role": view.my_role,
        "actions": actions(view.actions),
        "cancellation": {
            "fee": amount_text(view.cancelling.fee),
            "free_until": moment(view.cancelling.free_until),
        }
        if view.cancelling
        else None,
    }


def explained(view: MeetingView, clock: Clock) -> list[Json]:
    """The acts that are not possible now, and why; `view.past` names who was faster."""
    can = {action.act for action in view.actions}
    return [{"name": act.value, "why": why_not(act, view, clock)} for act in ACTS if act not in can]


def timeline(rows: tuple[TimelineRow, ...], *, view: MeetingView, clock: Clock) -> list[Json]:
    """The lines of a meeting's timeline; `text` is what its page says, line by line."""
    shown = []
    for before, row in zip((None, *rows), rows, strict=False):
        words = event_words(row, view=view, clock=clock, before=before)
        told = (words.title, *words.details, words.quote)
        shown.append(
            {
                "at": moment(row.at),
                "by": row.by,
                "event": row.event,
                "text": "\n".join(line for line in told if line),
            }
        )
    return shown


def expertise(page: ExpertisePage) -> Json:
    policy = {
        name: amount_text(int(value)) if name == "review_bonus" else str(value) if name in PERCENTS else int(value)
        for name, value in page.terms.items()
    }
    return {
        "slug": page.slug,
        "name": page.name,
        "policy": policy,
        "skills": [{"slug": skill.slug, "name": skill.name} for skill in page.skills],
        "reject_reasons": [{"code": reason.code, "text": reason.text} for reason in page.reasons],
    }


def expert(page: ExpertPage, *, reviews: int) -> Json:
    return {
        "id": page.id,
        "name": page.name,
        "headline": page.headline,
        "skills": [skill.slug for skill in page.skills],
        "services": [
            {
                "id": service.id,
                "title": service.title,
                "minutes": service.minutes,
                "price": amount_text(service.price),
                "skills": [skill.slug for skill in service.skills],
            }
            for service in page.services
        ],
        "review_count": reviews,
    }


def _party(who: Who) -> Json:
    return {"id": who.public_id, "name": who.name}
