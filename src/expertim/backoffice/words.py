"""The words of the operator's pages: one label for each code, lengths of time, texts in several languages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from expertim.credits.moves import Account, Kind, Movement
from expertim.meetings.facts import Payment, Progress, State
from expertim.meetings.words import PAYMENTS, PROGRESS, STATES
from expertim.notifications.kinds import kind_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

POSTINGS: dict[str, Lazy] = {
    Kind.BLOCK: gettext_lazy("Set aside for a meeting"),
    Kind.CLOSE: gettext_lazy("Given back or paid for a meeting"),
    Kind.BONUS: gettext_lazy("Bonus for a first text"),
    Kind.GRANT: gettext_lazy("Granted by an operator"),
}
ACCOUNTS: dict[str, Lazy] = {
    Account.AVAILABLE: gettext_lazy("available"),
    Account.BLOCKED: gettext_lazy("blocked"),
    Account.COMMISSION: gettext_lazy("the platform's commission"),
    Account.BONUS: gettext_lazy("the platform's bonuses"),
    Account.ISSUANCE: gettext_lazy("credits given out"),
}
# the rules' names (K5)
MOVEMENTS: dict[str, Lazy] = {
    Movement.DEDUCTION: gettext_lazy("Deduction of credits for services"),
    Movement.PAYMENT: gettext_lazy("Payment of credits for services"),
    Movement.BONUS: gettext_lazy("Bonus credits for verbal evaluation"),
    Movement.GRANT: gettext_lazy("Credits granted"),
}
LISTS: dict[str, Lazy] = {
    "awaiting_approval": STATES[State.AWAITING],
    "agreed": gettext_lazy("Agreed, to come"),
    "held": pgettext_lazy("state of a meeting", "Held"),
    "disputed": PROGRESS[Progress.DISPUTED],
    "rejected": STATES[State.REJECTED],
    "cancelled": STATES[State.CANCELLED],
    "expired": STATES[State.EXPIRED],
}
OUTBOX: dict[str, Lazy] = {
    "waiting": gettext_lazy("waiting"),
    "leased": gettext_lazy("in hand"),
    "sent": gettext_lazy("sent"),
    "expired": gettext_lazy("too late, not sent"),
    "withdrawn": gettext_lazy("withdrawn"),
    "dead": gettext_lazy("given up"),
}
KINDS: dict[str, Lazy] = {
    "mail": gettext_lazy("Mail"),
    "notice": gettext_lazy("Notice"),
    "calendar": gettext_lazy("Calendar"),
    "push": gettext_lazy("Push"),
    "room": gettext_lazy("Video room"),
}
AUDITED: dict[str, Lazy] = {
    "meetings": gettext_lazy("Meetings"),
    "wallets": gettext_lazy("Wallets"),
    "available": gettext_lazy("Available credits"),
    "blocked": gettext_lazy("Blocked credits"),
    "commission": gettext_lazy("Commission"),
    "bonuses": gettext_lazy("Bonuses"),
    "granted": gettext_lazy("Granted"),
    "postings": gettext_lazy("Postings"),
}


def plain(figure: str) -> str:
    """An audit's figure with the states in words."""
    for state, label in STATES.items():
        figure = re.sub(rf"\b{state.value}\b", str(label).lower(), figure)
    return figure


def state_words(state: str, progress: str | None, *, over: bool = False) -> str:
    """Where a meeting stands, in a word or two; `over`: its end has come."""
    if state == State.AGREED and over and not progress:
        return str(LISTS["held"])
    return str(PROGRESS[Progress(progress)] if progress else STATES[State(state)])


def payment_words(payment: str) -> str:
    return str(PAYMENTS[Payment(payment)])


def told_words(kind: str) -> str:
    """A notice's title; one of a newer release is still a line."""
    known = kind_of(kind)
    return str(known.title) if known else _("News")


def length_words(length: timedelta) -> str:
    """How long, roughly: the largest unit that is at least one."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    if seconds < 3600:
        return ngettext("%(count)d minute", "%(count)d minutes", seconds // 60) % {"count": seconds // 60}
    if seconds < 2 * 86400:
        return ngettext("%(count)d hour", "%(count)d hours", seconds // 3600) % {"count": seconds // 3600}
    return ngettext("%(count)d day", "%(count)d days", seconds // 86400) % {"count": seconds // 86400}


def masked(address: str) -> str:
    """An address that can be recognised and not be used: j…@example.org."""
    name, at, host = str(address).rpartition("@")
    return f"{name[:1]}…{at}{host}" if at else "…"


def without_addresses(text: str) -> str:
    """What went wrong, with every address in it masked: servers like to repeat whom they refused."""
    return re.sub(r"[^\s'\"<>(),;:]+@[^\s'\"<>(),;:]+", lambda found: masked(found[0]), text)


def languages_of(text: Any, *, codes: list[str]) -> dict[str, str]:
    """A catalogue text by language; one text for all stands in the first, which the others fall back to."""
    if isinstance(text, dict):
        return {code: str(text.get(code, "")) for code in codes}
    return {code: str(text or "") if code == codes[0] else "" for code in codes}
