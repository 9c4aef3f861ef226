"""The web server: any number of them on one database."""

from __future__ import annotations

import os
import signal
import socket
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from expertim.foundation.children import die_with_parent
from expertim.foundation.variables import read

THREADS = 2
FINISH_SECONDS = 20


class Command(BaseCommand):
    """Runs granian until a signal comes; what is in hand is finished first."""

    help = "Runs the web server at HOST and PORT, with WEB_WORKERS processes."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise would miss it
        _refuse_a_taken_port(host=settings.HOST, port=settings.PORT)
        server = Server(
            "expertim.wsgi:application",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=read("WEB_WORKERS"),
            blocking_threads=THREADS,
            respawn_failed_workers=True,
            workers_kill_timeout=FINISH_SECONDS,
            log_level=LogLevels.warning,
        )

        @server.on_startup
        def listen() -> None:
            # granian would renew its workers on SIGHUP; with us a closed terminal means stop, unless under nohup.
            if signal.getsignal(signal.SIGHUP) == server.signal_handler_reload:
                signal.signal(signal.SIGHUP, hangup)
            self.stdout.write(_("Listening at http://%(host)s:%(port)s") % where)
            self.stdout.flush()

        where = {"host": settings.HOST, "port": settings.PORT}
        under_nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        hangup = signal.SIG_IGN if under_nohup else server.signal_handler_interrupt
        try:
            server.serve(target_loader=partial(_application, os.getpid()), wrap_loader=False)
        except SystemExit:
            # Ctrl-C reaches the workers too; granian counts those that were quicker than itself as failures.
            if not server.interrupt_signal:
                raise


def _application(parent: int) -> Any:
    """What a worker serves. Without a parent it would keep the port for ever, and nobody could stop it by name."""
    die_with_parent(parent=parent, by=signal.SIGKILL)
    # Out of the terminal's reach: after a Ctrl-C and then its parent's SIGTERM granian's worker would never end.
    os.setpgid(0, 0)
    from expertim.wsgi import application

    return application


def _refuse_a_taken_port(*, host: str, port: int) -> None:
    # granian shares a port with whoever else asked for sharing, an older copy of ourselves for one.
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                text = _("%(host)s port %(port)s cannot be used: %(why)s. Set PORT to another one.")
                raise CommandError(text % {"host": host, "port": port, "why": error.strerror}) from error
