"""Becoming an expert: sent, taken back, approved or refused. Until approved nobody finds the applicant in any list."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from expertim.expertise.actions import Overtaken
from expertim.expertise.models import Application, Expert, Expertise, Service, Skill
from expertim.expertise.queries import terms_of
from expertim.foundation import clock

OPEN, APPROVED, REFUSED = (Application.Decision.OPEN, Application.Decision.APPROVED, Application.Decision.REFUSED)


class NotNow(Exception):
    """There is an application that waits, or the person is an expert there already."""


@transaction.atomic
def send_application(
    *, person: int, expertise: int, headline: str, introduction: str, services: str, skills: Iterable[int]
) -> Application:
    """Apply, agreeing to the policy as it is now; raises NotNow. Skills of other Expertises are left out."""
    field = Expertise.objects.select_for_update(no_key=True).get(pk=expertise)  # a double click waits here
    waits = Application.objects.filter(person=person, expertise=field, decision=OPEN).exists()
    if waits or Expert.objects.filter(person=person, expertise=field, active=True).exists():
        raise NotNow
    sent = Application.objects.create(
        person_id=person,
        expertise=field,
        headline=headline,
        introduction=introduction,
        services=services,
        terms=terms_of(field),
        sent_at=clock.now(),
    )
    sent.skills.set(Skill.objects.filter(expertise=field, pk__in=set(skills)))
    return sent


@transaction.atomic
def withdraw_application(*, person: int, expertise: int) -> bool:
    """Take back what waits; False where nothing does any more."""
    waiting = Application.objects.filter(person=person, expertise=expertise, decision=OPEN)
    return bool(waiting.update(decision=Application.Decision.WITHDRAWN, decided_at=clock.now()))


@transaction.atomic
def decide_application(*, application: int, by: int, approve: bool, reason: str = "") -> Application:
    """Approve, which lists the applicant as an expert, or refuse with a reason; raises Overtaken where none waits.

    An expert who was taken off the list before is listed again, with the words of now.
    """
    found = Application.objects.select_for_update().filter(pk=application, decision=OPEN).first()
    if found is None or found.person_id == by:
        raise Overtaken
    found.decision, found.decided_at = (APPROVED if approve else REFUSED), clock.now()
    found.decided_by_id, found.reason = by, reason
    found.save()
    if approve:
        words = {"headline": found.headline, "introduction": found.introduction, "active": True}
        place, _made = Expert.objects.update_or_create(
            person_id=found.person_id, expertise_id=found.expertise_id, defaults=words
        )
        place.skills.set(found.skills.all())
    return found


def latest_application(*, person: int, expertise: int) -> Application | None:
    """The newest of a person in an Expertise, whatever became of it."""
    return Application.objects.filter(person=person, expertise=expertise).order_by("-id").first()


def is_expert(*, person: int, expertise: int) -> bool:
    return Expert.objects.filter(person=person, expertise=expertise, active=True).exists()


def offers_anything(*, person: int, expertise: int) -> bool:
    """Whether a person can be proposed to there: before they offer a service nobody can."""
    return Service.objects.filter(expert__person=person, expert__expertise=expertise, active=True).exists()


def waiting_applications(*, limit: int = 100) -> list[Application]:
    """Those that wait, the longest first."""
    waiting = Application.objects.filter(decision=OPEN).select_related("person", "expertise").order_by("sent_at", "id")
    return list(waiting[:limit])


def application(number: int) -> Application | None:
    found = Application.objects.filter(pk=number).select_related("person", "expertise", "decided_by")
    return found.prefetch_related("skills").first()
