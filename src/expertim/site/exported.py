"""Which tables a person's own data lie in: what of them is handed out, and what is not, with the reason.

A test walks all models: a table that names a person stands in one of the two lists.
"""

from __future__ import annotations

from dataclasses import dataclass

_MACHINES = frozenset({"digest", "secret", "former_secret", "p256dh", "auth", "endpoint", "token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that reach the person by one of these paths; `without` these columns."""

    by: tuple[str, ...]
    without: frozenset[str] = _MACHINES


TABLES = {
    "people.profile": Table(by=("person",)),
    "people.billing": Table(by=("person",)),
    "people.apitoken": Table(by=("person",)),
    "people.calendarfeed": Table(by=("person",)),
    "people.agreement": Table(by=("person",)),
    "account.emailaddress": Table(by=("user",)),
    "mfa.authenticator": Table(by=("user",), without=frozenset({"data"})),
    "socialaccount.socialaccount": Table(by=("user",)),
    "api.endpoint": Table(by=("person",)),
    "api.attempt": Table(by=("endpoint__person",)),
    "notifications.notice": Table(by=("recipient",)),
    "notifications.preference": Table(by=("person",)),
    "notifications.quiethours": Table(by=("person",)),
    "notifications.device": Table(by=("person",)),
    "expertise.expert": Table(by=("person",)),
    "expertise.service": Table(by=("expert__person",)),
    "expertise.skillwish": Table(by=("person",)),
    "expertise.skillheld": Table(by=("person",)),
    "expertise.favourite": Table(by=("person",)),
    "expertise.availability": Table(by=("person",)),
    "expertise.weeklyhours": Table(by=("expert__person",)),
    "expertise.dayhours": Table(by=("expert__person",)),
    "expertise.holiday": Table(by=("person",)),
    "expertise.busycalendar": Table(by=("person",)),
    "expertise.application": Table(by=("person",)),
    "reviews.review": Table(by=("user", "expert"), without=frozenset({"hidden_note"})),
    "reviews.reply": Table(by=("review__expert",), without=frozenset({"hidden_note"})),
    "chat.chat": Table(by=("low", "high"), without=frozenset({"low_blocked_at", "high_blocked_at"})),
    "chat.message": Table(by=("chat__low", "chat__high")),
    "chat.welcome": Table(by=("person",)),
    "credits.wallet": Table(by=("person",)),
    "credits.entry": Table(by=("wallet__person",)),
    "credits.block": Table(by=("wallet__person",)),
}
# What has a file of its own in the archive.
FILES = {
    "people.person": "person.json",
    "people.photo": "photo.webp",
    "meetings.meeting": "meetings.json, meetings.ics",
    "meetings.timelineevent": "meetings.json: of a statement of the other, only what its reader may see",
}
LEFT_OUT = {
    "people.personsession": "keys of whoever is signed in; the security page lists where",
    "people.person_groups": "rights of operators, not facts about a person",
    "people.person_user_permissions": "rights of operators, not facts about a person",
    "meetings.request": "keys by which a second click is known; they go after some days",
    "outbox.row": "mails on their way; what they say stands in the notices",
    "admin.logentry": "what operators did in the administration: the operators' own record",
    "people.termstext": "who of the operators published it: the operators' own record",
    "chat.report": "who of the operators settled a report: the operators' own record",
}
