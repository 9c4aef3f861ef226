"""`expertim factor EMAIL [--remove]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from expertim.people.models import Person
from expertim.people.second_factor import drop


class Command(BaseCommand):
    help = "Say which second factors a person has, or take them away when all are lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--remove", action="store_true", help="take them all away; make sure that it is the person who asks"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        if options["remove"]:
            self.stdout.write(f"Removed: {drop(person)}. {person} signs in by the password alone from now on.")
            return
        kept = Authenticator.objects.filter(user=person).order_by("id")
        for one in kept:
            used = f"last used {one.last_used_at:%Y-%m-%d}" if one.last_used_at else "not used yet"
            self.stdout.write(f"{one.type} since {one.created_at:%Y-%m-%d}, {used}")
        if not kept:
            self.stdout.write("None.")
