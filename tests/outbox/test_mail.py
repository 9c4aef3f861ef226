"""Mail as rows, mail on the wire, and the page that shows it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from expertim.outbox import mail
from expertim.outbox.mail import MailServer, mail_server
from expertim.outbox.models import Row
from expertim.outbox.worker import Undeliverable
from tests.people.visiting import mails_to, some_email, visitor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it
    settings.MOVABLE_CLOCK = True
    settings.EMAIL_URL = ""


def write(to: str, *, body: str = "See https://example.org/a?b=1&c=2 now", **given: Any) -> Row:
    message = EmailMultiAlternatives("Tři & dvě", body, "us@example.org", [to], **given)
    message.attach_alternative("<p>Hello</p>", "text/html")
    message.send()
    return Row.objects.get(payload__to=[to])


def test_a_mail_becomes_one_row_with_all_of_it() -> None:
    to = some_email()
    row = write(to, cc=["cc@example.org"], reply_to=["re@example.org"], headers={"X-One": "1"})
    assert row.kind == "mail"
    headers = row.payload.pop("headers")
    assert row.key == f"mail:{headers['Message-ID']}"
    assert (headers["X-One"], headers["Auto-Submitted"]) == ("1", "auto-generated")
    assert row.payload == {
        "from": "us@example.org",
        "to": [to],
        "cc": ["cc@example.org"],
        "bcc": [],
        "reply_to": ["re@example.org"],
        "subject": "Tři & dvě",
        "body": "See https://example.org/a?b=1&c=2 now",
        "html": "<p>Hello</p>",
    }


def test_a_mail_of_a_transaction_that_fails_is_never_written() -> None:
    to = some_email()
    with transaction.atomic():
        write(to)
        transaction.set_rollback(True)
    assert mails_to(to) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail", MailServer(host="mail", port=25, user="", password="", starttls=False, tls=False)),
        (
            "smtp+tls://me%40x:p%2Fw@mail.example.org",
            MailServer(host="mail.example.org", port=587, user="me@x", password="p/w", starttls=True, tls=False),
        ),
        ("smtps://mail:4650", MailServer(host="mail", port=4650, user="", password="", starttls=False, tls=True)),
    ],
)
def test_the_mail_server_is_read_from_its_address(url: str, expected: MailServer) -> None:
    assert mail_server(url) == expected


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail", "smtp://", "smtp://mail:port"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"EMAIL_URL|[Pp]ort"):
        mail_server(url)


class _Answers(socketserver.StreamRequestHandler):
    """A mail server that says what a test wants it to say, and keeps what it was given."""

    def handle(self) -> None:
        server: Any = self.server
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "DATA" and not server.says.get("DATA"):
                self._say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                server.taken.append(text.decode())
            self._say(server.says.get(word, "250 fine"))
            if word == "QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@pytest.fixture
def post_office(settings: Any) -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Answers) as server:
        server.says, server.taken = {}, []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_a_mail_goes_over_the_wire_with_its_own_id(post_office: Any) -> None:
    row = write(some_email())
    mail.send(row.payload)
    mail.send(row.payload)  # a worker that died before it could report
    first, second = post_office.taken
    header = f"Message-ID: {row.payload['headers']['Message-ID']}"
    assert header in first
    assert header in second
    assert "multipart/alternative" in first


@pytest.mark.parametrize("said", [{"RCPT": "550 nobody"}, {"DATA": "554 spam"}, {"MAIL": "553 no such sender"}])
def test_a_refusal_for_good_is_told_as_such(post_office: Any, said: dict[str, str]) -> None:
    post_office.says.update(said)
    with pytest.raises(Undeliverable):
        mail.send(write(some_email()).payload)


@pytest.mark.parametrize("said", [{"RCPT": "450 later"}, {"DATA": "421 busy"}, {"MAIL": "530 log in first"}])
def test_a_refusal_for_now_is_an_ordinary_failure(post_office: Any, said: dict[str, str]) -> None:
    post_office.says.update(said)
    with pytest.raises(OSError):  # noqa: PT011  # SMTPException is one; which one is smtplib's matter
        mail.send(write(some_email()).payload)


def test_a_mail_that_cannot_be_written_is_given_up() -> None:
    row = write(some_email())
    with pytest.raises(Undeliverable):
        mail.send({**row.payload, "subject": "two\nlines"})
    with pytest.raises(Undeliverable):
        mail.send({"subject": "no recipient"})


def test_without_a_server_mail_is_shown_or_logged_but_not_lost(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    payload = write(some_email(), body="the body").payload
    caplog.set_level("INFO")
    mail.send(payload)
    assert "the body" not in caplog.text
    settings.MOVABLE_CLOCK = False
    mail.send(payload)
    assert "the body" in caplog.text


def test_the_page_shows_every_mail_with_its_links() -> None:
    to = some_email()
    row = write(to, body="<b>bold</b> (https://example.org/a?b=1&c=2). http://localhost:8000/x/-y/, end")
    page = visitor().get("/demo/mail/").content.decode()
    assert to in page
    assert "Tři &amp; dvě" in page
    one = visitor().get(f"/demo/mail/{row.pk}/").content.decode()
    assert '(<a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>). ' in one
    assert '<a href="http://localhost:8000/x/-y/">http://localhost:8000/x/-y/</a>, end' in one
    assert "&lt;b&gt;bold&lt;/b&gt;" in one
    assert "waiting" in one


def test_the_html_is_a_page_of_its_own_that_can_do_nothing() -> None:
    row = write(some_email())
    Row.objects.filter(pk=row.pk).update(payload={**row.payload, "html": ""})
    assert visitor().get(f"/demo/mail/{row.pk}/html/").status_code == 404
    assert "As a mail program shows it" not in visitor().get(f"/demo/mail/{row.pk}/").content.decode()
    Row.objects.filter(pk=row.pk).update(payload={**row.payload, "html": '<p style="color:red">Red</p>'})
    assert f'href="/demo/mail/{row.pk}/html/"' in visitor().get(f"/demo/mail/{row.pk}/").content.decode()
    answer = visitor().get(f"/demo/mail/{row.pk}/html/")
    assert answer.content.decode() == '<p style="color:red">Red</p>'
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_older_mail_is_a_page_further() -> None:
    to = some_email()
    rows = [write(f"{n}.{to}") for n in range(3)]
    page = visitor().get(f"/demo/mail/?before={rows[1].pk}").content.decode()
    assert f"0.{to}" in page
    assert f"1.{to}" not in page
    assert visitor().get("/demo/mail/?before=nonsense").status_code == 200
    assert visitor().get("/demo/mail/999999999999999999999/").status_code == 404


def test_a_real_installation_shows_no_mail(settings: Any) -> None:
    row = write(some_email())
    settings.MOVABLE_CLOCK = False
    assert visitor().get("/demo/mail/").status_code == 404
    assert visitor().get(f"/demo/mail/{row.pk}/").status_code == 404
    assert visitor().get(f"/demo/mail/{row.pk}/html/").status_code == 404
