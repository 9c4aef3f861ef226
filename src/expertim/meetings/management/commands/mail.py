"""`expertim mail`: try whether mail gets out; read what people's calendars answer."""

from __future__ import annotations

import smtplib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from expertim.meetings.receiving import receive_maildir, receive_piped
from expertim.outbox.mail import as_payload, send
from expertim.outbox.worker import Undeliverable


class Command(BaseCommand):
    help = "Try whether mail gets out: `mail test ADDRESS`; read answers of calendars: `mail receive`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        test = parts.add_parser("test", help="send a mail to an address now, past the outbox, and say what came of it")
        test.add_argument("address")
        receive = parts.add_parser("receive", help="read a calendar's answer on standard input, or those in a Maildir")
        receive.add_argument("--maildir", type=Path, metavar="DIR", help="read every new mail in DIR/new, then move it")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["part"] == "receive":
            self._receive(options["maildir"])
        else:
            self._test(options["address"])

    def _receive(self, maildir: Path | None) -> None:
        if maildir is None:
            code = receive_piped(sys.stdin.buffer, say=self.stdout.write)
        else:
            code = receive_maildir(maildir, say=self.stdout.write)
        if code:
            sys.exit(code)

    def _test(self, address: str) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"not an e-mail address: {address}") from None
        if not settings.EMAIL_URL:
            raise CommandError("EMAIL_URL is not set, so no mail leaves this machine")
        site = {"site": settings.SITE_NAME}
        words = _("This mail was sent to see whether mail from %(site)s arrives. It has.") % site
        subject = _("Mail from %(site)s arrives") % site
        try:
            send(as_payload(EmailMessage(subject, f"{words}\n\n{settings.PUBLIC_URL}\n", to=[address])))
        except (Undeliverable, OSError, smtplib.SMTPException, ValueError) as error:
            raise CommandError(f"the mail server did not take it: {error}") from error
        self.stdout.write(f"the mail server has taken a mail from {settings.DEFAULT_FROM_EMAIL} to {address}")
