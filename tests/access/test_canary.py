"""A5: what people type is words wherever it is shown, in pages, mail, calendars, the admin and what programs are told.

One text that would run as a script is put into every field that can be typed; then everything is read as everybody.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from expertim.api import webhooks
from expertim.chat import actions as chats
from expertim.chat.models import Message, Report
from expertim.expertise.models import Expert, RejectReason, Service
from expertim.meetings.facts import Act, By, Said
from expertim.outbox.models import Row
from expertim.people.feeds import new_feed
from expertim.reviews import actions as reviews
from expertim.reviews.models import Review
from tests import conftest
from tests.access.scenes import NOW, rich
from tests.api.asking import Program
from tests.api.test_webhooks import Receiver
from tests.meetings.visiting import Visitor, act
from tests.notifications.telling import deliver
from tests.world import World, in_

CANARY = '"><svg onload=alert(1)>'
RUNS = re.compile(r"<svg onload|onload=alert\(1\)>", re.IGNORECASE)
ESCAPED = "&lt;svg onload"


@dataclass(frozen=True, kw_only=True)
class Cage:
    """A world in which every text is the canary."""

    world: World
    operator: World
    meetings: list[str]
    chat: str


@pytest.fixture(scope="module")
def cage(installation: conftest.Installation) -> Iterator[Cage]:
    clock = conftest.PlatformClock(installation)
    clock.freeze(NOW)
    w, operator = rich(operator=False), rich(operator=True)
    named(w, operator)
    sung(w)
    meetings = [*typed_by_the_pages(w), disputed(w, clock)]
    yield Cage(world=w, operator=operator, meetings=meetings, chat=talked(w))
    # what others' pages list for everybody is put right again
    RejectReason.objects.filter(code=w.expertise.slug[:40]).update(active=False)
    clock.release()


def named(w: World, operator: World) -> None:
    """Everybody's name, by the page where it is typed."""
    for somebody in (w.user, w.expert, operator.user):
        typed = {"name": CANARY, "time_zone": "Europe/Prague", "date_format": "DD.MM.YYYY HH:MM", "language": "en"}
        assert Visitor(somebody).post("/settings/", typed).status_code == 302
        somebody.refresh_from_db()
        assert somebody.name == CANARY


def sung(w: World) -> None:
    """What the operator's pages and file hold: Expertise, skill, service, headline, reason."""
    w.expertise.name = w.expertise.introduction = CANARY
    w.expertise.save()
    w.expertise.skills.update(name=CANARY)
    Expert.objects.filter(person=w.expert).update(headline=CANARY, introduction=CANARY)
    Service.objects.filter(pk=w.service.pk).update(title=CANARY)
    RejectReason.objects.create(code=w.expertise.slug[:40], text=CANARY)


def talked(w: World) -> str:
    """Each has written to the other, and reported what they got, by the pages."""
    chats.welcome(person=w.expert.pk, yes=True)
    user, expert = Visitor(w.user), Visitor(w.expert)
    typed = {"text": CANARY, "key": "canary"}
    begun = user.post(f"/chats/with/{w.expert.public_id}/", typed)
    assert begun.status_code == 303
    address = begun["Location"].partition("#")[0]
    assert expert.post(address, typed).status_code == 303
    said = Message.objects.filter(chat__public_id=address.split("/")[2]).order_by("id")
    for reader, message in zip((expert, user), said, strict=True):
        assert reader.post(f"{address}report/{message.pk}/", {"reason": CANARY}).status_code == 302
    return address


def typed_by_the_pages(w: World) -> list[str]:
    """A proposal, a rejection, another date and a cancellation, each with its text typed on the page."""
    user, expert = Visitor(w.user), Visitor(w.expert)
    address = reverse("propose", args=[w.expertise.slug, w.expert.public_id])
    made = []
    for days in (5, 6, 7):
        typed = user.on(in_(days=days)) | {"skill": w.skill, "message": CANARY}
        answer = user.fill(address, **typed)
        assert answer.status_code == 303
        made.append(answer["Location"].split("/")[2])
    rejected, cancelled, moved = made
    reason = w.expertise.slug[:40]
    assert expert.fill(act(rejected, "reject"), reason=reason, message=CANARY).status_code == 303
    for meeting in (cancelled, moved):
        w.act(By.EXPERT, meeting, Act.CONFIRM, acknowledge_overlap=True)
    assert user.fill(act(cancelled, "cancel"), reason=CANARY).status_code == 303
    typed = user.on(in_(days=8)) | {"message": CANARY}
    assert user.fill(act(moved, "reschedule"), **typed).status_code == 303
    return made


