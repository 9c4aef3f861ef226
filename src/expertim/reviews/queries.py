"""Reading what users have written about experts (V1). There are no stars in this room at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from expertim.people.former import called
from expertim.reviews.models import Review

PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """What the expert says to a text; `before` that the text has been written anew since."""

    text: str
    at: datetime
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One public text, and the public reply to it."""

    id: int
    author: str
    text: str
    at: datetime
    reply: ReplyRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Public texts, newest first; `next` is where the list goes on."""

    rows: tuple[ReviewRow, ...]
    next: int | None


def about(*, expert: int, offset: int = 0, limit: int = PAGE) -> ReviewPage:
    """One page of the public texts about a person (by id); what an operator has hidden is left out.

    By offset, not by cursor: an edit moves a text to the top, and a text has at most a few pages above it.
    """
    found = Review.objects.filter(expert=expert, hidden_at=None).select_related("user", "reply")
    rows = [_row(review) for review in found.order_by("-written_at", "-id")[offset : offset + limit + 1]]
    return ReviewPage(rows=tuple(rows[:limit]), next=offset + limit if len(rows) > limit else None)


def one_about(*, expert: int, review: int) -> ReviewRow | None:
    """One public text about a person, by its id."""
    found = Review.objects.filter(pk=review, expert=expert, hidden_at=None).select_related("user", "reply").first()
    return _row(found) if found else None


def _row(review: Review) -> ReviewRow:
    reply = getattr(review, "reply", None)
    if reply is not None and reply.hidden_at is not None:
        reply = None
    return ReviewRow(
        id=review.pk,
        author=called(review.user.name),
        text=review.text,
        at=review.written_at,
        reply=reply and ReplyRow(text=reply.text, at=reply.written_at, before=reply.written_at < review.written_at),
    )


def count_about(*, expert: int) -> int:
    """How many public texts there are about a person."""
    return Review.objects.filter(expert=expert, hidden_at=None).count()


def count_written(*, person: int) -> int:
    """How many texts a person has written about experts."""
    return Review.objects.filter(user=person).count()


def written_by(*, user: int, expert: int) -> str | None:
    """What this user has written about this expert before, hidden or not; None if nothing."""
    return Review.objects.filter(user=user, expert=expert).values_list("text", flat=True).first()
