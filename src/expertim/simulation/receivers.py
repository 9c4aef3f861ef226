"""Programs that are told of events: one that is well, one that stumbles, one that dies, one that goes away.

They stand where the guarded way out stands, so everything of ours up to the wire is the real thing, the seal too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.db import connection

from expertim.api.models import Endpoint
from expertim.api.webhooks import event_names
from expertim.foundation.outbound import Answer, Unreachable
from expertim.outbox.claims import MOST_DEATHS
from expertim.simulation.asks import microseconds
from expertim.simulation.cast import Cast
from expertim.simulation.eyes import Eyes
from expertim.simulation.faults import Fault
from expertim.simulation.judge import Broken, Judge
from expertim.simulation.model.world import Life
from expertim.simulation.scheduler import DAY, SECOND, Scheduler

GIVEN_UP_AFTER = 3 * DAY  # of the machine's time, without one success
_WAITS = {"slow": 8 * SECOND, "hangs": 10 * SECOND}


@dataclass(slots=True, kw_only=True)
class Receiver:
    """One address. `dies_at` is when it stops taking anything, `gone_at` when it says that it is gone (410)."""

    number: int
    pk: int
    secret: bytes
    person: int | None  # of the model; None is the installation's
    events: frozenset[str]
    dies_at: int | None = None
    gone_at: int | None = None
    failing_since: int | None = None
    off: bool = False
    took: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    tries: int = 0


class Receivers:
    """All of a run's, made before its first event."""

    def __init__(
        self,
        *,
        scheduler: Scheduler,
        judge: Judge,
        eyes: Eyes,
        cast: Cast,
        rng: Random,
        length: int,
        fault_for: Callable[[int, int], Fault | None],
    ) -> None:
        self._scheduler = scheduler
        self._judge = judge
        self._eyes = eyes
        self._fault_for = fault_for
        self.happened: Counter[str] = Counter()
        self._last: list[tuple[Receiver, str]] = []
        begin, every = scheduler.now, frozenset(event_names())
        busy = [offer.expert for offer in cast.offers]
        few, fewer = frozenset(("attended", "cancelled", "reimbursed")), frozenset(("rejected", "expired", "cancelled"))
        dying, leaving = (begin + int(length * part) for part in (0.3, 0.5))
        self._all = [
            self._made(cast, 0, rng.choice(busy), every, rng),
            self._made(cast, 1, rng.choice(busy), every, rng),
            self._made(cast, 2, None, few, rng),
            self._made(cast, 3, None, fewer, rng, dies_at=dying),
            self._made(cast, 4, rng.choice(busy), every, rng, gone_at=leaving),
        ]
        self._by_address = {_address(one.number): one for one in self._all}

    def _made(
        self, cast: Cast, number: int, person: int | None, events: frozenset[str], rng: Random, **ends: int | None
    ) -> Receiver:
        secret = rng.randbytes(32)
        made = Endpoint.objects.create(
            person=cast.people[person] if person is not None else None,
            url=_address(number),
            events=sorted(events),
            secret="whsec_" + base64.b64encode(secret).decode(),
        )
        return Receiver(
            number=number,
            pk=made.pk,
            secret=secret,
            person=person,
            events=events,
            dies_at=ends.get("dies_at"),
            gone_at=ends.get("gone_at"),
        )

    # -------- at the wire

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        """In the place of `outbound.post`."""
        if connection.in_atomic_block:
            raise Broken("a webhook was sent within a transaction", [url])
        one = self._by_address[url]
        message = self._believed(one, body, headers)
        fault = self._fault_for(one.number, one.tries)
        one.tries += 1
        kind = self._kind(one, fault)
        if kind:
            if kind not in ("dead", "gone"):  # these are how it is, not a fault
                self.happened[f"receiver {kind}"] += 1
                self._judge.mark("fault")
            self._judge.seen[f"receiver {kind}"] += 1
        self._judge.note("webhook", one.number, message.rpartition("_")[2], kind or "well")
        if kind in _WAITS:
            self._scheduler.others_go_on(_WAITS[kind])
        status, trouble = 200, ""
        if kind in ("dead", "fails"):
            status = 500
        elif kind == "gone":
            status = 410
        elif kind == "hangs":
            trouble = "no answer in time"
        else:
            one.excused[message] += kind in ("twice", "answer lost")
            for _ in range(2 if kind == "twice" else 1):
                self._takes(one, message)
            trouble = "no answer in time" if kind == "answer lost" else ""
        self._expect(one, well=status == 200 and not trouble, gone=status == 410)
        if trouble:
            raise Unreachable(trouble)
        return Answer(status=status, headers={}, body=b"")

    def _kind(self, one: Receiver, fault: Fault | None) -> str:
        now = self._scheduler.now
        if one.gone_at is not None and now >= one.gone_at:
            return "gone"
        if one.dies_at is not None and now >= one.dies_at:
            return "dead"
        kind = fault.what if fault else ""
        return "" if kind in _WAITS and self._scheduler.depth > 1 else kind

    def _believed(self, one: Receiver, body: bytes, headers: Mapping[str, str]) -> str:
        """A message that is sealed, fresh, and tells what happened to a meeting of its receiver's; its id."""
        message, stamp = headers["webhook-id"], headers["webhook-timestamp"]
        digest = hmac.new(one.secret, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
        wrong = []
        if "v1," + base64.b64encode(digest).decode() not in headers["webhook-signature"].split():
            wrong.append("it is not sealed with the receiver's key")
        if abs(int(stamp) - self._scheduler.machine // SECOND) > 1:
            wrong.append(f"it is stamped {stamp}, at {self._scheduler.machine // SECOND}")
        said = json.loads(body)
        _, public_id, sequence = message.split("_")
        number = self._eyes.number_of(public_id)
        life = self._judge.world["lives"].get(number)
        told = said["data"]
        if life is None or len(life["timeline"]) < int(sequence):
            wrong.append("nothing of the kind has happened")
        else:
            event, by, at = life["timeline"][int(sequence) - 1]
            has = (told["event"], told["by"], microseconds(datetime.fromisoformat(told["at"])))
            if has != (event, by, at) or said["type"] != f"meeting.{event}" or told["meeting"]["id"] != public_id:
                wrong.append(f"it tells of {has}, but {(event, by, at)} has happened")
            if not self._concerns(one, life, event):
                wrong.append("that is none of its business")
        if one.off:
            wrong.append("it has been switched off")
        if wrong:
            raise Broken("a webhook that should not have been sent", [f"{message} to receiver {one.number}", *wrong])
        return message

    def _concerns(self, one: Receiver, life: Life, event: str) -> bool:
        return event in one.events and one.person in (None, life["user"], life["expert"])

    def _takes(self, one: Receiver, message: str) -> None:
        one.took[message] += 1
        self._last = [*self._last[-1:], (one, message)]  # two workers have one each in hand
        self._judge.seen["webhook taken"] += 1
        if one.took[message] > 1:
            self._judge.seen["webhook taken twice"] += 1
        if one.took[message] - 1 > one.excused[message]:
            raise Broken("a webhook came once more than any fault explains", [message, str(one.took[message])])

    # -------- being given up

    def _expect(self, one: Receiver, *, well: bool, gone: bool) -> None:
        """The rule: three days of the machine's time without one success, or 410, and it is told no more."""
        now = self._scheduler.machine
        if well:
            one.failing_since = None
            return
        one.failing_since = now if one.failing_since is None else one.failing_since
        one.off = gone or now - one.failing_since >= GIVEN_UP_AFTER

    def excuse(self, endpoint: int, message: str, *, once_more: bool = False) -> None:
        """Its worker died with it in hand, or lost its lease to a clock (`once_more`): it may come again, same id."""
        for one in self._all:
            if one.pk == endpoint:
                taken = one.took[message]
                one.excused[message] = one.excused[message] + 1 if once_more else max(one.excused[message], taken)

    def fault(self) -> None:
        """What has just been taken may not get written down: it may come once more, under the same id."""
        for one, message in self._last:
            one.excused[message] = max(one.excused[message], one.took[message])

    def read_again(self) -> None:
        """After a fault nobody knows whether what came of a delivery has been written: what is written counts."""
        for pk, failing, off in self._eyes.rows(
            "SELECT id, machine.us(failing_since), disabled_at IS NOT NULL FROM api_endpoint ORDER BY id"
        ):
            one = next(each for each in self._all if each.pk == pk)
            one.failing_since, one.off = failing, off

    def count(self) -> None:
        for one in self._all:
            self._judge.seen["receiver switched off"] += one.off

    def unlike(self) -> Iterator[str]:
        """Since when each fails, and who is off, against the rule; those who own what was switched off are told."""
        for pk, failing, off, told in self._eyes.rows(
            "SELECT e.id, machine.us(e.failing_since), e.disabled_at IS NOT NULL, (SELECT count(*)"
            " FROM notifications_notice n WHERE n.kind = 'webhook_switched_off' AND n.\"values\" ->> 'endpoint' ="
            " e.public_id) FROM api_endpoint e ORDER BY e.id"
        ):
            one = next(each for each in self._all if each.pk == pk)
            if (failing, off) != (one.failing_since, one.off):
                should = one.failing_since, one.off
                yield f"receiver {one.number} fails since, and is off: {failing, off}; should be {should}"
            if told != off * (2 if one.person is None else 1):  # the two operators, or its owner
                yield f"that receiver {one.number} is off was told {told} times; off: {off}"

    def missed(self) -> Iterator[str]:
        """What never came, though it happened, to whom it concerns and who was there to the end.

        A message over which three workers have died is given up, whatever it is about.
        """
        given_up = set(
            self._eyes.rows(
                "SELECT (payload ->> 'endpoint')::bigint, payload ->> 'message' FROM outbox_row"
                " WHERE kind = 'webhook' AND status = 'dead' AND deaths >= %s",
                MOST_DEATHS,
            )
        )
        for one in self._all:
            if one.off or one.dies_at is not None:
                continue
            for number, life in self._judge.world["lives"].items():
                for place, (event, _, _) in enumerate(life["timeline"], start=1):
                    name = f"msg_{self._eyes.names[number]}_{place}"
                    if self._concerns(one, life, event) and name not in one.took and (one.pk, name) not in given_up:
                        yield f"receiver {one.number} was never told of {event} of meeting {number}"


def _address(number: int) -> str:
    return f"https://receiver{number}.example.org/hook"
