"""`expertim credits grant EMAIL AMOUNT --reason TEXT`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expertim.credits.ledger import GrantRefused
from expertim.credits.models import Wallet
from expertim.foundation.amounts import amount_text, parse_amount
from expertim.foundation.ids import public_id
from expertim.meetings.moved import grant
from expertim.people.models import Person


class Command(BaseCommand):
    help = "Grant credits from the platform to a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        granting = acts.add_parser("grant", help="credits from the platform to a person")
        granting.add_argument("email")
        granting.add_argument("amount", help='credits, such as "25" or "25.50"')
        granting.add_argument("--reason", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            amount = parse_amount(options["amount"])
        except ValueError as error:
            raise CommandError(f"{options['amount']!r} is not an amount of credits, such as 25 or 25.50.") from error
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        try:
            grant(
                person_id=person.pk,
                amount=amount,
                reason=options["reason"],
                by="console",
                cause=f"grant:{public_id()}",
            )
        except GrantRefused as refused:
            raise CommandError(str(refused)) from refused
        wallet = Wallet.objects.get(person=person)
        self.stdout.write(
            f"{person.name or person.email} was granted {amount_text(amount)} credits; available now: "
            f"{amount_text(wallet.available)}, blocked: {amount_text(wallet.blocked)}."
        )
