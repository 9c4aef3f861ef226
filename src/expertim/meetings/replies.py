"""What somebody's calendar answers by mail becomes the same act that the page would do, or a letter that says why not.

Three things prove whose answer it is, docs/decisions/0014-answers-by-mail.md: it comes to the address that was given
to that party alone, from the address of the party's account, and it is about that meeting. A From line alone proves
nothing. Nothing that costs a fee is done by mail: nobody is charged what they have not seen (C5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import make_msgid
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import override

from expertim.expertise.queries import reject_reasons
from expertim.foundation.addresses import public_address
from expertim.meetings import actions
from expertim.meetings.calendar import answer_of, date_shown, meeting_of, status_of
from expertim.meetings.facts import Act, Refused, State
from expertim.meetings.models import Meeting, Request
from expertim.meetings.queries import MeetingView, meeting_for
from expertim.meetings.words import answers
from expertim.notifications.calendar.addresses import sealed_for, tokens_in
from expertim.notifications.calendar.ics import Answer, Status
from expertim.notifications.calendar.itip import Incoming, Reply, Wish, read
from expertim.outbox.actions import add_rows
from expertim.people.formats import Clock
from expertim.people.languages import spoken
from expertim.people.models import Person

# Of the catalogue's reasons the one that says least, where the operator keeps one of these codes; else the last.
_PLAIN_REASONS = ("another-reason", "other-reason", "other")


class Became(StrEnum):
    """What became of a mail."""

    DONE = "done"
    REPEATED = "done before"
    NOTHING = "nothing to do"
    REFUSED = "refused, answered by mail"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """For whoever watches; no word that the mail brought."""

    became: Became
    meeting: str = ""
    act: Act | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (self.meeting and f"meeting {self.meeting}:", self.act, self.became) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One act with what is typed for it."""

    act: Act
    typed: dict[str, Any] = field(default_factory=dict)


class _Declined(Exception):
    """No act follows; the sentences say why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(sentences)
        self.sentences = sentences


def receive(raw: bytes) -> Received:
    """One mail as it came. Raises only what a database that is away raises."""
    mail = read(raw)
    found = _addressed(mail)
    if found is None:
        return Received(became=Became.IGNORED)
    person, meeting = found
    if _known(person, mail):
        return Received(became=Became.REPEATED, meeting=meeting)
    actions.catch_up(person=person.pk)
    with override(spoken(person.language)):
        view = meeting_for(person=person.pk, meeting=meeting)
        if view is None or (mail.reply is None and mail.by_itself):
            return Received(became=Became.IGNORED, meeting=meeting)
        return _answered(mail, view, person)


def _answered(mail: Incoming, view: MeetingView, person: Person) -> Received:
    ask = None
    try:
        ask = _asked(_proven(mail, view, person), view, person.clock)
        if ask is None:
            return Received(became=Became.NOTHING, meeting=view.public_id)
        done = actions.perform(person=person.pk, meeting=view.public_id, act=ask.act, key=mail.key, **ask.typed)
        became = Became.REPEATED if done.repeated else Became.DONE
        return Received(became=became, meeting=view.public_id, act=ask.act)
    except _Declined as declined:
        sentences = declined.sentences
    except Refused as refused:
        assert ask is not None
        sentences = _refused(refused, ask, view, person)
    _write(sentences, mail, view, person)
    return Received(became=Became.REFUSED, meeting=view.public_id, act=ask.act if ask else None)


def _addressed(mail: Incoming) -> tuple[Person, str] | None:
    """The party to whom the address it came to was given, and the meeting; None for an address nobody was given."""
    for meeting, seal in tokens_in(mail.recipients):
        parties = Meeting.objects.filter(public_id=meeting).values_list("user_id", "expert_id").first()
        for person in parties or ():
            if sealed_for(reference=meeting, seal=seal, person=person):
                found = Person.objects.filter(pk=person, is_active=True).first()
                return (found, meeting) if found else None
    return None


def _known(person: Person, mail: Incoming) -> bool:
    """Z1: the same mail again, perhaps after the meeting has moved on."""
    return Request.objects.filter(person=person, key=mail.key, answer__isnull=False).exists()


def _proven(mail: Incoming, view: MeetingView, person: Person) -> Reply:
    """The answer, if it is this party's, about this meeting and as it stands now."""
    reply = mail.reply
    claims = {mail.sender, *([reply.attendee] if reply and reply.attendee else [])}
    if claims != {person.email.lower()}:
        raise _Declined(answers.another_sender(person.email))
    if reply is None:
        raise _Declined(answers.nobody_reads())
    if reply.wish is Wish.UNREADABLE:
        raise _Declined(answers.unreadable())
    if meeting_of(reply.uid) != view.public_id:
        raise _Declined(answers.another_meeting())
    moved = reply.wish is Wish.ACCEPT and reply.start not in (None, date_shown(view))
    if reply.sequence < view.version or moved:
        raise _Declined(answers.out_of_date())
    return reply


