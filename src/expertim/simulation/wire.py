"""The mail server of a run: it takes mail, or fails, hangs, answers late, loses its answer, delivers twice.

It stands where Django's connection to a mail server stands, so everything of ours up to the wire is the real thing.
"""

from __future__ import annotations

import re
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django.db import connection

from expertim.outbox.claims import MOST_DEATHS
from expertim.simulation.eyes import KINDS, Eyes
from expertim.simulation.faults import Fault
from expertim.simulation.judge import Broken, Judge
from expertim.simulation.model.time import of_use, peek
from expertim.simulation.scheduler import SECOND, Scheduler

_NOTICE = re.compile(r"<notice\.(\d+)\.")
_LINK = re.compile(r"/join/([0-9a-z]+)/")
_WAITS = {"hangs": 20 * SECOND, "late": 40 * SECOND, "very late": 400 * SECOND}
_NO_WORKER = "no worker survived"
_NO = (450, b"try again"), (550, b"no such mailbox")


class MailServer:
    """One for a run. A mail is known by its Message-ID; those of notices belong to a meeting."""

    current: ClassVar[MailServer]

    def __init__(
        self,
        *,
        scheduler: Scheduler,
        judge: Judge,
        eyes: Eyes,
        fault_for: Callable[[int, int], Fault | None],
    ) -> None:
        self._scheduler = scheduler
        self._judge = judge
        self._eyes = eyes
        self._fault_for = fault_for
        self._tries: Counter[int] = Counter()
        self.delivered: Counter[str] = Counter()
        self.excused: Counter[str] = Counter()  # how often a mail may have come once more
        self.happened: Counter[str] = Counter()
        self.given_up: set[str] = set()
        self.in_flight: list[str] = []
        self.died: Counter[str] = Counter()  # how often a lease has run out over a notice
        self.overtaken: Counter[str] = Counter()  # how often a clock has ended a lease under whoever had it in hand
        self.links: dict[tuple[int, str], str] = {}  # personal ones, by meeting and role, out of the mails
        self._abouts: dict[str, tuple[str, int, str, int]] = {}
        self.letter: Callable[[int], int | None] = lambda notice: None  # about no meeting: whose faults it meets

    def take(self, message: Any) -> None:
        """One mail at the door. Raises what a mail server and its line make Django raise."""
        if connection.in_atomic_block:
            raise Broken("sent within a transaction", [str(message.subject)])
        name = str(message.extra_headers["Message-ID"])
        about = self._about(name)
        self._judge.note("mail", about or "calendar", len(message.to))
        if about is not None:
            self._still_so(about)
        meeting = about[1] if about else self._of_no_meeting(name)
        fault = self._fault_for(meeting, self._tries[meeting])
        self._tries[meeting] += 1
        link = _LINK.search(str(message.body))
        if link and about is not None:
            self.links[about[1], about[2]] = link[1]
        self.in_flight.append(name)
        try:
            self._take(name, fault.what if fault else "")
        finally:
            self.in_flight.pop()

    def _of_no_meeting(self, name: str) -> int:
        found = _NOTICE.match(name)
        number = self.letter(int(found[1])) if found else None
        return -1 if number is None else number

    def _take(self, name: str, what: str) -> None:
        if what in ("late", "very late", "hangs") and self._scheduler.depth > 1:
            what = ""  # one wait inside another is enough
        if what:
            self.happened[what] += 1
            self._judge.mark("fault")
        if what == "refused":
            raise smtplib.SMTPRecipientsRefused({"somebody": _NO[0]})
        if what == "refused for good":
            self.given_up.add(name)
            raise smtplib.SMTPRecipientsRefused({"somebody": _NO[1]})
        if what == "hangs":
            self._scheduler.others_go_on(_WAITS[what])
            raise TimeoutError("timed out")
        self._deliver(name)
        if what in ("late", "very late"):
            self.excused[name] += what == "very late"
            self._judge.seen["lease taken over"] += what == "very late"
            self.died[_notice_of(name)] += what == "very late"
            self._scheduler.others_go_on(_WAITS[what])
        if what == "twice":
            self.excused[name] += 1
            self._deliver(name)
        if what == "answer lost":
            self.excused[name] += 1
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    def _deliver(self, name: str) -> None:
        self.delivered[name] += 1
        self._judge.seen["mail sent"] += 1
        self._judge.mark("mail")
        if self.delivered[name] > 1:
            self._judge.seen["mail sent twice"] += 1
        if self.delivered[name] - 1 > self.excused[name] + self.overtaken[_notice_of(name)]:
            raise Broken("a mail came once more than any fault explains", [name, str(self.delivered[name])])

    def _about(self, name: str) -> tuple[str, int, str, int] | None:
        """A notice's kind, meeting, recipient's role and date."""
        found = _NOTICE.match(name)
        if not found:
            return None
        if name in self._abouts:
            return self._abouts[name]
        rows = self._eyes.rows(
            """SELECT n.kind, m.public_id, n.recipient_id = m.user_id, n.recipient_id = m.expert_id,
                      (SELECT generation FROM outbox_row WHERE key = format('notice:%%s:%%s', n.recipient_id, n.key))
                 FROM notifications_notice n JOIN meetings_meeting m ON m.id = n.reference WHERE n.id = %s""",
            int(found[1]),
        )
        if not rows:
            return None  # about no meeting
        [(kind, public_id, is_user, is_expert, dates)] = rows
        role = "user" if is_user else "expert" if is_expert else "operator"
        self._abouts[name] = kind, self._eyes.number_of(public_id), role, dates
        return self._abouts[name]

    def _still_so(self, about: tuple[str, int, str, int]) -> None:
        """T3-T5: never for a date no longer in force, never too late, and only to those who are still asked."""
        kind, number, role, dates = about
        if kind not in KINDS:
            return
        at = self._scheduler.platform
        life = peek(self._judge.world, self._judge.world["lives"][number], at)
        reminds = kind in ("meeting_reminder", "meeting_link", "evaluation_reminder")
        why = []
        if reminds and (life["state"] != "agreed" or life["dates"] != dates):
            why.append("that date is no longer in force")
        if reminds and not of_use(life, kind, at):
            why.append("it comes too late")
        if kind == "evaluation_reminder" and role in life["said"]:
            why.append("they have spoken")
        if kind == "meeting_proposed" and life["state"] != "awaiting_approval":
            why.append("it has been answered")
        if (kind, role) not in life["notices"]:
            why.append("the rules tell them no such thing")
        if why:
            raise Broken("a mail that should not have been sent", [f"{kind} of meeting {number} to the {role}", *why])

    def unlike_rows(self) -> Iterator[str]:
        """Every notice has its row; what is said to be sent has come, what is not has not."""
        withdrawn = 0
        delivered = {name.split(".")[1]: count for name, count in self.delivered.items() if "<notice." in name}
        for notice, status, error in self._eyes.rows(
            "SELECT n.id::text, r.status, r.last_error FROM notifications_notice n LEFT JOIN outbox_row r"
            " ON r.key = format('notice:%s:%s', n.recipient_id, n.key) ORDER BY n.id"
        ):
            came = delivered.get(notice, 0)
            if status is None or (status == "sent" and not came):
                yield f"notice {notice} is {status}, but came {came} times"
            if status in ("withdrawn", "expired") and came and not self._excused(notice):
                yield f"notice {notice} is {status}, but came {came} times"
            # Of three deaths one may have been a sleep: whoever had it in hand was busy with another row for too long.
            explained = "550" in error or (_NO_WORKER in error and self.died[notice] >= MOST_DEATHS - 1)
            if status == "dead" and not explained and not came:
                yield f"notice {notice} was given up: {error}"
            withdrawn += status == "withdrawn"
        self._judge.seen["mail withdrawn"] = withdrawn

    def _excused(self, notice: str) -> bool:
        again = any(count and name.startswith(f"<notice.{notice}.") for name, count in self.excused.items())
        return again or self.overtaken[notice] > 0


def _notice_of(name: str) -> str:
    return name.removeprefix("<notice.").split(".")[0]


class Wire:
    """In the place of Django's SMTP backend."""

    def __init__(self, **_given: Any) -> None:
        pass

    def send_messages(self, messages: list[Any]) -> int:
        for message in messages:
            MailServer.current.take(message)
        return len(messages)
