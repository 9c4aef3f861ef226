"""Lines of the log. An address that is a right by itself (a link into a meeting, a calendar) is not written down."""

from __future__ import annotations

import logging
import re

_SECRET_ADDRESS = re.compile(r"(/join/|/calendar/)[^/\s\"']{8,}")


class Line(logging.Formatter):
    """One line a record, traces below it; whatever is secret in an address cut out of both."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET_ADDRESS.sub(r"\1…", super().format(record))
