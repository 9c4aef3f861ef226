"""The inbox: what each notice says. Titles are the names of the rules; the sentence names the other person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.foundation.numbers import credit_words
from expertim.meetings.facts import NoticeKind, Progress
from expertim.meetings.queries import Who, parties_of
from expertim.meetings.words.labels import became_words
from expertim.meetings.words.speaking import within
from expertim.people.formats import Clock

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

TITLES: dict[NoticeKind, Lazy] = {
    NoticeKind.PROPOSED: gettext_lazy("Meeting proposed"),
    NoticeKind.AGREED: gettext_lazy("Meeting agreed"),
    NoticeKind.REJECTED: gettext_lazy("Meeting rejected"),
    NoticeKind.WITHDRAWN: gettext_lazy("Proposal withdrawn"),
    NoticeKind.CANCELED_BY_USER: gettext_lazy("Meeting canceled by user"),
    NoticeKind.LATE_CANCELLATION: gettext_lazy("Meeting cancellation by user"),
    NoticeKind.CANCELLED_BY_EXPERT: gettext_lazy("Meeting cancelled by expert"),
    NoticeKind.RESCHEDULING_AGREED_BY_USER: gettext_lazy("Rescheduling the appointment agreed by the user"),
    NoticeKind.RESCHEDULING_AGREED_BY_EXPERT: gettext_lazy("Rescheduling the appointment agreed by the expert"),
    NoticeKind.RESCHEDULING_REJECTED_BY_USER: gettext_lazy("Rescheduling a meeting rejected by the user"),
    NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT: gettext_lazy("Another date for a rejected meeting"),
    NoticeKind.ALTERNATIVE_CONFIRMED: gettext_lazy("Other date confirmed"),
    NoticeKind.ALTERNATIVE_REJECTED: gettext_lazy("Other date rejected"),
    NoticeKind.ALTERNATIVE_WITHDRAWN: gettext_lazy("Other date taken back"),
    NoticeKind.ALTERNATIVE_LAPSED: gettext_lazy("Other date lapsed"),
    NoticeKind.EXPIRED: gettext_lazy("Meeting expired"),
    NoticeKind.REMINDER: gettext_lazy("Meeting reminder"),
    NoticeKind.LINK: gettext_lazy("Meeting link"),
    NoticeKind.EVALUATION_REMINDER: gettext_lazy("Reminder to confirm the completion and evaluation of the meeting"),
    NoticeKind.SETTLED: gettext_lazy("Meeting settled"),
    NoticeKind.DISPUTED: gettext_lazy("Meeting disputed"),
    NoticeKind.DISPUTE_SETTLED: gettext_lazy("Dispute settled"),
}
_TEXTS: dict[NoticeKind, Lazy] = {
    NoticeKind.PROPOSED: gettext_lazy("{name} proposes “{service}” on {start} and waits for your answer until then."),
    NoticeKind.AGREED: gettext_lazy("“{service}” with {name} on {start} is agreed."),
    NoticeKind.REJECTED: gettext_lazy(
        "{name} has rejected “{service}” on {start}. You can still suggest another date."
    ),
    NoticeKind.WITHDRAWN: gettext_lazy("{name} has withdrawn the proposal of “{service}” on {start}."),
    NoticeKind.CANCELED_BY_USER: gettext_lazy("{name} has cancelled “{service}” on {start}."),
    NoticeKind.LATE_CANCELLATION: gettext_lazy(
        "{name} has cancelled “{service}” on {start} late. You are paid {paid}."
    ),
    NoticeKind.CANCELLED_BY_EXPERT: gettext_lazy("{name} has cancelled “{service}” on {start}. You pay nothing."),
    NoticeKind.RESCHEDULING_AGREED_BY_USER: gettext_lazy(
        "{name} suggests {alternative} instead of {start}. Until you answer, the agreed date stands."
    ),
    NoticeKind.RESCHEDULING_AGREED_BY_EXPERT: gettext_lazy(
        "{name} suggests {alternative} instead of {start}. Until you answer, the agreed date stands."
    ),
    NoticeKind.RESCHEDULING_REJECTED_BY_USER: gettext_lazy(
        "{name} proposes the rejected meeting anew, for {start}, and waits for your answer until then."
    ),
    NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT: gettext_lazy(
        "{name} suggests {alternative} for the meeting that was rejected. It is agreed once you confirm."
    ),
    NoticeKind.ALTERNATIVE_CONFIRMED: gettext_lazy("{name} has confirmed your date: {start} is agreed."),
    NoticeKind.ALTERNATIVE_REJECTED: gettext_lazy("{name} has rejected {alternative}, which you suggested."),
    NoticeKind.ALTERNATIVE_WITHDRAWN: gettext_lazy("{name} no longer suggests {alternative}."),
    NoticeKind.ALTERNATIVE_LAPSED: gettext_lazy("Nobody answered in time, so {alternative} is no longer suggested."),
    NoticeKind.EXPIRED: gettext_lazy("“{service}” with {name} on {start} was not answered before it would have begun."),
    NoticeKind.REMINDER: gettext_lazy("“{service}” with {name} begins on {start}."),
    NoticeKind.LINK: gettext_lazy("“{service}” with {name} begins on {start}. Your link lets you in."),
    NoticeKind.EVALUATION_REMINDER: gettext_lazy("Say how “{service}” with {name} on {start} went."),
    NoticeKind.SETTLED: gettext_lazy("“{service}” with {name} on {start} is settled: {progress}. {credits}"),
    NoticeKind.DISPUTED: gettext_lazy(
        "“{service}” with {name} on {start}: the two sides do not say the same. An operator decides."
    ),
    NoticeKind.DISPUTE_SETTLED: gettext_lazy(
        "An operator has decided about “{service}” with {name} on {start}: {progress}. {credits}"
    ),
}


def notice_words(
    kind: str, values: Mapping[str, Any], label_row: Mapping[str, Any], clock: Clock, *, reader: int | None = None
) -> tuple[str, str]:
    """Title and sentence; `label_row` is the meeting's row of `queries.labels`, `reader` the recipient's id."""
    known = NoticeKind(kind)
    others = others_than(reader, label_row)
    start = values.get("start")
    words = {
        "name": " – ".join(who.name for who in others),
        "service": label_row["service_title"],
        "start": within(datetime.fromisoformat(start) if start else label_row["starts_at"], clock, *others),
        "alternative": _moment(values.get("alternative"), clock, others),
        "paid": credit_words(values.get("paid") or 0),
        "progress": _became(values, label_row),
        "credits": _credits(values, label_row, reader),
    }
    return str(TITLES[known]), str(_TEXTS[known]).format(**words).strip()


def _became(values: Mapping[str, Any], label_row: Mapping[str, Any]) -> str:
    if not values.get("progress"):
        return ""
    user, expert = parties_of(dict(label_row))
    return became_words(Progress(values["progress"]), user=user.name, expert=expert.name)


def others_than(reader: int | None, label_row: Mapping[str, Any]) -> tuple[Who, ...]:
    """Whom a line about a meeting names: the counterparty; both for who is no party, such as an operator."""
    return tuple(who for who in parties_of(dict(label_row)) if who.id != reader)


def _moment(value: str | None, clock: Clock, others: tuple[Who, ...]) -> str:
    return within(datetime.fromisoformat(value), clock, *others) if value else ""


def _credits(values: Mapping[str, Any], label_row: Mapping[str, Any], reader: int | None) -> str:
    if "fee" not in values:
        return ""
    amounts = {name: credit_words(values.get(name) or 0) for name in ("fee", "returned", "paid")}
    if reader == label_row["user_id"]:
        text = _("Taken from you: {fee}; returned to you: {returned}.")
    elif reader == label_row["expert_id"]:
        text = _("Paid to you: {paid}.")
    else:
        text = _("Paid to {expert}: {paid}.")
    return text.format(expert=label_row["expert_name"], **amounts)
