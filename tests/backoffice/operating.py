"""An operator at the pages of the back office."""

from __future__ import annotations

from typing import Any

from tests.meetings.visiting import Visitor
from tests.world import World, in_, person, world


def olga() -> Visitor:
    return Visitor(person("olga", is_staff=True))


def lived(rows: int) -> World:
    """A world with that many of everything that operators' pages list."""
    from expertim.credits.ledger import grant
    from expertim.expertise.models import Expert, RejectReason, Service, Skill
    from expertim.outbox.models import Row
    from expertim.reviews.models import Review
    from tests.world import unique

    place: World = world(credits=1_000_000, price=100)
    for number in range(rows):
        place.propose(start=in_(hours=100 + 2 * number))
        grant(person_id=place.user.pk, amount=100, reason="A gift", by="test", cause=unique("grant"))
        author = person("author")
        Review.objects.create(user=author, expert=place.expert, text="Good", written_at=in_(hours=0))
        Skill.objects.create(expertise=place.expertise, slug=f"skill-{number}", name="Skill", position=number + 1)
        RejectReason.objects.create(code=unique("reason"), text="A reason", position=number + 1)
        other = Expert.objects.create(person=author, expertise=place.expertise)
        offered = {"slug": "a", "kind": "advice", "title": "Advice", "length_minutes": 30, "price": 100}
        Service.objects.create(expert=other, **offered).skills.add(place.expertise.skills.first())
        Row.objects.create(
            kind="mail", key=unique("mail"), payload={"to": ["j@example.org"]}, status="dead", due_at=in_()
        )
    return place


def fields_of(answer: Any, after: str = '<form method="post" class="sheet"') -> dict[str, str]:
    """The hidden fields of the form of a page."""
    from tests.meetings.visiting import hidden_of

    assert after in answer.content.decode()
    return hidden_of(answer)
