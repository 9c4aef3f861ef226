"""`expertim work`: do what is due, for ever or once."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Ring deadlines and send mail when they are due. Any number of workers may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do all that is due on the platform's clock, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        stop = Stop()
        stop.listen()
        worker = Worker(stop=stop)
        if options["once"]:
            worker.once()
            for what, count in sorted(worker.done.items()):
                if count:
                    self.stdout.write(f"{what}: {count}")
            if not worker.done.total():
                self.stdout.write("nothing was due")
            if worker.failed:
                raise CommandError(f"failed, see the log: {', '.join(worker.failed)}")
            return
        logger.info("worker %s is at work", worker.name)
        worker.run()
        logger.info("worker %s has stopped", worker.name)
