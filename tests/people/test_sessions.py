"""Sessions: one statement for session and person, by Django's rules; those nobody will come back to are dropped."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DjangosOwn
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from expertim.foundation import clock
from expertim.people.actions import create_person
from expertim.people.models import Person, PersonSession
from expertim.people.sessions import SessionStore, sweep
from tests.people.visiting import PASSWORD, some_email, visitor
from tests.site.reading import client_of
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")
COOKIE = settings.SESSION_COOKIE_NAME


def key_of(client: Client) -> str:
    return client.cookies[COOKIE].value


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def logged_in(someone: Person) -> Client:
    client = visitor()
    assert client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD}).status_code == 302
    return client


def newcomer() -> Person:
    return create_person(email=some_email(), name="Alice", password=PASSWORD)


def test_the_sweep_drops_expired_sessions_only() -> None:
    old, new = secrets.token_hex(16), secrets.token_hex(16)
    now = clock.machine_now()
    Session.objects.create(session_key=old, session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key=new, session_data="", expire_date=now + timedelta(days=1))
    while sweep(100) == 100:
        pass
    assert list(Session.objects.filter(session_key__in=[old, new]).values_list("session_key", flat=True)) == [new]


def test_session_person_and_header_come_in_one_statement() -> None:
    client = client_of(person())
    with CaptureQueriesContext(connection) as taken:
        assert client.get("/e/nothing/").status_code == 404
    assert len(taken) == 1


def test_logging_in_gives_a_new_key_and_logging_out_ends_the_session() -> None:
    someone, client = newcomer(), visitor()
    before = client.session
    before["kept"] = "yes"
    before.save()
    client.cookies[COOKIE] = before.session_key
    client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
    key = key_of(client)
    assert key != before.session_key
    assert not Session.objects.filter(session_key=before.session_key).exists()
    assert PersonSession.objects.get(session_key=key).person_id == someone.pk
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies[COOKIE] = key
    assert not is_in(client)


def test_who_is_switched_off_has_no_rights_at_the_next_request() -> None:
    someone = person()
    client = client_of(someone)
    assert is_in(client)
    Person.objects.filter(pk=someone.pk).update(is_active=False)
    assert not is_in(client)
    Person.objects.filter(pk=someone.pk).update(is_active=True)
    assert is_in(client)  # as with Django: the session is not ended, it only counts for nothing meanwhile


def test_a_changed_password_ends_the_other_sessions_and_keeps_the_one_that_changed_it() -> None:
    someone = newcomer()
    here, there = logged_in(someone), logged_in(someone)
    other = key_of(there)
    new = {"oldpassword": PASSWORD, "password1": "quite another phrase", "password2": "quite another phrase"}
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert not Session.objects.filter(session_key=other).exists()


def test_an_expired_session_counts_for_nothing() -> None:
    client = client_of(person())
    PersonSession.objects.filter(session_key=key_of(client)).update(expire_date=clock.machine_now())
    assert not is_in(client)


def expires(client: Client) -> datetime:
    return PersonSession.objects.get(session_key=key_of(client)).expire_date


def left_alone(client: Client, **time: float) -> None:
    """As if that much time had gone by since the last request."""
    PersonSession.objects.filter(session_key=key_of(client)).update(expire_date=expires(client) - timedelta(**time))


def test_a_session_that_is_left_alone_ends_after_twelve_hours() -> None:
    client = client_of(person())
    left_alone(client, hours=11.9)
    assert is_in(client)
    left_alone(client, hours=11.9)
    assert is_in(client)
    left_alone(client, hours=12)
    assert not is_in(client)


def test_a_session_in_use_is_written_once_in_a_quarter_of_an_hour_at_most() -> None:
    client = client_of(person())
    assert timedelta(hours=11.9) < expires(client) - clock.machine_now() <= timedelta(hours=12)
    left_alone(client, minutes=14)
    before = expires(client)
    assert is_in(client)
    assert expires(client) == before
    left_alone(client, minutes=2)
    with CaptureQueriesContext(connection) as taken:
        assert is_in(client)
    assert sum("UPDATE django_session" in query["sql"] for query in taken) == 1
    assert expires(client) > before


def test_a_page_that_stays_open_and_asks_for_news_is_nobody_at_work() -> None:
    client = client_of(person())
    left_alone(client, hours=6)
    before = expires(client)
    client.get("/inbox/unread/?seen=0", headers={"HX-Request": "true", "HX-Target": "unread"})
    assert expires(client) == before
    client.get("/account/", headers={"HX-Request": "true", "HX-Target": "dialog-body"})
    assert expires(client) > before


def test_however_busy_a_session_ends_two_weeks_after_the_signing_in() -> None:
    someone = newcomer()
    client = logged_in(someone)

    def age(days: float) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE django_session SET started_at = started_at - %s * interval '1 day' WHERE session_key = %s",
                [days, key_of(client)],
            )

    age(13.9)
    assert is_in(client)
    age(0.2)
    assert not is_in(client)
    client.post("/accounts/login/", {"login": someone.email, "password": PASSWORD})
    assert is_in(client)


@pytest.mark.parametrize("key", ["", "x", "a" * 8, "a" * 32, "\x00" * 32, "a" * 5000, "é" * 32])
def test_a_made_up_key_is_a_stranger_and_is_never_taken_over(key: str) -> None:
    client = Client()
    client.cookies[COOKIE] = key
    assert not is_in(client)
    store = SessionStore(key)
    store["x"] = 1
    store.save()
    assert store.session_key != key


def test_the_column_alone_signs_nobody_in() -> None:
    """Whom a row names is only read; who is signed in, the signed content says."""
    mallory, victim = person(), person("victoria", credits=77_700)
    client = client_of(mallory)
    PersonSession.objects.filter(session_key=key_of(client)).update(person_id=victim.pk)
    page = client.get("/settings/").content.decode()
    assert f'value="{mallory.name}"' in page
    assert "777 credits" not in page
    anonymous = SessionStore()
    anonymous["kept"] = 1
    anonymous.save()
    PersonSession.objects.filter(session_key=anonymous.session_key).update(person_id=victim.pk)
    client = Client()
    client.cookies[COOKIE] = anonymous.session_key
    assert not is_in(client)


@pytest.mark.parametrize(
    "changes", [{HASH_SESSION_KEY: "0" * 64}, {HASH_SESSION_KEY: ""}, {"_auth_user_backend": "some.other.Backend"}]
)
def test_a_session_that_django_would_not_believe_is_not_believed(changes: dict[str, Any]) -> None:
    client = client_of(person())
    store = client.session
    for name, value in changes.items():
        store[name] = value
    store.save()
    assert not is_in(client)


def test_sessions_are_in_django_s_own_format() -> None:
    """A session from before the column, or written by Django's own store, is still one; and the other way round."""
    someone = person()
    client = client_of(someone)
    key = key_of(client)
    PersonSession.objects.filter(session_key=key).update(person_id=None)
    assert is_in(client)
    assert DjangosOwn(key)[SESSION_KEY] == str(someone.pk)


def test_a_hash_by_a_former_secret_is_renewed(settings: Any) -> None:
    """SECRET_KEY_FALLBACKS: nobody is signed out by a new secret key."""
    someone = person()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    client = client_of(someone)
    key = key_of(client)
    settings.SECRET_KEY = "another secret, long enough for anything"
    assert is_in(client)
    assert key_of(client) != key
    assert is_in(client)


def test_a_person_who_is_no_more_is_a_stranger() -> None:
    someone = person()
    client = client_of(someone)
    store = client.session
    store[SESSION_KEY] = str(10**12)
    store.save()
    assert not is_in(client)
