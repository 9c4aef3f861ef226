"""Becoming an expert: operators are told of who applies, the applicant of how it was decided; both or neither."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.expertise import applying
from expertim.expertise.models import Application
from expertim.foundation.addresses import address, public_address
from expertim.foundation.words import in_language
from expertim.meetings.mails.frame import framed
from expertim.notifications.actions import tell
from expertim.notifications.kinds import Envelope, Kind, Letter, Told, kind_of
from expertim.outbox.worker import Withdrawn
from expertim.people import terms
from expertim.people.models import Person, TermsText

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

SENT, DECIDED = "application_sent", "application_decided"
_TITLES: dict[str, Lazy] = {
    SENT: gettext_lazy("Somebody wants to become an expert"),
    DECIDED: gettext_lazy("Your application as an expert"),
}
_GROUP: Lazy = gettext_lazy("Becoming an expert")
KINDS = (
    Kind(
        code=SENT,
        title=_TITLES[SENT],
        group=_GROUP,
        who=gettext_lazy("all operators"),
        when=gettext_lazy("Somebody has applied to become an expert"),
        not_after=gettext_lazy("it has been decided or taken back"),
        for_operators=True,
    ),
    Kind(
        code=DECIDED,
        title=_TITLES[DECIDED],
        group=_GROUP,
        who=gettext_lazy("the applicant"),
        when=gettext_lazy("An operator has approved or refused your application"),
        not_after=gettext_lazy("it is never too late"),
    ),
)


def send(
    *,
    person: Person,
    expertise: int,
    headline: str,
    introduction: str,
    services: str,
    skills: list[int],
    agreed_to: TermsText | None = None,
) -> None:
    """Apply, agreeing to that version of the terms for experts, and tell the operators; raises applying.NotNow."""
    with transaction.atomic():
        if agreed_to is not None:
            terms.agree(person=person, versions=[agreed_to])
        sent = applying.send_application(
            person=person.pk,
            expertise=expertise,
            headline=headline,
            introduction=introduction,
            services=services,
            skills=skills,
        )
        operators = Person.objects.filter(is_staff=True, is_active=True).exclude(pk=person.pk)
        _tell(sent, SENT, operators.values_list("pk", flat=True), {"name": person.name})


def decide(*, application: int, by: int, approve: bool, reason: str = "") -> None:
    """Approve or refuse, and tell the applicant; raises Overtaken."""
    with transaction.atomic():
        found = applying.decide_application(application=application, by=by, approve=approve, reason=reason)
        _tell(found, DECIDED, [found.person_id], {"approved": approve, "reason": reason})


def _tell(about: Application, code: str, recipients: Iterable[int], more: dict[str, Any]) -> None:
    kind = kind_of(code)
    assert kind is not None
    values = {"application": about.pk, "field": about.expertise.slug, "field_name": about.expertise.name, **more}
    notice = {"kind": code, "key": f"{code}:{about.pk}", "reference": None, "values": values, **kind.asked()}
    if notices := [{"recipient": recipient, **notice} for recipient in recipients]:
        tell(notices)


def notice_words(code: str, values: dict[str, Any]) -> tuple[str, str]:
    """The notice in the inbox: title and sentence."""
    return str(_TITLES[code]), _sentence(code, values)


def notice_address(code: str, number: int | None, field: str) -> str:
    """Where such a notice leads."""
    return address("operator_application", number) if code == SENT else address("apply", field)


def _sentence(code: str, values: dict[str, Any]) -> str:
    said = {
        "name": values.get("name", ""),
        "expertise": in_language(values["field_name"]),
        "reason": values.get("reason"),
    }
    if code == SENT:
        return _("%(name)s applies to be an expert in %(expertise)s.") % said
    if values["approved"]:
        said_so = _(
            "You are an expert in %(expertise)s now. Put your services on offer next: "
            "before that nobody can propose a meeting to you."
        )
        return said_so % said
    return _("You have not been approved as an expert in %(expertise)s: %(reason)s") % said


def write(told: Told, envelope: Envelope) -> Letter:
    """The mail of either; operators' is withdrawn where it has been decided meanwhile."""
    values = told.values
    if told.kind == SENT:
        found = applying.application(values["application"])
        if found is None or found.decision != applying.OPEN:
            raise Withdrawn("no_longer_so")
        button = (_("Look at the application"), public_address("operator_application", values["application"]))
    else:
        button = (_("See where you stand"), public_address("apply", values["field"]))
    return framed(
        envelope,
        subject=str(_TITLES[told.kind]),
        paragraphs=[_sentence(told.kind, values)],
        facts=[],
        button=button,
    )
