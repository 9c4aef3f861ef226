"""One way to speak to a platform's server: short waits, no redirects, bounded answers, trouble in the port's words.

Not `foundation/outbound.py`: that one is for addresses that people type and never goes into a private network. The
address here is the operator's own, from the environment, and a video server behind the same firewall is the usual case.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

import httpx

from expertim.foundation.clock import monotonic
from expertim.video.port import Misconfigured, OutcomeUnknown, Unavailable

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
WHOLE_SECONDS = 20.0
MOST_BYTES = 262_144
_LONGEST_REST = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def call(method: str, url: str, *, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
    """One request. Raises Unavailable where nothing was sent, OutcomeUnknown where it was and no answer can be read."""
    limits = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
    ends = monotonic() + WHOLE_SECONDS
    try:
        with _client().stream(method, url, headers=headers, content=body, timeout=limits) as reply:
            content = bytearray()
            for part in reply.iter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    raise OutcomeUnknown("its answer is too long")
                if monotonic() > ends:
                    raise OutcomeUnknown("its answer does not come to an end")
            return Answer(
                status=reply.status_code,
                headers={name.lower(): value for name, value in reply.headers.items()},
                body=bytes(content),
            )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unavailable(f"it cannot be reached: {type(error).__name__}") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise Misconfigured(f"its address cannot be used: {error}") from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown(f"it has not answered: {type(error).__name__}") from error


def judged(answer: Answer) -> Answer:
    """The answer, where its status is the adapter's to read. Raises what the status alone says otherwise."""
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Misconfigured(f"it does not believe us: status {answer.status}")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Unavailable("too many requests", retry_after=rest_of(answer))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(f"it is in trouble: status {answer.status}", retry_after=rest_of(answer))
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        raise Misconfigured(f"it leads elsewhere: status {answer.status}")
    return answer


def rest_of(answer: Answer) -> float | None:
    """How many seconds it asks us to wait, at most a quarter of an hour; None where it does not say in seconds."""
    said = answer.headers.get("retry-after", "")
    return min(float(said), _LONGEST_REST) if said.isascii() and said.isdecimal() else None


@cache
def _client() -> httpx.Client:
    """One for the process. Nothing is kept open: a connection that the other side has closed looks like a lost answer.

    The system's own authorities, so that an operator's is believed where the system believes it.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write every address, and what is sealed in it
    return httpx.Client(
        verify=ssl.create_default_context(),
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
