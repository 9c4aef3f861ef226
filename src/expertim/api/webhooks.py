"""Telling programs: Standard Webhooks, signed, over the outbox, through the one guarded way out.

A message is thin: what happened, and the meeting as the API shows it when the message is sent. The outbox repeats what
fails for some three days; an address that has failed that long is switched off, and whoever set it up is told.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from expertim.api import shown
from expertim.api.models import Attempt, Endpoint
from expertim.foundation import outbound
from expertim.foundation.clock import machine_now, monotonic
from expertim.foundation.ids import public_id
from expertim.meetings import queries
from expertim.meetings.facts import Event
from expertim.notifications.actions import tell
from expertim.notifications.kinds import Kind
from expertim.outbox.actions import add_rows
from expertim.outbox.worker import Withdrawn

KIND = "webhook"
TEST = "test"
MOST = 10  # of one person
GIVEN_UP_AFTER = timedelta(days=3)
BOTH_SIGN_FOR = timedelta(hours=24)
KEPT = timedelta(days=30)
SECONDS = 10.0
_SECRET_BYTES = 32
_PREFIX = "whsec_"

SWITCHED_OFF = Kind(
    code="webhook_switched_off",
    title=gettext_lazy("A webhook has been switched off"),
    group=gettext_lazy("Programs"),
    who=gettext_lazy("who set it up; of the installation's: the operators"),
    when=gettext_lazy("Its address has not taken anything for three days, or has said that it is gone"),
    not_after=gettext_lazy("always"),
)


class NotTaken(Exception):
    """The receiver did not take it; the outbox tries again."""


class TooManyEndpoints(Exception):
    """This person has as many as anybody may have."""


def new_endpoint(*, person: int | None, url: str, events: list[str]) -> Endpoint:
    """Tell this address from now on; raises outbound.Blocked or Unreachable for one that cannot be called."""
    outbound.looked_at(url)
    if Endpoint.objects.filter(person=person).count() >= MOST:
        raise TooManyEndpoints
    return Endpoint.objects.create(person_id=person, url=url, events=events, secret=_new_secret())


def rotate(endpoint: Endpoint) -> str:
    """A new secret; for a day the former one signs as well, so that no message is refused meanwhile."""
    endpoint.former_secret, endpoint.former_until = endpoint.secret, machine_now() + BOTH_SIGN_FOR
    endpoint.secret = _new_secret()
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    return endpoint.secret


def switch_on(endpoint: Endpoint) -> None:
    """Tell it again, from now on."""
    endpoint.disabled_at = endpoint.failing_since = None
    endpoint.save(update_fields=["disabled_at", "failing_since"])


def send_test(endpoint: Endpoint) -> None:
    """A message that says no more than that messages arrive."""
    payload = {"endpoint": endpoint.pk, "message": f"msg_{public_id()}", "event": TEST, "at": machine_now().isoformat()}
    _add(payload)


def replay(attempt: Attempt) -> None:
    """The same message once more, under its own id: a receiver that has it already may drop it."""
    _add(attempt.payload)


def _add(payload: dict[str, Any]) -> None:
    add_rows([{"kind": KIND, "key": f"webhook:{payload['endpoint']}:again:{public_id()}", "payload": payload}])


def deliver(payload: dict[str, Any]) -> dict[str, Any] | None:
    """The outbox's sender. Raises Withdrawn where nobody is to be told any more, NotTaken to be tried again."""
    endpoint = Endpoint.objects.filter(pk=payload["endpoint"]).first()
    if endpoint is None or (endpoint.disabled_at is not None and payload["event"] != TEST):
        raise Withdrawn("no_longer_so")
    body = json.dumps(_content(endpoint, payload), ensure_ascii=False).encode()
    sent_at, began = machine_now(), monotonic()
    headers = _headers(endpoint, message=payload["message"], body=body, at=sent_at)
    status, trouble = None, ""
    try:
        status = outbound.post(endpoint.url, body=body, headers=headers, timeout=SECONDS).status
    except outbound.Blocked as blocked:
        trouble = f"this address is not called: {blocked.reason}"
    except outbound.Unreachable as unreachable:
        trouble = str(unreachable)
    Attempt.objects.create(
        endpoint=endpoint,
        message=payload["message"],
        payload=payload,
        at=sent_at,
        status=status,
        trouble=trouble,
        milliseconds=round(1000 * (monotonic() - began)),
    )
    if status is not None and 200 <= status < 300:
        Endpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(failing_since=None)
        return {"status": status}
    _failed(endpoint, gone=status == 410)
    raise NotTaken(trouble or f"answered with {status}")


def _content(endpoint: Endpoint, payload: dict[str, Any]) -> dict[str, Any]:
    if payload["event"] == TEST:
        return {"type": "test", "timestamp": payload["at"], "data": {}}
    view = queries.meeting_for(
        person=endpoint.person_id or 0, meeting=payload["meeting"], operator=endpoint.person_id is None
    )
    if view is None:
        raise Withdrawn("no_longer_so")
    at = shown.moment(datetime.fromisoformat(payload["at"]))
    (meeting,) = shown.meetings([view])
    event = {"event": payload["event"], "by": payload["by"], "at": at}
    return {"type": f"meeting.{payload['event']}", "timestamp": at, "data": {**event, "meeting": meeting}}


def _headers(endpoint: Endpoint, *, message: str, body: bytes, at: datetime) -> dict[str, str]:
    """As Standard Webhooks want them."""
    stamp = str(int(at.timestamp()))
    keys = [endpoint.secret]
    if endpoint.former_until is not None and at < endpoint.former_until:
        keys.append(endpoint.former_secret)
    signed = [_signature(key, f"{message}.{stamp}.".encode() + body) for key in keys]
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signed),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + binascii.b2a_base64(digest, newline=False).decode()


def _failed(endpoint: Endpoint, *, gone: bool) -> None:
    """Note since when it fails; switch it off after three days, or where the receiver says that it is gone."""
    now = machine_now()
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        locked.failing_since = locked.failing_since or now
        over = gone or now - locked.failing_since >= GIVEN_UP_AFTER
        first = over and locked.disabled_at is None
        if first:
            locked.disabled_at = now
        locked.save(update_fields=["failing_since", "disabled_at"])
        if first:
            _tell_owner(locked)


def _tell_owner(endpoint: Endpoint) -> None:
    assert endpoint.disabled_at is not None
    tell(
        [
            {
                "recipient": endpoint.person_id,
                "kind": SWITCHED_OFF.code,
                "key": f"webhook:{endpoint.pk}:{endpoint.disabled_at:%Y%m%d%H%M%S}",
                "values": {"url": endpoint.url, "endpoint": endpoint.public_id},
                **SWITCHED_OFF.asked(),
            }
        ]
    )


def sweep(limit: int) -> int:
    """Drop at most `limit` tries of more than thirty days ago; answers how many."""
    old = Attempt.objects.filter(at__lt=machine_now() - KEPT).order_by("at").values_list("pk", flat=True)[:limit]
    return Attempt.objects.filter(pk__in=list(old)).delete()[0]


def event_names() -> list[str]:
    return [event.value for event in Event]


def _new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
