"""V1: what is public of what users have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from expertim.people.models import Person
from expertim.reviews.models import Review
from expertim.reviews.queries import about, written_by
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


def written(expert: Person, *, days: int = 0, hidden: bool = False, text: str = "Good") -> Review:
    return Review.objects.create(
        user=person("author"),
        expert=expert,
        text=text,
        written_at=AT + timedelta(days=days),
        hidden_at=AT if hidden else None,
        hidden_note="insult" if hidden else "",
    )


def test_newest_first_in_pages_and_without_hidden_ones() -> None:
    expert = person("erin")
    reviews = [written(expert, days=day) for day in range(3)]
    written(expert, days=9, hidden=True)
    written(person("another"))
    first = about(expert=expert.pk, limit=2)
    assert [row.id for row in first.rows] == [reviews[2].pk, reviews[1].pk]
    last = about(expert=expert.pk, limit=2, offset=first.next or 0)
    assert [row.id for row in last.rows] == [reviews[0].pk]
    assert last.next is None


def test_one_s_own_text_is_found_even_when_hidden() -> None:
    review = written(person("erin"), hidden=True, text="Mine")
    assert written_by(user=review.user_id, expert=review.expert_id) == "Mine"
    assert written_by(user=review.expert_id, expert=review.user_id) is None
