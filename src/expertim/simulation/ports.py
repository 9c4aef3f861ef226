"""What a run puts in the place of the product's ports, and of nothing else: ids, the machine's clock, the wire."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from django.conf import settings

from expertim.foundation import clock, ids
from expertim.outbox import crashing, mail, worker
from expertim.simulation.scheduler import SECOND, Scheduler
from expertim.simulation.wire import Wire


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
    *, seed: str, scheduler: Scheduler, crash_at: Callable[[str], None], meetings_pass: Callable[[int], int]
) -> Iterator[None]:
    """For the length of a run: everything that chance and the machine have to say comes from its seed."""
    real = worker._passes["meetings"]
    observed = worker.Pass(name=real.name, run=meetings_pass, every_seconds=real.every_seconds)
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
            (worker, "_passes", worker._passes | {"meetings": observed}),
        ):
            stack.enter_context(in_place_of(owner, name, value))
        try:
            yield
        finally:
            random.setstate(state)
