"""What we write back where an answer from somebody's calendar has changed nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from expertim.foundation.numbers import credit_words
from expertim.meetings.facts import Act, Refused, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.words import refusal_words, why_not
from expertim.meetings.words.speaking import both_clocks, others_of
from expertim.people.formats import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail in plain text."""

    subject: str
    text: str


def letter(sentences: list[str], *, view: MeetingView, name: str, clock: Clock, address: str) -> Letter:
    """To the party whose calendar has answered: that nothing has changed, why, and where to go on."""
    when = both_clocks(view.situation.start, clock, *others_of(view))
    paragraphs = [
        _("Hello {name},").format(name=name),
        _("Your calendar has sent us an answer about the meeting with {other}, {service}, {when}.").format(
            other=view.other.name, service=view.service_title, when=when
        ),
        _("It has changed nothing.") + " " + " ".join(sentences),
        _("The page of the meeting shows where it stands and what you can do:") + "\n" + address,
        settings.SITE_NAME,
    ]
    subject = _("Your calendar's answer has changed nothing: the meeting with {other}").format(other=view.other.name)
    return Letter(subject=subject, text="\n\n".join(paragraphs) + "\n")


def of_a_refusal(refused: Refused, *, act: Act, view: MeetingView, clock: Clock) -> list[str]:
    """Why the rules say no, as one would read it on the page of the act."""
    refusal = refusal_words(refused, act=act, view=view, clock=clock)
    return [f"{refusal.title.rstrip('.')}.", *refusal.sentences, *(words for _field, words in refusal.fields)]


def not_possible(act: Act, view: MeetingView, clock: Clock) -> list[str]:
    reasons = why_not(act, view, clock)
    if act is Act.RESCHEDULE and view.situation.now.state is State.AWAITING:
        return [
            _("A proposal is confirmed, rejected or withdrawn first; after that there can be another date."),
            *reasons,
        ]
    return reasons


def another_sender(email: str) -> list[str]:
    return [
        _("It did not come from {email}, the address of your account, so we cannot know that it is yours.").format(
            email=email
        ),
        _("If you did not send it: somebody may have got your invitation. Nothing can be done with it without you."),
    ]


def another_meeting() -> list[str]:
    return [_("It names another meeting than the one that the invitation was for.")]


def out_of_date() -> list[str]:
    return [_("It is about an older state of this meeting; something has happened since.")]


def unreadable() -> list[str]:
    return [_("We could not read what it asks for: an answer, or one new start with its time zone.")]


def perhaps() -> list[str]:
    return [_("“Perhaps” is no answer here: the meeting still waits for a yes or a no.")]


def which_date() -> list[str]:
    return [
        _("There are two dates on the table, so a calendar's yes or no could mean either. Please choose on the page.")
    ]


def a_fee(fee: int) -> list[str]:
    """C5: nobody is charged what they have not seen."""
    return [
        _("Cancelling now costs {fee}. You have to see and accept that yourself, on the page.").format(
            fee=credit_words(fee)
        )
    ]


def no_reason() -> list[str]:
    return [_("To reject, choose a reason from the list on the page.")]


def nobody_reads() -> list[str]:
    return [_("Nobody reads the mail that comes to this address; only the answers of calendars are understood.")]


def declined() -> str:
    """The reason of a cancellation that came without one."""
    return _("Declined in the calendar.")
