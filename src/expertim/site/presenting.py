"""What the people of the demo tell of themselves and come back to; played again, it is the same once more."""

from __future__ import annotations

import yaml

from expertim.expertise import actions
from expertim.meetings.reliability import count_due
from expertim.people.models import Person, Profile
from expertim.people.profile import change_profile
from expertim.reviews.models import Review
from expertim.site import replying
from expertim.site.cast import FOLDER


def present() -> None:
    """Play experts.yaml, at the platform's moment; then count what the timelines say, as a worker will."""
    told = yaml.safe_load((FOLDER / "experts.yaml").read_text())
    people = {person.email: person for person in Person.objects.all()}
    for email, profile in told["profiles"].items():
        change_profile(person=people[email], model=Profile, changes=profile)
    for expertise, experts in told["visible"].items():
        for email in experts:
            actions.open_to_visitors(person=people[email].pk, expertise=expertise, public=True)
    for one in told["replies"]:
        _reply(people[one["by"]], people[one["to"]], expertise=one["expertise"], text=one["text"])
    for email, places in told["favourites"].items():
        for expertise, experts in places.items():
            for expert in experts:
                actions.keep_favourite(
                    person=people[email].pk, expertise=expertise, expert=people[expert].public_id, wanted=True
                )
    while count_due(limit=100) == 100:
        pass


def _reply(expert: Person, writer: Person, *, expertise: str, text: str) -> None:
    """Where the text is there: a story that could not be played to its end may lack it."""
    review = Review.objects.filter(user=writer, expert=expert).values_list("pk", flat=True).first()
    if review is not None:
        replying.reply(
            expert=expert.pk,
            name=expert.name,
            public_id=expert.public_id,
            expertise=expertise,
            review=review,
            text=text,
        )