def disputed(w: World, clock: conftest.PlatformClock) -> str:
    """Held, evaluated with words, disputed, and a review that is hidden with a note."""
    clock.freeze(in_(days=-9))
    meeting = w.agreed(start=in_(days=1), message=CANARY)
    clock.freeze(NOW)
    user = Visitor(w.user)
    typed = {"progress": "not_held_other_fault", "stars": "1", "review": CANARY}
    assert user.fill(act(meeting, "evaluate"), **typed).status_code == 303
    w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
    review = Review.objects.get(user=w.user, expert=w.expert)
    assert review.text == CANARY
    reviews.hide(review=review.pk, note=CANARY, seen=review.written_at)
    reviews.show(review=review.pk)
    return meeting


@pytest.fixture(autouse=True)
def _committing(database: conftest.Installation) -> None:
    """As all tests here: for real."""


def addresses(cage: Cage) -> list[str]:
    w, slug = cage.world, cage.world.expertise.slug
    review = Review.objects.get(user=w.user, expert=w.expert)
    pages = [
        "/",
        "/meetings/?list=all",
        "/meetings/?list=held",
        "/account/",
        "/account/blocks/",
        "/inbox/",
        "/settings/",
    ]
    pages += [f"/e/{slug}/", f"/e/{slug}/skills/", f"/e/{slug}/experts/", f"/e/{slug}/experts/{w.expert.public_id}/"]
    pages += [f"/e/{slug}/experts/{w.expert.public_id}/propose/", f"/people/{w.user.public_id}/propose/"]
    reported = Report.objects.order_by("-id").values_list("pk", "message")[:2]
    pages += ["/chats/", cage.chat, "/operator/reports/", *(f"/operator/reports/{one}/" for one, _said in reported)]
    pages += [f"{cage.chat}report/{said}/" for _one, said in reported]
    pages += [f"/meetings/{meeting}/" for meeting in cage.meetings]
    pages += [act(meeting, name.replace("_", "-")) for meeting in cage.meetings for name in Act]
    pages += ["/operator/", "/operator/people/", "/operator/meetings/", "/operator/reviews/", "/operator/reasons/"]
    pages += [f"/operator/expertises/{slug}/", f"/operator/expertises/{slug}/experts/", "/operator/expertises/"]
    pages += [f"/operator/expertises/{slug}/texts/", f"/operator/reviews/{review.pk}/hide/", "/operator/disputes/"]
    pages += [f"/operator/people/{p.public_id}/" for p in (w.user, w.expert)]
    pages += [
        f"/operator/people/{w.user.public_id}/{page}/" for page in ("movements", "notices", "grant", "signing-in")
    ]
    pages += [f"/operator/disputes/{cage.meetings[-1]}/", "/operator/credits/", "/operator/notices/?list=all"]
    return pages


def test_no_page_runs_what_somebody_has_typed(cage: Cage) -> None:
    seen = 0
    for somebody in (cage.world.user, cage.world.expert, cage.operator.user):
        visitor = Visitor(somebody)
        for address in addresses(cage):
            page = visitor.get(address).content.decode()
            assert not RUNS.search(page), address
            seen += ESCAPED in page
    assert seen > 60  # it was really there to be shown


