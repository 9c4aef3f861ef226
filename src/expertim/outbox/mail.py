"""Mail: written as outbox rows in the caller's transaction, sent by the worker.

The payload of a row of kind "mail" is {from, to, cc, bcc, reply_to, subject, body, html, headers}; a channel that
renders its mail at sending time hands the same to `send`, with `calendar` ({method, text}) where there is one.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from expertim.outbox.actions import add_rows
from expertim.outbox.worker import Undeliverable

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
_DEFAULT_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """What EMAIL_URL says."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


def mail_server(url: str) -> MailServer:
    """Read smtp://, smtp+tls:// (STARTTLS) or smtps:// with percent-encoded user and password.

    Raises ValueError for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("EMAIL_URL must look like smtp+tls://user:password@mail.example.org:587")
    return MailServer(
        host=parts.hostname,
        port=parts.port or _DEFAULT_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        tls=parts.scheme == "smtps",
    )


class OutboxBackend(BaseEmailBackend):
    """Django's mail, as rows: sent if and only if the caller's transaction commits."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = []
        for message in email_messages:
            payload = as_payload(message)
            key = f"mail:{payload['headers']['Message-ID']}"
            rows.append({"kind": "mail", "key": key, "payload": payload, "priority": 0})  # codes: somebody waits
        return add_rows(rows) if rows else 0


def as_payload(message: EmailMessage) -> dict[str, Any]:
    """A message as JSON, with an id of its own, so that a mail sent twice is shown once by most readers."""
    if message.attachments:
        raise ValueError("the accounts' mail carries no attachments; a notice makes its own")
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    html = [str(part[0]) for part in getattr(message, "alternatives", ()) if part[1] == "text/html"]
    return {
        "from": message.from_email or settings.DEFAULT_FROM_EMAIL,
        "to": list(message.to),
        "cc": list(message.cc),
        "bcc": list(message.bcc),
        "reply_to": list(message.reply_to),
        "subject": str(message.subject),
        "body": str(message.body),
        "html": html[0] if html else "",
        "headers": {
            "Message-ID": make_msgid(domain=host),
            "Auto-Submitted": "auto-generated",
            **{name: str(value) for name, value in message.extra_headers.items()},
        },
    }


def send(payload: dict[str, Any]) -> None:
    """The sender of kind "mail". Raises Undeliverable where a repeat would be refused as well."""
    message = _message(payload)
    if not settings.EMAIL_URL:
        if not settings.MOVABLE_CLOCK:  # there /demo/mail/ shows it
            logger.info("mail to %s: %s\n%s", ", ".join(message.to), message.subject, message.body)
        return
    server = mail_server(settings.EMAIL_URL)
    wire = EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.starttls,
        use_ssl=server.tls,
        timeout=TIMEOUT_SECONDS,
    )
    try:
        wire.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        if all(500 <= code < 600 for code, _text in refused.recipients.values()):
            raise Undeliverable(str(refused)) from refused
        raise
    except smtplib.SMTPResponseException as refused:
        if _for_good(refused):
            raise Undeliverable(str(refused)) from refused
        raise


def _for_good(refused: smtplib.SMTPResponseException) -> bool:
    # A refused log-in (535) or a missing one (530) is a setting to be mended, not a mail to be given up.
    config = isinstance(refused, smtplib.SMTPAuthenticationError) or refused.smtp_code in (530, 534, 535, 538)
    sending = isinstance(refused, smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
    return sending and not config and 500 <= refused.smtp_code < 600


def _message(payload: dict[str, Any]) -> EmailMultiAlternatives:
    try:
        message = EmailMultiAlternatives(
            subject=payload["subject"],
            body=payload["body"],
            from_email=payload.get("from") or settings.DEFAULT_FROM_EMAIL,
            to=payload["to"],
            cc=payload.get("cc"),
            bcc=payload.get("bcc"),
            reply_to=payload.get("reply_to"),
            headers=payload.get("headers"),
        )
        if payload.get("html"):
            message.attach_alternative(payload["html"], "text/html")
        if payload.get("calendar"):
            _attach_calendar(message, **payload["calendar"])
        message.message()  # a header that cannot be written shows here, before anything is sent
    except (KeyError, TypeError, ValueError) as error:
        raise Undeliverable(f"the mail cannot be written: {error!r}") from error
    return message


def _attach_calendar(message: EmailMultiAlternatives, *, method: str, text: str) -> None:
    """As iMIP (RFC 6047) wants it: a part beside text and HTML, with its method; and as a file for all others."""
    message.attach_alternative(text, f"text/calendar; method={method}")
    message.attach("invite.ics", text, "application/ics")
