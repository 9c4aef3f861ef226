"""`expertim token EMAIL --name NAME`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expertim.people.models import ApiToken, Person
from expertim.people.tokens import TooManyTokens, new_token


class Command(BaseCommand):
    help = "Make a personal API token and print it, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="what it is for, as its person will see it")
        parser.add_argument("--read-only", action="store_true", help="it may read and do nothing else")
        parser.add_argument("--days", type=int, help="how long it is good for; without: until it is revoked")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        name, days = options["name"].strip(), options["days"]
        if not 0 < len(name) <= 60 or not name.isprintable():
            raise CommandError("The name has from 1 to 60 characters that can be seen.")
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("A token is good for 1 to 3650 days.")
        scope = ApiToken.Scope.READ if options["read_only"] else ApiToken.Scope.WRITE
        try:
            secret = new_token(person=person, name=name, scope=scope, days=days)
        except TooManyTokens:
            raise CommandError(f"{person} has too many tokens: revoke some at /settings/tokens/ first.") from None
        self.stdout.write(secret)  # nothing else, so that a script can take it as it is
