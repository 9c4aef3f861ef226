"""Notices when the database machine's clock steps, and says so loudly; why it does no more: docs/decisions/0017."""

from __future__ import annotations

import logging
from datetime import datetime

logger = logging.getLogger(__name__)

SMALLEST_SECONDS = 5.0  # slewing and a slow trip to the database stay below


class Watch:
    """Compares that clock, beat by beat, with this machine's own counter, which nobody sets."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None

    def seen(self, *, at: datetime, counted: float) -> float:
        """By how many seconds the clock has stepped since the last beat, forwards or back; 0.0 where it has not."""
        before, self._last = self._last, (at, counted)
        if before is None:
            return 0.0
        step = (at - before[0]).total_seconds() - (counted - before[1])
        if abs(step) <= SMALLEST_SECONDS:
            return 0.0
        logger.error(
            "the clock of the database's machine has stepped by %+.0f s, to %s: set it right at once if that is wrong, "
            "because deadlines and credits go by it",
            step,
            f"{at:%F %T %Z}",
        )
        return step
