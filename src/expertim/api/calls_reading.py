"""Reading: oneself, Expertises, experts."""

from __future__ import annotations

from expertim.api import shown
from expertim.api.asking import PAGING, Asked, Call, Told, sealed
from expertim.api.problems import Problem
from expertim.api.shapes import Field, name, text
from expertim.credits import queries as credits
from expertim.credits.words import MOVEMENTS
from expertim.expertise import queries as expertise_queries
from expertim.expertise import search
from expertim.expertise.rows import ExpertisePage
from expertim.foundation.amounts import amount_text
from expertim.meetings import queries as meetings
from expertim.meetings.rows import moment as read_moment
from expertim.notifications import queries as notifications
from expertim.reviews import queries as reviews

MOST_REVIEWS = 100


def me(asked: Asked) -> Told:
    person = asked.person
    available, blocked = credits.wallet(person=person.pk)
    return Told(
        content={
            "id": person.public_id,
            "email": person.email,
            "name": person.name,
            "time_zone": person.time_zone,
            "credits": {"available": amount_text(available), "blocked": amount_text(blocked)},
        }
    )


def movements(asked: Asked) -> Told:
    before = asked.number_after("movements")
    page = credits.movements(person=asked.person.pk, before=before, limit=asked.limit)
    named = _public_ids([row.meeting for row in page.rows])
    items = [
        {
            "at": shown.moment(row.at),
            "kind": row.kind,
            "text": str(MOVEMENTS[row.kind]),
            "meeting": named.get(row.meeting or 0),
            "amount": amount_text(row.amount),
            "balance": amount_text(row.balance),
        }
        for row in page.rows
    ]
    return Told(content={"items": items, "next": sealed("movements", page.older)})


def blocked(asked: Asked) -> Told:
    before = asked.number_after("blocked")
    page = credits.open_blocks(person=asked.person.pk, before=before, limit=asked.limit)
    named = _public_ids([row.meeting for row in page.rows])
    items = [{"meeting": named.get(row.meeting), "amount": amount_text(row.amount)} for row in page.rows]
    return Told(content={"items": items, "next": sealed("blocked", page.older)})


def notices(asked: Asked) -> Told:
    before = asked.number_after("notices")
    page = notifications.inbox(person=asked.person.pk, before=before, limit=asked.limit)
    named = _public_ids([row.meeting for row in page.rows])
    items = [
        {
            "at": shown.moment(row.at),
            "kind": row.kind,
            "meeting": named.get(row.meeting or 0),
            "date": shown.moment(date) if (date := read_moment(row.values.get("start"))) else None,
            "read": row.read,
        }
        for row in page.rows
    ]
    return Told(content={"items": items, "next": sealed("notices", page.older)})


def expertises(asked: Asked) -> Told:
    found = expertise_queries.expertise_pages(after=asked.after("expertises"), limit=asked.limit + 1)
    pages = found[: asked.limit]
    more = pages[-1].slug if len(found) > asked.limit else None
    return Told(content={"items": [shown.expertise(page) for page in pages], "next": sealed("expertises", more)})


def expertise(asked: Asked) -> Told:
    return Told(content=shown.expertise(field_of(asked)))


def experts(asked: Asked) -> Told:
    field = field_of(asked)
    skill = asked.query.get("skill")
    if skill is not None and skill not in {known.slug for known in field.skills}:
        raise Problem("not_found")
    found = search.experts(
        search.Search(
            expertise=field.id,
            skill=skill,
            q=asked.query.get("q", ""),
            after=asked.after("experts"),
            limit=asked.limit,
        )
    )
    whole = expertise_queries.expert_pages(expertise=field.slug, public_ids=[row.id for row in found.rows])
    pages = {page.id: page for page in whole}
    items = [shown.expert(pages[row.id], reviews=row.reviews) for row in found.rows if row.id in pages]
    return Told(content={"items": items, "next": sealed("experts", found.next)})


def expert(asked: Asked) -> Told:
    page = expertise_queries.expert_page(expertise=asked.id("slug"), public_id=asked.id("id"))
    if page is None:
        raise Problem("not_found")
    texts = reviews.about(expert=page.person_id, limit=MOST_REVIEWS)
    content = shown.expert(page, reviews=reviews.count_about(expert=page.person_id))
    content["reviews"] = [{"author": row.author, "text": row.text, "at": shown.moment(row.at)} for row in texts.rows]
    content["my_review"] = reviews.written_by(user=asked.person.pk, expert=page.person_id)
    return Told(content=content)


def dashboard(asked: Asked) -> Told:
    """B1, B2."""
    counts = meetings.counts(person=asked.person.pk, expertise=field_of(asked).id)
    return Told(content={"scheduled_count": counts.scheduled, "held_count": counts.held})


def field_of(asked: Asked) -> ExpertisePage:
    """The Expertise in the path, or 404."""
    field = expertise_queries.expertise(asked.id("slug"))
    if field is None:
        raise Problem("not_found")
    return field


def _public_ids(numbers: list[int | None]) -> dict[int, str]:
    labels = meetings.labels(ids=[number for number in numbers if number is not None])
    return {number: label["public_id"] for number, label in labels.items()}


CALLS = (
    Call(name="me", method="GET", path="/me", does=me, summary="Who I am, and my credits", answers="Me"),
    Call(
        name="movements",
        method="GET",
        path="/me/movements",
        does=movements,
        summary="What came to me and what went, newest first",
        answers="Movement",
        listed=True,
        query=PAGING,
    ),
    Call(
        name="blocked",
        method="GET",
        path="/me/blocked",
        does=blocked,
        summary="Credits of mine that are set aside, and for which meetings",
        answers="Blocked",
        listed=True,
        query=PAGING,
    ),
    Call(
        name="notices",
        method="GET",
        path="/me/notices",
        does=notices,
        summary="What I have been told, newest first",
        answers="Notice",
        listed=True,
        query=PAGING,
        about="Reading does not mark anything as read.",
    ),
    Call(
        name="expertises",
        method="GET",
        path="/expertises",
        does=expertises,
        summary="All Expertises",
        answers="Expertise",
        listed=True,
        query=PAGING,
    ),
    Call(
        name="expertise",
        method="GET",
        path="/expertises/{slug}",
        does=expertise,
        summary="One Expertise: its policy, skills, and reasons for rejecting",
        answers="Expertise",
        refuses=("not_found",),
    ),
    Call(
        name="experts",
        method="GET",
        path="/expertises/{slug}/experts",
        does=experts,
        summary="The experts of an Expertise, by name",
        answers="Expert",
        listed=True,
        query=(
            Field(name="skill", kind=name(), about="Only those who serve this skill.", example="valuation"),
            Field(
                name="q",
                kind=text(200),
                about="Only those with all these words in name, introduction, skills or services.",
                example="company",
            ),
            *PAGING,
        ),
        refuses=("not_found",),
    ),
    Call(
        name="expert",
        method="GET",
        path="/expertises/{slug}/experts/{id}",
        does=expert,
        summary="One expert, with what others have written",
        answers="ExpertWithReviews",
        refuses=("not_found",),
    ),
    Call(
        name="dashboard",
        method="GET",
        path="/expertises/{slug}/dashboard",
        does=dashboard,
        summary="How many meetings I have coming and have had in this Expertise (B1, B2)",
        answers="Dashboard",
        refuses=("not_found",),
    ),
)