def _asked(reply: Reply, view: MeetingView, clock: Clock) -> _Ask | None:
    """The act that an answer comes to; None where the meeting is as it wishes already. Raises _Declined."""
    if reply.wish is Wish.ACCEPT:
        return _accepting(view, clock)
    if reply.wish is Wish.DECLINE:
        return _declining(reply, view, clock)
    if reply.wish is Wish.MOVE:
        if Act.RESCHEDULE not in _acts(view):
            raise _Declined(answers.not_possible(Act.RESCHEDULE, view, clock))
        return _Ask(act=Act.RESCHEDULE, typed={"start": reply.start, "message": reply.comment})
    if answer_of(view) is Answer.NEEDED:
        raise _Declined(answers.perhaps())
    return None


def _accepting(view: MeetingView, clock: Clock) -> _Ask | None:
    acts = _acts(view)
    if Act.CONFIRM in acts:
        return _Ask(act=Act.CONFIRM, typed={"seen_start": view.situation.start})
    if Act.ALTERNATIVE_CONFIRM in acts:
        if view.situation.now.state is State.AGREED:
            raise _Declined(answers.which_date())
        return _Ask(act=Act.ALTERNATIVE_CONFIRM, typed={"seen_start": date_shown(view)})
    if answer_of(view) is Answer.ACCEPTED:
        return None
    raise _Declined(answers.not_possible(Act.CONFIRM, view, clock))


def _declining(reply: Reply, view: MeetingView, clock: Clock) -> _Ask | None:
    acts = _acts(view)
    if status_of(view) is Status.CANCELLED:
        return None
    if view.situation.now.state is State.AGREED and view.situation.now.alternative:
        raise _Declined(answers.which_date())
    for act in (Act.REJECT, Act.ALTERNATIVE_REJECT):
        if act in acts:
            return _Ask(act=act, typed={"reason": _plain_reason(), "message": reply.comment})
    for act in (Act.WITHDRAW, Act.ALTERNATIVE_WITHDRAW):
        if act in acts:
            return _Ask(act=act)
    if Act.CANCEL not in acts:
        raise _Declined(answers.not_possible(Act.CANCEL, view, clock))
    if acts[Act.CANCEL]:
        raise _Declined(answers.a_fee(acts[Act.CANCEL] or 0))
    # Should the free hours end between reading and doing, the rules refuse: a fee of 0 was seen (C5).
    return _Ask(act=Act.CANCEL, typed={"reason": reply.comment or answers.declined(), "seen_fee": 0})


def _acts(view: MeetingView) -> dict[Act, int | None]:
    return {possible.act: possible.fee for possible in view.actions}


def _plain_reason() -> str:
    codes = [reason.code for reason in reject_reasons()]
    if not codes:
        raise _Declined(answers.no_reason())
    return next((code for code in _PLAIN_REASONS if code in codes), codes[-1])


def _refused(refused: Refused, ask: _Ask, view: MeetingView, person: Person) -> list[str]:
    """In words, about the meeting as it stands now."""
    view = meeting_for(person=person.pk, meeting=view.public_id) or view
    return answers.of_a_refusal(refused, act=ask.act, view=view, clock=person.clock)


def _write(sentences: list[str], mail: Incoming, view: MeetingView, person: Person) -> None:
    """Always to the address of the account, never to where the mail says it came from; once for each mail."""
    letter = answers.letter(
        sentences, view=view, name=person.name, clock=person.clock, address=public_address("meeting", view.public_id)
    )
    headers = {
        "Message-ID": make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost"),
        "Auto-Submitted": "auto-replied",
    }
    if re.fullmatch(r"<[!-;=?-~]{1,250}>", mail.message_id):
        headers |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    payload = {"to": [person.email], "subject": letter.subject, "body": letter.text, "html": "", "headers": headers}
    add_rows(
        [
            {
                "kind": "mail",
                "key": f"{mail.key}:{person.pk}",
                "payload": payload,
                "recipient": person.pk,
                "reference": view.id,
            }
        ]
    )
