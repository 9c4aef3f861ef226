"""The channel push: one line to one device, encrypted for it alone (RFC 8030, 8188, 8291, 8292).

The same questions as for mail are asked when it goes out: is it still so, is it wanted, does its reader sleep. What the
push service answers decides the rest: a device that is gone is forgotten, a refusal for good is given up, all else is
tried again.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.urls import reverse

from expertim.foundation import outbound
from expertim.foundation.clock import machine_now
from expertim.notifications.kinds import PUSH, Envelope
from expertim.notifications.mail import absolute, one_line, written
from expertim.notifications.models import Device
from expertim.notifications.push import vapid
from expertim.notifications.push.setup import push_is_there
from expertim.notifications.reading import moment_in, noticed, read, respect_the_night, told_by
from expertim.outbox.worker import Undeliverable, Withdrawn

SECONDS = 15.0
LONGEST_WAIT_SECONDS = 4 * 3600  # at the push service, for a device that is switched off; what it tells grows stale
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
# Our key or our clock, or a service that wants another one: for whoever runs this installation to mend, not the row's.
_OURS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class NotTaken(Exception):
    """The push service did not take it this time."""


def send(payload: dict[str, Any]) -> dict[str, Any]:
    """The sender of rows of kind "push": {notice, kind, generation, device}; answers what the row keeps.

    Raises Withdrawn, NotNow, Undeliverable; NotTaken and outbound.Unreachable are tried again.
    """
    notice, kind = noticed(payload)
    person = notice.recipient
    device = Device.objects.filter(pk=payload["device"], person=person).first()
    if device is None or not push_is_there():
        raise Withdrawn("device_gone")
    row = f"push:{device.pk}:{person.pk}:{notice.key}"
    reading = read(person=person.pk, kind=kind.code, channel=PUSH, row=row)
    if not reading.wanted:
        raise Withdrawn("switched_off")
    if kind.quiet:
        respect_the_night(reading, person, about=moment_in(notice))
    told = told_by(notice, payload, reading)
    envelope = Envelope(
        person=person, settings_address=absolute(reverse("notification_settings")), leave_address="", calendar=False
    )
    letter = written(told, kind, envelope)
    line = {
        "title": settings.SITE_NAME,
        "body": one_line(letter.subject),  # and no more: it lies on a table, for others to read
        "address": letter.address,
        "about": letter.thread or notice.kind,
    }
    urgency = "high" if kind.urgent else "normal"
    _post(device, json.dumps(line).encode(), urgency=urgency, seconds=_of_use(reading.now, reading.not_after))
    Device.objects.filter(pk=device.pk).update(last_at=machine_now())
    return {"subject": line["body"], "at": reading.now.isoformat()}


def _of_use(now: datetime, not_after: datetime | None) -> int:
    if not_after is None:
        return LONGEST_WAIT_SECONDS
    return max(0, min(LONGEST_WAIT_SECONDS, int((not_after - now).total_seconds())))


def _post(device: Device, line: bytes, *, urgency: str, seconds: int) -> None:
    try:
        body = encrypted(line, p256dh=device.p256dh, auth=device.auth)
        headers = {
            "Authorization": vapid.authorization(device.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(seconds),
            "Urgency": urgency,
        }
    except ValueError as error:
        raise Undeliverable(f"it cannot be encrypted or signed: {error}") from error
    try:
        answer = outbound.post(device.endpoint, body=body, headers=headers, timeout=SECONDS)
    except outbound.Blocked as blocked:
        raise Undeliverable(f"the device's address is never called: {blocked.reason}") from blocked
    if answer.status in _GONE:
        Device.objects.filter(pk=device.pk).delete()
        raise Withdrawn("device_gone")
    if 200 <= answer.status < 300:
        return
    said = f"the push service answered {answer.status}"
    if 400 <= answer.status < 500 and answer.status not in _LATER | _OURS:
        raise Undeliverable(said)
    raise NotTaken(said)  # a redirect too: it could lead anywhere


def encrypted(line: bytes, *, p256dh: str, auth: str) -> bytes:
    """For one device alone; a key of our own for each message. Raises ValueError for a key that is none."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        body = http_ece.encrypt(
            line,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_decoded(p256dh),
            auth_secret=_decoded(auth),
            version="aes128gcm",
        )
    except http_ece.ECEException as error:
        raise ValueError(str(error)) from error
    return bytes(body)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
