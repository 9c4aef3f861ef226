"""`expertim work`: do what is due, for ever or once."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expertim.outbox import pausing
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import RELEASE, Worker, sent_kinds

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Ring deadlines and send mail when they are due. Any number of workers may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do all that is due on the platform's clock, then end")
        parser.add_argument("--release", action="store_true", help="end the pause that follows a restore; does no work")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["release"]:
            self._release()
            return
        stop = Stop()
        stop.listen()
        worker = Worker(stop=stop)
        if options["once"]:
            if pausing.paused_since():
                raise CommandError(f"The worker is paused since a restore; nothing was done. {RELEASE}")
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

    def _release(self) -> None:
        waits = pausing.waiting(kinds=sent_kinds())
        if not pausing.release():
            self.stdout.write("The worker was not paused.")
            return
        self.stdout.write(
            f"Released. Due to be sent now: {waits.to_send}; too late by now, to be dropped unsent: {waits.too_late}. "
            "What time has done to meetings meanwhile is done, and told, next."
        )
