"""Who calls which pages in the benchmark: one with ten meetings, one with thousands, and those who propose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q

from expertim.expertise.models import Service
from expertim.meetings.models import Meeting
from expertim.people.models import Person


def _cookie(person: Person) -> str:
    """Signed in without the ceremony."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _named(number: int) -> Person:
    return Person.objects.get(email=f"user{number}@example.org")


def _usual(person: Person) -> Meeting:
    """A meeting of theirs that is agreed and to come."""
    return Meeting.objects.filter(Q(user=person), state="agreed", progress=None).order_by("-starts_at")[0]


def addresses() -> dict[str, tuple[str, str]]:
    """The pages by name: cookie and path."""
    few, busy = _named(2), _named(1)
    of_few, of_busy = _usual(few), _usual(busy)
    slug, expert = of_few.expertise.slug, of_few.expert.public_id
    cookie = _cookie(few)
    return {
        "dashboard": (cookie, f"/e/{slug}/"),
        "dashboard, busy": (_cookie(busy), f"/e/{of_busy.expertise.slug}/"),
        "meetings": (cookie, "/meetings/?list=all"),
        "meetings, busy": (_cookie(busy), "/meetings/?list=all"),
        "meeting": (cookie, f"/meetings/{of_few.public_id}/"),
        "account": (cookie, "/account/"),
        "account, busy": (_cookie(busy), "/account/"),
        "experts": (cookie, f"/e/{slug}/experts/"),
        "expert search": (cookie, f"/e/{slug}/experts/?q=practice"),
        "expert": (cookie, f"/e/{slug}/experts/{expert}/"),
        "propose form": (cookie, f"/e/{slug}/experts/{expert}/propose/?service={of_few.service.public_id}"),
    }


def proposals() -> Iterator[tuple[str, str, dict[str, str], datetime]]:
    """Cookie, path and fields of a proposal, each of another user to another expert; and after when both are free."""
    services = Service.objects.filter(position=1).select_related("expert__person", "expert__expertise").order_by("id")
    for number, service in enumerate(services, start=3):
        path = f"/e/{service.expert.expertise.slug}/experts/{service.expert.person.public_id}/propose/"
        fields = {
            "service": service.public_id,
            "seen_price": str(service.price),
            "seen_minutes": str(service.length_minutes),
            "skill": service.skills.order_by("id")[0].slug,
            "message": "What would my company be worth to a buyer?",
        }
        user = _named(number)
        either = Q(user=user) | Q(expert=service.expert.person)
        yield _cookie(user), path, fields, Meeting.objects.filter(either).latest("ends_at").ends_at


def dashboard_sql() -> dict[str, float]:
    """Statements of the busy person's dashboard: how many, their buffers, their time, planning included."""
    from django.test import Client

    from tests.explaining import explained

    cookie, path = addresses()["dashboard, busy"]
    client = Client(headers={"cookie": cookie, "host": "localhost"})
    plans = explained(lambda: client.get(path))
    again = explained(lambda: client.get(path))  # with everything in memory
    return {
        "statements": len(plans),
        "buffers": sum(plan.buffers for plan in again),
        "ms": min(sum(plan.ms for plan in plans), sum(plan.ms for plan in again)),
    }
