"""Web push: a real HTTP service takes what we send, and the browser's keys open it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from expertim.foundation.clock import machine_now
from expertim.meetings.facts import Act, By
from expertim.meetings.moved import grant
from expertim.notifications.actions import MOST_DEVICES, switch_off, want
from expertim.notifications.checks import push_is_whole
from expertim.notifications.kinds import PUSH, all_kinds
from expertim.notifications.models import Device
from expertim.notifications.push import setup, vapid
from expertim.outbox.models import Row
from tests.conftest import PlatformClock
from tests.notifications.pushing import Browser, PushService, push_service
from tests.notifications.telling import deliver
from tests.site.reading import client_of, text_of
from tests.world import World, in_, notices, person, unique, world

pytestmark = pytest.mark.usefixtures("database")

PAGE = "/settings/notifications/"


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.WEB_PUSH_KEY = vapid.new_key()
    settings.OUTBOUND_PRIVATE = ["127.0.0.1/32"]  # where the test's own service is
    with push_service() as service:
        yield service


def pushes(w: World, **having: Any) -> list[Row]:
    return list(Row.objects.filter(kind="push", recipient__in=[w.user.pk, w.expert.pk], **having).order_by("id"))


def try_again_now(w: World) -> None:
    Row.objects.filter(kind="push", recipient=w.expert.pk, status="waiting").update(retry_at=None)
    deliver(w.expert, ways=("push",))


# ---------------------------------------------------------------- what is sent


def test_a_device_is_told_in_one_line_that_only_it_can_read(clock: PlatformClock, service: PushService) -> None:
    """RFC 8030, 8188, 8291, 8292: encrypted, signed by us for that service, the subject and no more."""
    w = world()
    browser = Browser(service.address)
    device = browser.added_by(w.expert)
    meeting = w.propose(start=in_(hours=72))
    [row] = deliver(w.expert, ways=("push",))
    assert row.status == "sent"
    [(path, headers, body)] = service.asked
    assert service.address + path == browser.endpoint
    assert (headers["content-encoding"], headers["urgency"]) == ("aes128gcm", "normal")
    assert 0 < int(headers["ttl"]) <= 4 * 3600
    assert service.signed_by_us(vapid.public_key())
    line = browser.read(body)
    assert set(line) == {"title", "body", "address", "about"}
    assert line["body"].startswith("Uma proposes a meeting")
    assert line["address"].endswith(f"/meetings/{meeting}/")
    assert b"Uma" not in body
    assert "credits" not in line["body"]
    assert Device.objects.get(pk=device.pk).last_at is not None


def test_money_and_links_are_urgent_and_a_stale_reminder_is_not_kept_for_later(
    clock: PlatformClock, service: PushService
) -> None:
    w = world()
    browser = Browser(service.address)
    browser.added_by(w.user)
    assert grant(person_id=w.user.pk, amount=100, reason="Sorry", by="test", cause=unique("grant"))
    w.agreed(start=in_(minutes=30))
    deliver(w.user, ways=("push",))
    said = {browser.read(body)["body"]: headers for _path, headers, body in service.asked}
    assert said["1 credit granted to you"]["urgency"] == "high"
    [link] = [headers for line, headers in said.items() if line.startswith("Your way in")]
    assert link["urgency"] == "high"
    assert int(link["ttl"]) == 90 * 60  # until the meeting's end


def test_each_device_has_a_row_of_its_own_and_only_for_what_is_wanted(
    clock: PlatformClock, service: PushService
) -> None:
    w = world()
    for _device in range(2):
        Browser(service.address).added_by(w.expert)
    w.propose(start=in_(hours=72))
    assert len(pushes(w)) == 2
    switch_off(person=w.expert.pk, kind="meeting_proposed", channel="push")
    assert [row.last_error for row in deliver(w.expert, ways=("push",))] == ["switched_off"] * 2
    w.propose(start=in_(hours=96))
    assert len(pushes(w)) == 2
    assert service.asked == []
    assert notices(w.expert) == ["meeting_proposed"] * 2
    assert Row.objects.filter(kind="notice", recipient=w.expert.pk).count() == 2  # by mail all the same


def test_what_is_no_longer_so_or_too_late_is_not_pushed(clock: PlatformClock, service: PushService) -> None:
    w = world()
    Browser(service.address).added_by(w.expert)
    meeting = w.propose(start=in_(hours=72))
    w.act(By.USER, meeting, Act.WITHDRAW)
    w.propose(start=in_(hours=5))
    clock.advance(timedelta(hours=6))
    ways = {(r.payload["kind"], r.status) for r in deliver(w.expert, ways=("push",))}
    assert ways == {
        ("meeting_proposed", "withdrawn"),
        ("meeting_withdrawn", "sent"),
        ("meeting_proposed", "expired"),
        ("meeting_expired", "sent"),
    }


def test_the_night_is_quiet_on_devices_too(clock: PlatformClock, service: PushService) -> None:
    w = world()
    Browser(service.address).added_by(w.expert)
    want(person=w.expert.pk, mail={}, quiet=(time(8), time(12)))
    w.propose(start=in_(hours=72))
    [row] = deliver(w.expert, ways=("push",))
    assert (row.status, row.due_at) == ("waiting", in_(hours=3))
    assert service.asked == []


# ---------------------------------------------------------------- what the service answers


@pytest.mark.parametrize("answer", [404, 410])
def test_a_device_that_is_gone_is_forgotten(clock: PlatformClock, service: PushService, answer: int) -> None:
    w = world()
    Browser(service.address).added_by(w.expert)
    w.propose(start=in_(hours=72))
    service.answers = [answer]
    [row] = deliver(w.expert, ways=("push",))
    assert (row.status, row.last_error) == ("withdrawn", "device_gone")
    assert not Device.objects.filter(person=w.expert).exists()
    w.propose(start=in_(hours=96))
    assert len(pushes(w)) == 1


@pytest.mark.parametrize("answer", [408, 429, 500, 503, 401, 403, 301])
def test_a_refusal_for_now_is_tried_again(clock: PlatformClock, service: PushService, answer: int) -> None:
    """401 and 403 are about our key, a redirect about nobody knows what: the device is not to blame, nor followed."""
    w = world()
    Browser(service.address).added_by(w.expert)
    w.propose(start=in_(hours=72))
    service.answers = [answer]
    service.headers = {"Location": f"{service.address}/elsewhere"} if answer == 301 else {}
    [row] = deliver(w.expert, ways=("push",))
    assert (row.status, row.attempts) == ("waiting", 1)
    assert row.retry_at > machine_now()
    try_again_now(w)
    assert [row.status for row in pushes(w)] == ["sent"]
    assert len(service.asked) == 2


@pytest.mark.parametrize("answer", [400, 413])
def test_a_refusal_for_good_is_given_up(clock: PlatformClock, service: PushService, answer: int) -> None:
    w = world()
    Browser(service.address).added_by(w.expert)
    w.propose(start=in_(hours=72))
    service.answers = [answer]
    [row] = deliver(w.expert, ways=("push",))
    assert (row.status, row.last_error) == ("dead", f"the push service answered {answer}")


def test_an_address_within_our_own_network_is_never_called(
    clock: PlatformClock, service: PushService, settings: Any
) -> None:
    w = world()
    Browser(service.address).added_by(w.expert)
    w.propose(start=in_(hours=72))
    settings.OUTBOUND_PRIVATE = []
    [row] = deliver(w.expert, ways=("push",))
    assert row.status == "dead"
    assert "never called" in row.last_error
    assert service.asked == []


def test_a_service_that_does_not_answer_is_tried_again(clock: PlatformClock, service: PushService) -> None:
    w = world()
    Browser("http://127.0.0.1:1").added_by(w.expert)
    w.propose(start=in_(hours=72))
    [row] = deliver(w.expert, ways=("push",))
    assert (row.status, row.attempts) == ("waiting", 1)


# ---------------------------------------------------------------- the page


def test_devices_are_added_listed_and_removed(service: PushService) -> None:
    someone, charlie = person(), person("charlie")
    client, browser = client_of(someone), Browser(service.address)
    assert vapid.public_key() in text_of(client, PAGE)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    answer = client.post(f"{PAGE}devices/", browser.says, headers={"user-agent": agent})
    assert answer.status_code == 302
    device = Device.objects.get(person=someone)
    assert device.name == "Firefox on Linux"
    assert "Remove Firefox on Linux" in text_of(client, PAGE)
    address = f"{PAGE}devices/{device.pk}/remove/"
    assert client.get(address).status_code == 405
    client_of(charlie).post(address)
    assert Device.objects.filter(person=someone).exists()
    client.post(address)
    client.post(address)
    assert not Device.objects.filter(person=someone).exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": "https://push.example.org/" + "x" * 1000},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"p256dh": "\0" * 87},
        {"auth": "not a key"},
    ],
)
def test_what_no_browser_says_is_not_stored(service: PushService, forged: dict[str, str]) -> None:
    someone = person()
    client = client_of(someone)
    client.post(f"{PAGE}devices/", Browser(service.address).says | forged)
    assert not Device.objects.filter(person=someone).exists()
    assert "could not be added" in text_of(client, PAGE)


def test_only_tls_is_a_push_service_where_nothing_private_is_allowed(service: PushService, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE = []
    someone = person()
    client_of(someone).post(f"{PAGE}devices/", Browser("http://push.example.org").says)
    assert not Device.objects.filter(person=someone).exists()


def test_a_browser_belongs_to_whoever_added_it_last_and_of_many_the_oldest_goes(service: PushService) -> None:
    first, second, browser = person(), person(), Browser(service.address)
    browser.added_by(first)
    browser.added_by(second)
    assert not Device.objects.filter(person=first).exists()
    for _more in range(MOST_DEVICES):
        Browser(service.address).added_by(second)
    assert Device.objects.filter(person=second).count() == MOST_DEVICES
    assert not Device.objects.filter(endpoint=browser.endpoint).exists()


def test_each_kind_is_chosen_for_devices_too(service: PushService) -> None:
    someone = person()
    client = client_of(someone)
    boxes = set(re.findall(r'type="checkbox" name="push_(\w+)"', text_of(client, PAGE)))
    assert boxes == {kind.code for kind in all_kinds() if PUSH in kind.channels and not kind.for_operators}
    assert "meeting_agreed" in boxes
    mails = {kind.code: "on" for kind in all_kinds()}
    chosen = {f"push_{code}": "on" for code in boxes - {"meeting_link"}}
    client.post(PAGE, {**mails, **chosen, "calendar": "on", "begins": "", "ends": ""})
    page = text_of(client, PAGE)
    assert not re.search(r'name="push_meeting_link"[^>]*checked', page)
    assert re.search(r'name="push_meeting_agreed"[^>]*checked', page)


def test_the_service_worker_is_ours_and_at_the_root(service: PushService) -> None:
    answer = Client().get("/push-worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert b"showNotification" in answer.content
    assert b"fetch" not in answer.content  # it stands between nobody and the pages


# ---------------------------------------------------------------- without it


def nothing_of_it_shows() -> None:
    someone = person()
    client = client_of(someone)
    page = text_of(client, PAGE)
    assert "Your devices" not in page
    assert "push" not in page
    assert Client().get("/push-worker.js").status_code == 404
    assert client.post(f"{PAGE}devices/", {}).status_code == 404
    assert client.post(f"{PAGE}devices/1/remove/").status_code == 404


def test_without_a_key_nothing_of_it_shows_and_nothing_is_written(
    clock: PlatformClock, service: PushService, settings: Any
) -> None:
    w = world()
    Browser(service.address).added_by(w.expert)
    w.propose(start=in_(hours=72))
    settings.WEB_PUSH_KEY = ""
    nothing_of_it_shows()
    w.propose(start=in_(hours=96))
    [row] = pushes(w)
    assert [r.status for r in deliver(w.expert, ways=("push",))] == ["withdrawn"]
    assert row.payload["kind"] == "meeting_proposed"
    assert service.asked == []


def test_without_the_extra_nothing_of_it_shows(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEB_PUSH_KEY = vapid.new_key()
    monkeypatch.setattr(setup, "EXTRA", ("a_library_that_is_not_there",))
    setup.extra_is_installed.cache_clear()
    try:
        nothing_of_it_shows()
        assert [message.id for message in push_is_whole()] == ["expertim.W013"]
        with pytest.raises(CommandError, match="not installed"):
            call_command("push", "key")
    finally:
        setup.extra_is_installed.cache_clear()


def test_a_half_configured_push_is_said(settings: Any) -> None:
    said = io.StringIO()
    call_command("push", "key", stdout=said)
    settings.PUBLIC_URL = "https://meet.example.org"
    settings.WEB_PUSH_KEY, settings.WEB_PUSH_CONTACT = "", ""
    assert push_is_whole() == []
    settings.WEB_PUSH_CONTACT = "mailto:you@example.org"
    assert [message.id for message in push_is_whole()] == ["expertim.W012"]
    settings.WEB_PUSH_KEY = said.getvalue().strip()
    assert push_is_whole() == []
    settings.PUBLIC_URL = "http://meet.example.org"
    assert [message.id for message in push_is_whole()] == ["expertim.W014"]
    for key, contact in (("x", "mailto:you@example.org"), (said.getvalue().strip(), "you"), ("é" * 43, "")):
        settings.WEB_PUSH_KEY, settings.WEB_PUSH_CONTACT = key, contact
        assert [message.id for message in push_is_whole()] == ["expertim.E012"]
