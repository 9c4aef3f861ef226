"""What the people of the demo say to each other. Each message has a key: played again, nothing is said twice."""

from __future__ import annotations

import yaml

from expertim.chat import actions
from expertim.people.models import Person
from expertim.site import chatting
from expertim.site.cast import FOLDER


def talk() -> None:
    """Play chats.yaml, at the platform's moment."""
    played = yaml.safe_load((FOLDER / "chats.yaml").read_text())
    people = {person.email: person for person in Person.objects.all()}
    for email in played["welcome"]:
        actions.welcome(person=people[email].pk, yes=True)
    for number, one in enumerate(played["messages"]):
        by, to = people[one["by"]], people[one["to"]]
        chatting.say(writer=by.pk, writer_name=by.name, reader=to.pk, text=one["text"], key=f"demo:{number}")
