"""One request as an actor means it, handed to the product: straight to the actions, or through the pages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from expertim.meetings import actions
from expertim.meetings.facts import Act, By, Progress, Refused, Said
from expertim.simulation.cast import Cast

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENTS = ("start", "seen_start")
_WORDS: dict[str, Callable[[str], Any]] = {"progress": Said, "outcome": Progress}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who asks for what, in the model's terms; `meeting` is a number, also of one that a proposal would make."""

    person: int
    act: str
    meeting: int
    typed: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    operator: bool = False
    door: str = "actions"  # or a program's


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: `key` of the refusal, or none; `facts` in the model's terms. A page gives little but a status."""

    key: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    meeting: str | None = None
    repeated: bool = False
    version: int | None = None
    status: int | None = None
    body: dict[str, Any] = field(default_factory=dict)  # of a program's answer


def moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


class Product:
    """The product's own doors, for one cast; `names` are the meetings' public ids by number."""

    def __init__(self, *, cast: Cast, names: dict[int, str]) -> None:
        self._cast = cast
        self._names = names
        self._pages = ClientHandler(enforce_csrf_checks=False)

    def ask(self, ask: Ask) -> Answer:
        """Through the actions, as every page and the API do. Raises whatever the database raises."""
        try:
            done = self._propose(ask) if ask.act == "propose" else self._perform(ask)
        except Refused as refused:
            return Answer(key=refused.key, facts=self._plain(refused.facts))
        return Answer(meeting=done.meeting, repeated=done.repeated, version=done.values["version"])

    def _propose(self, ask: Ask) -> actions.Outcome:
        typed = ask.typed
        offer = self._cast.offers[typed["service"]]
        return actions.propose(
            person=self._cast.people[ask.person].pk,
            role=By(typed["role"]),
            expertise=typed["field"],
            other=self._cast.people[typed["other"]].public_id,
            service=offer.public_id,
            skill=typed["skill"],
            start=moment(typed["start"]),
            price=typed["price"],
            minutes=typed["minutes"],
            acknowledge_overlap=typed.get("acknowledge_overlap", False),
            key=ask.key,
        )

    def _perform(self, ask: Ask) -> actions.Outcome:
        typed = {name: self._typed(name, value) for name, value in ask.typed.items()}
        return actions.perform(
            person=self._cast.people[ask.person].pk,
            meeting=self._names.get(ask.meeting, "no-such-meeting"),
            act=Act(ask.act),
            key=ask.key,
            operator=ask.operator,
            **typed,
        )

    @staticmethod
    def _typed(name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in _MOMENTS:
            return moment(value)
        return _WORDS[name](value) if name in _WORDS else value

    def _plain(self, facts: dict[str, Any]) -> dict[str, Any]:
        numbers = {name: number for number, name in self._names.items()}
        plain: dict[str, Any] = {name: microseconds(v) if isinstance(v, datetime) else v for name, v in facts.items()}
        if "meetings" in plain:
            named = [numbers.get(name, name) for name in plain["meetings"]]
            plain["meetings"] = set(named) if len(set(named)) == len(named) else named  # each once, in any order
        return plain

    # -------- the pages

    def open_page(self, ask: Ask) -> dict[str, str] | None:
        """Read an act's page; its hidden fields, or None where it offers no form (any more)."""
        answer = self._visitor(ask.person).get(self._address(ask))
        if answer.status_code == 404 and ask.act == "propose":
            return None  # P2: they do not know each other
        if answer.status_code not in (200, 409):
            raise ValueError(f"{self._address(ask)} answers {answer.status_code}")
        return _hidden(answer)

    def open_link(self, link: str) -> dict[str, str] | None:
        """Read the page behind a personal link; None where its door is not open."""
        answer = Client(SERVER_NAME="localhost").get(f"/join/{link}/")
        if answer.status_code != 200:
            raise ValueError(f"a personal link answers {answer.status_code}")
        return _hidden(answer)

    def press_link(self, link: str, hidden: dict[str, str]) -> Answer:
        return Answer(status=Client(SERVER_NAME="localhost").post(f"/join/{link}/", hidden).status_code)

    def press(self, ask: Ask, hidden: dict[str, str]) -> Answer:
        """Send that page's form, however old it is by now."""
        typed = {name: ask.typed[name] for name in ("reason", "progress", "stars", "review") if ask.typed.get(name)}
        if ask.act == "propose":
            typed |= self._offered(ask)
        if ask.act in ("reschedule", "propose"):
            day, time = self._cast.people[ask.person].clock.typed(moment(ask.typed["start"]))
            fold = str(moment(ask.typed["start"]).astimezone(self._cast.people[ask.person].clock.zone).fold)
            typed |= {"date": day, "time": time, "fold": fold}
        if ask.typed.get("acknowledge_overlap"):
            start = ask.typed.get("start") or ask.typed.get("seen_start")
            typed["acknowledge_overlap"] = moment(start).isoformat() if start else ""
        answer = self._visitor(ask.person).post(self._address(ask), hidden | typed)
        made = re.fullmatch(r"/meetings/(\w+)/", answer.headers.get("Location", "")) if ask.act == "propose" else None
        return Answer(status=answer.status_code, meeting=made[1] if made else None)

    def _offered(self, ask: Ask) -> dict[str, str]:
        typed, offer = ask.typed, self._cast.offers[ask.typed["service"]]
        if typed["role"] == "user":
            return {"skill": typed["skill"]}
        service = f"{offer.field}/{offer.public_id}/{typed['skill']}"
        price = f"{typed['price'] // 100}.{typed['price'] % 100:02}"
        return {"service": service, "minutes": str(typed["minutes"]), "price": price}

    def read_dashboard(self, person: int) -> int:
        """Somebody looks at their meetings; what time has done to them is done first (T0)."""
        return self.status_of(person, "/meetings/")

    def status_of(self, person: int, address: str) -> int:
        return self._visitor(person).get(address).status_code

    def _visitor(self, person: int) -> Client:
        client = Client(raise_request_exception=True, SERVER_NAME="localhost")
        client.handler = self._pages  # its middleware is made once, not for every visit
        client.force_login(self._cast.people[person])
        return client

    def _address(self, ask: Ask) -> str:
        if ask.act == "propose":
            other, offer = self._cast.people[ask.typed["other"]].public_id, self._cast.offers[ask.typed["service"]]
            if ask.typed["role"] == "expert":
                return f"/people/{other}/propose/"
            return f"/e/{ask.typed['field']}/experts/{other}/propose/?service={offer.public_id}"
        return f"/meetings/{self._names.get(ask.meeting, 'no-such-meeting')}/{ask.act.replace('_', '-')}/"


def _hidden(answer: Any) -> dict[str, str] | None:
    """The hidden fields of a page's form, its own sheet and no other; None where there is none."""
    form = answer.content.decode().split('<form method="post" class="sheet"')[-1].split("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    found = {name: html.unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}
    return found if "key" in found else None
