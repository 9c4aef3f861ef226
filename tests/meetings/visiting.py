"""Somebody at the pages of meetings: forms are filled in as they were shown."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

from django.test import Client

from expertim.people.models import Person


class Visitor:
    """A signed-in person's browser without JavaScript."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.client = Client()
        self.client.force_login(person)

    def get(self, address: str, **given: Any) -> Any:
        return self.client.get(address, **given)

    def post(self, address: str, fields: dict[str, Any]) -> Any:
        return self.client.post(address, fields)

    def fill(self, address: str, **typed: Any) -> Any:
        """Open a page, type, and press its button."""
        return self.post(address, hidden_of(self.get(address)) | typed)

    def again(self, answer: Any, address: str, **typed: Any) -> Any:
        """Press the button of the page that came back, with what is typed there now."""
        return self.post(address, hidden_of(answer) | typed)

    def all_the_same(self, answer: Any, address: str, **typed: Any) -> Any:
        """Press *Go on all the same* on the page that came back with a warning."""
        [value] = re.findall(r'<button name="acknowledge_overlap" value="([^"]+)"', text_of(answer))
        return self.again(answer, address, **typed, acknowledge_overlap=html.unescape(value))

    def on(self, moment: datetime) -> dict[str, str]:
        """The date and the time as this person types them."""
        date, time = self.person.clock.typed(moment)
        return {"date": date, "time": time}


def hidden_of(answer: Any) -> dict[str, str]:
    """The hidden fields of a page's form: its key and the terms that it shows."""
    form = text_of(answer).split('<form method="post" class="sheet"')[-1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def text_of(answer: Any) -> str:
    """The page's source from its main part on."""
    return answer.content.decode().split("<main", 1)[-1]


def words_of(answer: Any) -> str:
    """What a person reads on the page, blanks folded."""
    inline = re.sub(r'<span class="moment">([^<]*)</span>', r"\1", text_of(answer))
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", inline)))


def without_tokens(answer: Any) -> str:
    """The page without what is new in every answer."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())


def act(meeting: str, name: str) -> str:
    return f"/meetings/{meeting}/{name}/"
