"""A worker with a sender that some rows poison: run as a process of its own, since some of them kill it."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def send(payload: dict[str, Any]) -> dict[str, Any]:
    if payload["n"] in payload["killing"]:
        os.kill(os.getpid(), signal.SIGKILL)
    if payload["n"] in payload["raising"]:
        raise ValueError("poison")
    return {"sent": payload.get("sent", 0) + 1}


def main(kind: str, lease_seconds: float) -> None:
    import django

    django.setup()
    from expertim.outbox import claims, worker
    from expertim.outbox.stopping import Stop

    claims.LEASE_SECONDS = lease_seconds  # type: ignore[assignment]
    worker.BEGIN_WITHIN_SECONDS = lease_seconds / 3
    worker._passes.clear()
    worker._senders.clear()
    worker.add_sender(kind, send)
    stop = Stop()
    stop.listen()
    worker.Worker(stop=stop).run()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
