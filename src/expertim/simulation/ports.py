"""What a run puts in the place of the product's ports, and of nothing else: ids, the machine's clock, the wire."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from django.conf import settings

from expertim.api import webhooks
from expertim.foundation import clock, ids, outbound
from expertim.foundation.outbound import Answer
from expertim.outbox import crashing, mail, worker
from expertim.people import tokens
from expertim.simulation.asks import moment
from expertim.simulation.scheduler import SECOND, Scheduler
from expertim.simulation.wire import Wire
from expertim.video import rooms

_RARER = 20  # a minute's pass comes once in twenty, an hour's once a day: rounds are far apart in virtual time
_COUNTED = 3600.0  # seconds between two counts of experts' figures, which nothing here reads


@contextmanager
def in_place_of(owner: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def ports(
    *,
    seed: str,
    scheduler: Scheduler,
    crash_at: Callable[[str], None],
    meetings_pass: Callable[[int], int],
    post: Callable[..., Answer],
) -> Iterator[None]:
    """For the length of a run: everything that chance and the machine have to say comes from its seed."""
    passes = {
        name: worker.Pass(
            name=name,
            run=meetings_pass if name == "meetings" else one.run,
            every_seconds=_COUNTED if name == "reliability of experts" else one.every_seconds * _RARER,
        )
        for name, one in worker._passes.items()
    }
    state = random.getstate()
    random.seed(f"{seed}/product")  # jitter of retries and of back-off
    with ExitStack() as stack:
        for owner, name, value in (
            (ids, "draw", Random(f"{seed}/ids").choice),
            (clock, "monotonic", lambda: scheduler.now / SECOND),
            (crashing, "point", crash_at),
            (mail, "EmailBackend", Wire),
            (settings, "EMAIL_URL", "smtp://simulated"),
            (settings, "RATE_LIMITS", 0),
            (settings, "VIDEO_PLATFORM", settings.VIDEO_PLATFORM),
            (settings, "MOVABLE_CLOCK", False),  # rows keep no copy of their mail: no demo reads it
            (worker, "_passes", passes),
            (outbound, "post", post),
            *((room, "machine_now", lambda: moment(scheduler.machine)) for room in (webhooks, tokens)),
            (rooms, "_rests_until", {}),  # platforms that have just let somebody wait
            (webhooks, "monotonic", lambda: scheduler.now / SECOND),
        ):
            stack.enter_context(in_place_of(owner, name, value))
        try:
            yield
        finally:
            random.setstate(state)
