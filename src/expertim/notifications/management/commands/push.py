"""`expertim push key`: a key for WEB_PUSH_KEY."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expertim.notifications.push import vapid
from expertim.notifications.push.setup import extra_is_installed


class Command(BaseCommand):
    help = "Make the key that notices to people's devices are signed with: `push key`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        parts.add_parser("key", help="a new key for WEB_PUSH_KEY; with another one, every device must be added anew")

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not extra_is_installed():
            raise CommandError('the extra "push" is not installed: pip install "expertim[push]"')
        self.stdout.write(vapid.new_key())
