"""When the experts of the demo are free. Kept again, it is the same."""

from __future__ import annotations

import yaml

from expertim.expertise import times
from expertim.expertise.free_times import read_spans
from expertim.people.models import Person
from expertim.site.cast import FOLDER


def keep_times() -> None:
    """Keep times.yaml, each in every Expertise of theirs."""
    people = {person.email: person.pk for person in Person.objects.all()}
    for one in yaml.safe_load((FOLDER / "times.yaml").read_text()):
        person = people[one["email"]]
        weekly = tuple(read_spans(text) for text in one["week"])
        times.keep_around(
            person=person,
            notice_minutes=one["notice_hours"] * 60,
            buffer_minutes=one["buffer_minutes"],
            day_limit=one["day_limit"],
        )
        for place in times.own_times(person=person).places:
            times.keep_week(person=person, expertise=place.expertise, weekly=weekly)
