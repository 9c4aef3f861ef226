"""Which tables a person's own data lie in: what of them is handed out, and what is not, with the reason.

A test walks all tables: one that names a person, or a row that is a person's, stands in one of the lists; another
counts that each row of somebody's arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MACHINES = frozenset({"digest", "secret", "former_secret", "p256dh", "auth", "endpoint", "token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that reach the person by one of these paths; `without` these columns.

    `only`: of a path, what else must be so. `words`: of these paths what stands there is said, beside its number.
    """

    by: tuple[str, ...]
    without: frozenset[str] = _MACHINES
    only: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


_AS_A_PARTY = {"meeting__user": {"party": "user"}, "meeting__expert": {"party": "expert"}}


TABLES = {
    "people.profile": Table(by=("person",)),
    "people.billing": Table(by=("person",)),
    "people.apitoken": Table(by=("person",)),
    "people.calendarfeed": Table(by=("person",)),
    "people.agreement": Table(by=("person",), words=("version",)),
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
    "expertise.expert_skills": Table(by=("expert__person",), words=("skill",)),
    "expertise.service": Table(by=("expert__person",)),
    "expertise.service_skills": Table(by=("service__expert__person",), words=("service", "skill")),
    "expertise.skillwish": Table(by=("person",), words=("skill",)),
    "expertise.skillheld": Table(by=("person",), words=("skill",)),
    "expertise.favourite": Table(by=("person",), words=("expert",)),
    "expertise.availability": Table(by=("person",)),
    "expertise.weeklyhours": Table(by=("expert__person",)),
    "expertise.dayhours": Table(by=("expert__person",)),
    "expertise.holiday": Table(by=("person",)),
    "expertise.busycalendar": Table(by=("person",)),
    "expertise.busyinterval": Table(by=("calendar__person",)),
    "expertise.application": Table(by=("person",), without=frozenset({"decided_by"}), words=("expertise",)),
    "expertise.application_skills": Table(by=("application__person",), words=("skill",)),
    "reviews.review": Table(
        by=("user", "expert"), without=frozenset({"hidden_note"}), words=("user.name", "expert.name")
    ),
    "reviews.reply": Table(by=("review__expert",), without=frozenset({"hidden_note"})),
    "chat.chat": Table(by=("low", "high"), without=frozenset({"low_blocked_at", "high_blocked_at"})),
    "chat.message": Table(by=("chat__low", "chat__high")),
    "chat.welcome": Table(by=("person",)),
    "chat.report": Table(  # of what others wrote to them
        by=("message__chat__low", "message__chat__high"),
        without=frozenset({"note", "settled_by"}),
        only={"message__chat__low": {"message__by_low": False}, "message__chat__high": {"message__by_low": True}},
    ),
    "meetings.statement": Table(by=tuple(_AS_A_PARTY), without=frozenset({"stars"}), only=_AS_A_PARTY),
    "meetings.attendance": Table(by=tuple(_AS_A_PARTY), only=_AS_A_PARTY),
    "credits.wallet": Table(by=("person",)),
    "credits.entry": Table(by=("wallet__person",)),
    "credits.block": Table(by=("wallet__person",)),
}
# What has a file of its own in the archive.
FILES = {
    "people.person": "person.json",
    "people.photo": "photo.webp",
    "people.banner": "banner.webp",
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
    "account.emailconfirmation": "links of a way of proving an address that is not used here: always empty",
    "socialaccount.socialtoken": "keys to other services: never kept, always empty",
    "expertise.listing": "made from the profile and the services, for finding",
    "expertise.reliability": "counted from the meetings' timelines, for finding",
}