def test_what_is_searched_for_and_what_is_refused_is_shown_as_words(cage: Cage) -> None:
    user, operator = Visitor(cage.world.user), Visitor(cage.operator.user)
    found = [operator.get(f"/operator/{name}/", data={"q": CANARY}) for name in ("people", "meetings", "reviews")]
    found.append(user.get(f"/e/{cage.world.expertise.slug}/experts/", data={"q": CANARY}))
    sent = dict.fromkeys(("date", "time", "reason", "message", "review", "progress", "stars", "fee", "note"), CANARY)
    sent |= dict.fromkeys(("name", "time_zone", "key", "seen_start", "seen_fee", "skill", "back", "begins"), CANARY)
    for meeting in cage.meetings:
        found += [user.post(act(meeting, name.replace("_", "-")), sent) for name in Act]
    found += [user.post(address, sent) for address in ("/settings/", "/settings/notifications/")]
    found += [
        Client().post(f"/accounts/{page}/", sent | {"login": CANARY, "email": CANARY}) for page in ("login", "signup")
    ]
    found.append(Client().get("/accounts/login/", {"next": CANARY}))
    found.append(Client().get(f"/{CANARY}/"))
    for answer in found:
        assert not RUNS.search(answer.content.decode()), answer.request
    assert sum(ESCAPED in answer.content.decode() for answer in found) > 10


def test_no_page_of_the_admin_runs_it(cage: Cage) -> None:
    operator, seen = Visitor(cage.operator.user), 0
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"admin:{name}_changelist")]
        newest = model._default_manager.order_by("-pk").values_list("pk", flat=True)[:3]
        pages += [reverse(f"admin:{name}_change", args=[pk]) for pk in newest]
        for address in pages:
            page = operator.get(address).content.decode()
            assert not RUNS.search(page), address
            seen += ESCAPED in page
    assert seen > 5


def test_no_mail_and_no_calendar_runs_it(cage: Cage) -> None:
    """In HTML it is escaped; in a header and in a calendar it opens no new line."""
    written = [row.payload for row in deliver(cage.world.user, cage.world.expert) if "subject" in row.payload]
    assert len(written) >= 5
    for mail in written:
        assert not RUNS.search(mail["html"]), mail["subject"]
        assert "\n" not in mail["subject"]
        assert "\r" not in mail["subject"]
    assert sum(ESCAPED in mail["html"] for mail in written) >= 5
    shown = Client().get("/demo/mail/").content.decode()
    assert not RUNS.search(shown)
    feed = Client().get(reverse("calendar_feed", args=[new_feed(person=cage.world.user)]))
    assert feed["Content-Type"].startswith("text/calendar")
    assert "svg onload" in feed.content.decode().replace("\r\n ", "")
    for line in feed.content.decode().split("\r\n"):
        assert line == "" or re.match(r"[A-Z-]+[;:]| ", line), line


def test_what_programs_are_told_is_data_and_never_a_page(cage: Cage) -> None:
    """The words stand in it as they were typed; no browser may take the answer for anything but JSON."""
    w, seen = cage.world, 0
    slug, expert = w.expertise.slug, w.expert.public_id
    calls = ["/me", "/me/movements", "/me/notices", "/me/blocked", "/meetings", "/expertises", f"/expertises/{slug}"]
    calls += [f"/expertises/{slug}/experts", f"/expertises/{slug}/experts/{expert}"]
    calls += [f"/meetings/{meeting}{part}" for meeting in cage.meetings for part in ("", "/timeline")]
    for somebody in (w.user, w.expert):
        program = Program(somebody)
        for call in calls:
            got = program.get(call)
            assert got.status == 200, call
            assert got.headers["Content-Type"] == "application/json", call
            assert got.headers["X-Content-Type-Options"] == "nosniff", call
            seen += CANARY in json.dumps(got.json, ensure_ascii=False).replace('\\"', '"')
    assert seen > 10


def test_what_a_webhook_is_sent_is_data_too(cage: Cage, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE = ["127.0.0.0/8"]
    w, receiver = cage.world, Receiver()
    threading.Thread(target=receiver.server.serve_forever, daemon=True).start()
    try:
        endpoint = webhooks.new_endpoint(person=w.user.pk, url=receiver.url, events=["approved"])
        w.act(By.EXPERT, w.propose(start=in_(days=11)), Act.CONFIRM, acknowledge_overlap=True)
        for row in Row.objects.filter(kind=webhooks.KIND, payload__endpoint=endpoint.pk):
            webhooks.deliver(row.payload)
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        endpoint.delete()
    assert receiver.got
    for body, headers in receiver.got:
        assert headers["content-type"] == "application/json"
        assert CANARY in json.dumps(json.loads(body), ensure_ascii=False).replace('\\"', '"')
