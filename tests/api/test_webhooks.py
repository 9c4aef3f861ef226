"""Webhooks: written with the act, signed as the standard says, tried again, given up and told; and their pages."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from expertim.api import webhooks
from expertim.api.models import Attempt, Endpoint
from expertim.foundation.clock import machine_now
from expertim.meetings.facts import Act, By, Refused
from expertim.outbox.models import Row
from expertim.outbox.worker import Withdrawn
from expertim.people.models import Person
from tests.api.asking import Program
from tests.people.visiting import PASSWORD, visitor
from tests.world import in_, notices, person, world

pytestmark = pytest.mark.usefixtures("clock")


class Receiver:
    """A program that listens, answers with `status`, and keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[bytes, dict[str, str]]] = []
        receiver = self

        class Listening(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((body, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_given: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Listening)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_PRIVATE = ["127.0.0.0/8"]
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()
    Endpoint.objects.filter(person=None).delete()  # other tests' meetings are not its matter


def endpoint(receiver: Receiver, of: Person | None, *events: str) -> Endpoint:
    return webhooks.new_endpoint(
        person=of.pk if of else None, url=receiver.url, events=list(events) or webhooks.event_names()
    )


def messages(to: Endpoint) -> list[dict[str, Any]]:
    """What waits in the outbox for an endpoint, oldest first."""
    return [row.payload for row in Row.objects.filter(kind="webhook", payload__endpoint=to.pk).order_by("id")]


def test_what_happens_is_written_for_those_who_want_to_know(receiver: Receiver) -> None:
    w, elsewhere = world(), world()
    users, experts, others = (endpoint(receiver, of) for of in (w.user, w.expert, elsewhere.user))
    rejections = endpoint(receiver, w.user, "rejected")
    everything = endpoint(receiver, None)
    off = endpoint(receiver, w.user)
    Endpoint.objects.filter(pk=off.pk).update(disabled_at=machine_now())
    meeting = w.propose(start=in_(hours=72))
    with pytest.raises(Refused):
        w.act(By.USER, meeting, Act.CONFIRM)  # a refusal is not told
    w.act(By.EXPERT, meeting, Act.REJECT)
    for told in (users, experts, everything):
        assert [(m["event"], m["by"], m["meeting"]) for m in messages(told)] == [
            ("approved", "user", meeting),
            ("rejected", "expert", meeting),
        ]
    assert [m["event"] for m in messages(rejections)] == ["rejected"]
    assert messages(others) == messages(off) == []


def test_a_message_is_what_the_reference_verifier_accepts(receiver: Receiver) -> None:
    """Standard Webhooks."""
    w = world()
    mine = endpoint(receiver, w.user)
    meeting = w.propose(start=in_(hours=72))
    webhooks.deliver(messages(mine)[0])
    (body, headers), *_none = receiver.got
    said = Webhook(mine.secret).verify(body.decode(), headers)
    assert said == {
        "type": "meeting.approved",
        "timestamp": "2027-03-01T09:00:00Z",
        "data": {
            "event": "approved",
            "by": "user",
            "at": "2027-03-01T09:00:00Z",
            "meeting": Program(w.user).get(f"/meetings/{meeting}").json,
        },
    }
    assert headers["webhook-id"] == f"msg_{meeting}_1"
    for meddled in (body + b" ", body.replace(b"25.00", b"26.00")):
        with pytest.raises(WebhookVerificationError):
            Webhook(mine.secret).verify(meddled.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(mine.secret).verify(body.decode(), headers | {"webhook-id": "msg_other"})


def test_the_installations_message_says_what_an_operator_sees_and_no_stars(receiver: Receiver, clock: Any) -> None:
    """V1."""
    w = world()
    everything = endpoint(receiver, None, "progress_recorded")
    meeting = w.agreed(start=in_(hours=1))
    clock.advance(timedelta(hours=3))
    Program(w.user).post(f"/meetings/{meeting}/evaluate", progress="smooth", stars=4, review="Clear.")
    webhooks.deliver(messages(everything)[0])
    said = json.loads(receiver.got[0][0])
    assert (said["data"]["meeting"]["id"], said["data"]["meeting"]["my_role"]) == (meeting, "operator")
    assert "stars" not in receiver.got[0][0].decode()


def test_a_new_secret_and_the_former_one_both_sign_for_a_day(receiver: Receiver) -> None:
    w = world()
    mine = endpoint(receiver, w.user)
    former = mine.secret
    fresh = webhooks.rotate(mine)
    w.propose(start=in_(hours=72))
    webhooks.deliver(messages(mine)[0])
    body, headers = receiver.got[-1]
    for secret in (former, fresh):
        Webhook(secret).verify(body.decode(), headers)
    Endpoint.objects.filter(pk=mine.pk).update(former_until=machine_now())
    webhooks.deliver(messages(mine)[0])
    body, headers = receiver.got[-1]
    Webhook(fresh).verify(body.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(body.decode(), headers)


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_what_is_not_taken_is_tried_again_and_stands_in_the_log(receiver: Receiver, status: int) -> None:
    """64: a redirect is not followed."""
    w = world()
    mine = endpoint(receiver, w.user)
    w.propose(start=in_(hours=72))
    receiver.status = status
    with pytest.raises(webhooks.NotTaken):
        webhooks.deliver(messages(mine)[0])
    assert len(receiver.got) == 1
    assert [(one.status, one.trouble) for one in Attempt.objects.filter(endpoint=mine)] == [(status, "")]
    mine.refresh_from_db()
    assert mine.failing_since is not None
    receiver.status = 204
    webhooks.deliver(messages(mine)[0])
    mine.refresh_from_db()
    assert mine.failing_since is None
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]


def test_after_three_days_of_failing_it_is_switched_off_and_its_person_told_once(receiver: Receiver) -> None:
    w = world()
    mine = endpoint(receiver, w.user)
    w.propose(start=in_(hours=72))
    message = messages(mine)[0]
    receiver.status = 500
    Endpoint.objects.filter(pk=mine.pk).update(failing_since=machine_now() - timedelta(days=2, hours=23))
    with pytest.raises(webhooks.NotTaken):
        webhooks.deliver(message)
    assert "webhook_switched_off" not in notices(w.user)
    Endpoint.objects.filter(pk=mine.pk).update(failing_since=machine_now() - timedelta(days=3, minutes=1))
    with pytest.raises(webhooks.NotTaken):
        webhooks.deliver(message)
    assert notices(w.user).count("webhook_switched_off") == 1
    assert Row.objects.filter(kind="notice", recipient=w.user.pk, payload__kind="webhook_switched_off").count() == 1
    before = len(receiver.got)
    with pytest.raises(Withdrawn):
        webhooks.deliver(message)
    assert len(receiver.got) == before
    client = Client()
    client.force_login(w.user)
    assert "A webhook has been switched off" in client.get("/inbox/").content.decode()


def test_a_receiver_that_says_that_it_is_gone_is_left_at_once(receiver: Receiver) -> None:
    w = world()
    mine = endpoint(receiver, w.user)
    w.propose(start=in_(hours=72))
    receiver.status = 410
    with pytest.raises(webhooks.NotTaken):
        webhooks.deliver(messages(mine)[0])
    mine.refresh_from_db()
    assert mine.disabled_at is not None


def test_an_address_that_leads_inside_by_now_is_not_called(receiver: Receiver, settings: Any) -> None:
    """63."""
    w = world()
    mine = endpoint(receiver, w.user)
    w.propose(start=in_(hours=72))
    settings.OUTBOUND_PRIVATE = []
    with pytest.raises(webhooks.NotTaken):
        webhooks.deliver(messages(mine)[0])
    assert receiver.got == []
    assert "not called: address" in Attempt.objects.get(endpoint=mine).trouble


def test_the_worker_sends_what_waits(receiver: Receiver) -> None:
    from expertim.outbox import worker

    assert webhooks.KIND in worker.sent_kinds()
    w = world()
    mine = endpoint(receiver, w.user)
    w.propose(start=in_(hours=72))
    row = Row.objects.get(kind="webhook", payload__endpoint=mine.pk)
    with _only(row):
        [claimed] = worker.claims.claim(kinds=["webhook"], limit=5)
        assert worker._deliver(claimed) == "sent"
    row.refresh_from_db()
    assert (row.status, row.payload["status"]) == ("sent", 200)


@contextmanager
def _only(row: Row) -> Iterator[None]:
    """Other tests' messages are put aside: their receivers are no more."""
    Row.objects.filter(kind="webhook", status__in=["waiting", "leased"]).exclude(pk=row.pk).update(status="withdrawn")
    yield


# ---------------------------------------------------------------- pages


@pytest.fixture
def alice() -> tuple[Person, Client]:
    """Somebody who has just typed the password again."""
    someone = person("alice")
    someone.set_password(PASSWORD)
    someone.save()
    client = visitor()
    client.force_login(someone)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return someone, client


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://9.9.9.9/", "https://127.0.0.1/", "http://127.0.0.1:6379/", "https://[::1]/", "https://127.1/",
     "http://a@169.254.169.254/", "https://0x7f000001/", "https://2130706433/", "https://0/", "https://100.64.0.1/",
     "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:7f00:1::]/", "https://[::ffff:169.254.169.254]/",
     "https://9.9.9.9:8443/", "ftp://9.9.9.9/", "https://9.9.9.9/" + "x" * 3000],
)  # fmt: skip
def test_an_address_that_is_never_called_is_not_added(alice: tuple[Person, Client], url: str) -> None:
    """59-62."""
    someone, client = alice
    answer = client.post("/settings/webhooks/", {"url": url, "events": ["approved"]})
    assert answer.status_code == 422
    assert not Endpoint.objects.filter(person=someone).exists()


def test_our_own_address_is_not_added(alice: tuple[Person, Client], settings: Any) -> None:
    """66."""
    settings.PUBLIC_URL = "https://meet.example.org"
    answer = alice[1].post("/settings/webhooks/", {"url": "https://meet.example.org/x", "events": ["approved"]})
    assert "This is our own address." in answer.content.decode()


def test_a_webhook_is_added_tried_rotated_sent_again_and_removed(
    alice: tuple[Person, Client], receiver: Receiver
) -> None:
    someone, client = alice
    page = client.post("/settings/webhooks/", {"url": receiver.url, "events": ["approved"]}).content.decode()
    mine = Endpoint.objects.get(person=someone)
    assert mine.secret in page.replace("&#43;", "+")
    address = f"/settings/webhooks/{mine.public_id}/"
    assert mine.secret not in client.get(address).content.decode()  # shown once
    assert receiver.url in client.get("/settings/webhooks/").content.decode()
    assert client.post(address, {"do": "test"}).status_code == 302
    webhooks.deliver(messages(mine)[0])
    body, headers = receiver.got[0]
    assert Webhook(mine.secret).verify(body.decode(), headers)["type"] == "test"
    tried = Attempt.objects.get(endpoint=mine)
    assert re.search(r"answered\s+200", client.get(address).content.decode())
    assert client.post(address, {"do": "replay", "attempt": str(tried.pk)}).status_code == 302
    webhooks.deliver(messages(mine)[1])
    assert receiver.got[1][1]["webhook-id"] == headers["webhook-id"]
    fresh = client.post(address, {"do": "rotate"}).content.decode()
    mine.refresh_from_db()
    assert mine.secret in fresh.replace("&#43;", "+")
    Endpoint.objects.filter(pk=mine.pk).update(disabled_at=machine_now())
    assert "Switch it on again" in client.get(address).content.decode()
    client.post(address, {"do": "on"})
    assert Endpoint.objects.get(pk=mine.pk).disabled_at is None
    client.post(address, {"do": "remove"})
    assert not Endpoint.objects.filter(pk=mine.pk).exists()
    assert client.get(address).status_code == 404


def test_nobody_reaches_the_webhooks_of_others(alice: tuple[Person, Client], receiver: Receiver) -> None:
    _someone, client = alice
    theirs, everybodys = endpoint(receiver, person("bob")), endpoint(receiver, None)
    for address in (
        f"/settings/webhooks/{theirs.public_id}/",
        f"/settings/webhooks/{everybodys.public_id}/",
        "/operator/webhooks/",
        f"/operator/webhooks/{everybodys.public_id}/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"do": "remove"}).status_code == 404
    assert Endpoint.objects.filter(pk__in=[theirs.pk, everybodys.pk]).count() == 2


def test_an_operator_adds_one_for_the_installation(receiver: Receiver) -> None:
    olga = person("olga", is_staff=True)
    olga.set_password(PASSWORD)
    olga.save()
    client = visitor()
    client.force_login(olga)
    assert client.get("/operator/webhooks/").status_code == 302  # the password first
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.post("/operator/webhooks/", {"url": receiver.url, "events": ["cancelled"]}).content.decode()
    made = Endpoint.objects.get(person=None, url=receiver.url)
    assert made.secret in page.replace("&#43;", "+")
    assert client.get(f"/operator/webhooks/{made.public_id}/").status_code == 200


def test_there_may_be_only_so_many(receiver: Receiver) -> None:
    someone = person()
    for _turn in range(webhooks.MOST):
        endpoint(receiver, someone)
    with pytest.raises(webhooks.TooManyEndpoints):
        endpoint(receiver, someone)


def test_old_tries_are_dropped(receiver: Receiver) -> None:
    mine = endpoint(receiver, person())
    old = Attempt.objects.create(
        endpoint=mine, message="m", payload={}, at=machine_now() - timedelta(days=31), milliseconds=1
    )
    new = Attempt.objects.create(endpoint=mine, message="m", payload={}, milliseconds=1)
    assert webhooks.sweep(100) >= 1
    assert list(Attempt.objects.filter(pk__in=[old.pk, new.pk])) == [new]


def test_a_meeting_of_others_is_told_to_nobody_however_the_message_was_made(receiver: Receiver) -> None:
    w, other = world(), endpoint(receiver, person())
    meeting = w.propose(start=in_(hours=72))
    with pytest.raises(Withdrawn):
        webhooks.deliver({"endpoint": other.pk, "message": "m", "meeting": meeting, "event": "approved", "by": "user",
                          "at": "2027-03-01T09:00:00+00:00"})  # fmt: skip
    assert receiver.got == []
