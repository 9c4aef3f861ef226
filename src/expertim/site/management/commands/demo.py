"""The whole product with people and meetings in it; Ctrl-C stops all of it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.children import Children
from expertim.foundation.lined import Faulty
from expertim.meetings.facts import By
from expertim.meetings.models import Meeting
from expertim.people.models import Person
from expertim.site.cast import FOLDER, cast
from expertim.site.free_of_demo import keep_times
from expertim.site.management.commands.catalogue import load
from expertim.site.player import CannotGoOn, Player, catch_up, clock_has_begun, shift
from expertim.site.presenting import present
from expertim.site.story import StoryAct, read_story
from expertim.site.talking import talk

ANSWERS_WITHIN_SECONDS = 60


class Command(BaseCommand):
    help = "Bring up the whole product with a catalogue, people and a month of meetings; Ctrl-C stops all of it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--only-prepare", action="store_true", help="play the story, start nothing")

    def handle(self, *args: Any, only_prepare: bool, **options: Any) -> None:
        if not settings.MOVABLE_CLOCK:
            raise CommandError(_("The demo needs EXPERTIM_MOVABLE_CLOCK=1; `expertim demo` sets it by itself."))
        _migrate()
        self._prepare()
        if only_prepare:
            return
        connection.close()
        with Children() as children:
            for command in ("serve", "work"):
                children.start([sys.executable, "-m", "expertim", command])
            if _answers(children):
                self._say(welcome())
            code = children.wait()
        if code:
            raise CommandError(_("A part of the demo has ended by itself; what it said stands above."), returncode=code)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _prepare(self) -> None:
        """Catalogue and story, on a fresh installation only; one that was interrupted is brought to its end."""
        interrupted = clock_has_begun() and shift() < timedelta(0)
        if not interrupted and (clock_has_begun() or Person.objects.exists()):
            self._say(_("This installation has its people and meetings already; going on where it was."))
            return
        story = _story()
        if interrupted:
            self._say(_("The story of this installation was interrupted; it is played to its end now."))
        started = clock.monotonic()
        player = Player(base=_base(story, interrupted=interrupted), resumed=interrupted)
        if not interrupted:
            # The one place where a clock may start in the past: what the story tells has then really happened.
            clock.begin_at(player.base + story[0].at)
        self._say(load((FOLDER / "catalogue.yaml").read_bytes(), name="catalogue.yaml"))
        try:
            player.play(story)
        except CannotGoOn as error:
            raise CommandError(str(error)) from error
        catch_up()
        talk()
        keep_times()
        present()
        for line in player.left_out:
            self._say(_("Left out: {line}").format(line=line))
        told = _("The story: {acts} acts in {meetings} meetings, played in {seconds} s.")
        seconds = f"{clock.monotonic() - started:.1f}"
        self._say(told.format(acts=player.played, meetings=Meeting.objects.count(), seconds=seconds))
        call_command("audit", stdout=self.stdout)


def welcome() -> str:
    """Where to go, and as whom."""
    there = set(Person.objects.filter(is_active=True).values_list("email", flat=True))
    people = [someone for someone in cast() if someone.email in there]
    parts = [(_("operator"), By.OPERATOR, 1), (_("user"), By.USER, 3), (_("expert"), By.EXPERT, 3)]
    lines = ["", "=" * 72, _("Expertim is ready. Begin here:  {url}").format(url=_address("demo")), ""]
    named = 0
    for word, role, few in parts:
        for person in [someone for someone in people if someone.role is role][:few]:
            lines.append(f"  {word:<10} {person.email:<28} {person.password:<20} {person.name}")
            named += 1
    if len(people) > named:
        file = FOLDER / "catalogue.yaml"
        lines += ["", _("  and {count} more, named in {file}").format(count=len(people) - named, file=file)]
    mail = _("Every mail: {url}").format(url=_address("demo_mail"))
    return "\n".join([*lines, "", mail, _("Ctrl-C stops everything."), "=" * 72, ""])


def _address(name: str) -> str:
    return str(settings.PUBLIC_URL) + reverse(name)


def _migrate() -> None:
    # A command of its own: it works as the owner of the tables, this one as the application.
    done = subprocess.run([sys.executable, "-m", "expertim", "migrate", "--verbosity", "0"], check=False)
    if done.returncode:
        raise CommandError(_("The database could not be brought up to date."), returncode=done.returncode)


def _story() -> tuple[StoryAct, ...]:
    try:
        return read_story((FOLDER / "story.yaml").read_bytes())
    except Faulty as error:
        raise CommandError("\n".join(f"story.yaml, {fault}" for fault in error.faults)) from None


def _base(story: tuple[StoryAct, ...], *, interrupted: bool) -> datetime:
    """The full hour that the story counts from: this one, or that of the playing that was interrupted."""
    if not interrupted:
        moment = clock.machine_now()
    else:
        first = Meeting.objects.order_by("proposed_at").values_list("proposed_at", flat=True).first()
        moment = (first or clock.now()) - story[0].at
    return moment.replace(minute=0, second=0, microsecond=0)


def _answers(children: Children) -> bool:
    """Wait until the web server answers; False where it, or we, ended before."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)
    deadline = clock.monotonic() + ANSWERS_WITHIN_SECONDS
    while clock.monotonic() < deadline and not children.asked_to_stop and children.ended() is None:
        with suppress(OSError, http.client.HTTPException):
            asking = http.client.HTTPConnection(host, settings.PORT, timeout=5)
            # Closed at once: a connection that is kept alive would hold up the server's end.
            with closing(asking):
                asking.request("GET", "/", headers={"Host": f"localhost:{settings.PORT}", "Connection": "close"})
                if asking.getresponse().status < 500:
                    return True
        time.sleep(0.1)
    return False
