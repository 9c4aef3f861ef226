"""What an address answers, in a word; and what stands in addresses."""

from __future__ import annotations

from typing import Any

from django.test import Client

from expertim.chat import actions
from expertim.chat.models import Message
from expertim.expertise import applying
from expertim.expertise.models import Application
from expertim.notifications.mail import leave_token
from expertim.outbox.models import Row
from expertim.people.feeds import new_feed
from expertim.reviews.models import Review
from tests.access.scenes import Scene
from tests.world import World

LOG_IN = "/accounts/login/?next"


def answered(client: Client, method: str, address: str, **sent: Any) -> str:
    """The status, or `in` where one is led to the log-in."""
    answer = getattr(client, method)(address, **sent)
    if answer.status_code == 302 and answer["Location"].startswith(LOG_IN):
        return "in"
    return str(answer.status_code)


def values(place: Scene, role: str, name: str) -> dict[str, Any]:
    """What stands in an address for a role: its own where it has any, else the user's."""
    w = place.world_of(role)
    user = w.user
    said = spoken(w)
    return {
        "chat": said.chat.public_id,
        "message": said.pk,
        "report": spoken(place.usual).report.pk,
        "manual": "user",
        "language": "en",
        "leave token": leave_token(person=user.pk, kind="meeting_reminder"),
        "feed secret": new_feed(person=user) if name == "calendar_feed" else "",
        "mail": Row.objects.get(key="a mail to be looked at").pk,
        "uid": "1",
        "reset key": "a-b",
        "slug": w.expertise.slug,
        "expert": w.expert.public_id,
        "user": place.usual.user.public_id,
        "notice": place.usual.user.notices.order_by("id").values_list("pk", flat=True)[0],
        "meeting": place.meeting(role, "proposed by the expert"),
        "link": "nobody",
        "group": "work",
        "application": applied(w),
        "version": "0123456789abcdef",
        "pixels": 64,
        "passkey": 1,
        "legal kind": "terms",
        "provider": "google",
        "act": "confirm",
        "disputed": place.meetings["disputed"],
        "skill": w.expertise.skills.get().pk,
        "place": w.service.expert_id,
        "service": w.service.public_id,
        "reason": 1,
        "review": Review.objects.filter(expert=place.usual.expert).values_list("pk", flat=True)[0],
    }


def applied(w: World) -> int:
    """An application that waits."""
    waits = Application.objects.filter(person=w.user, expertise=w.expertise, decision="open").first()
    said = {"headline": "I value companies", "introduction": "For years.", "services": "An hour", "skills": []}
    sent = waits or applying.send_application(person=w.user.pk, expertise=w.expertise.pk, **said)
    return int(sent.pk)


def spoken(w: World) -> Message:
    """What the expert has said to the user, and the user has reported."""
    answer = actions.say(writer=w.expert.pk, reader=w.user.pk, text="Good morning", key="once")
    said = Message.objects.select_related("chat").get(chat__low__in=(w.user, w.expert), key="once")
    if answer is not None:
        actions.report(person=w.user.pk, chat=said.chat.public_id, message=said.pk, reason="For the table")
    return said
