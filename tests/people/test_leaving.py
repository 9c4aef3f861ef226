"""Leaving: all of one's data in one file, then nothing left of who one was, and the books as they were."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection, models
from django.test import Client

from expertim.api.models import Endpoint
from expertim.chat import actions as chats
from expertim.chat.models import Message
from expertim.expertise import applying
from expertim.expertise.models import Expert, Favourite, SkillHeld, SkillWish
from expertim.expertise.models_times import Availability, BusyCalendar, BusyInterval, DayHours, Holiday, WeeklyHours
from expertim.foundation.clock import machine_now
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By, Said
from expertim.notifications.models import Device
from expertim.outbox.actions import add_rows
from expertim.outbox.models import Row
from expertim.people import leaving
from expertim.people.feeds import new_feed
from expertim.people.models import Person
from expertim.people.tokens import bearer_of, new_token
from expertim.reviews import actions as reviews
from expertim.reviews.models import Review
from expertim.site import chatting
from expertim.site.export import archive, guarded
from expertim.site.exported import FILES, LEFT_OUT, TABLES
from tests.conftest import PlatformClock
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.people.test_photo import picture, send
from tests.world import PASSWORD, World, in_, person, unique, world

pytestmark = pytest.mark.usefixtures("database", "clock")
NAME, ADDRESS = "Quirina Zwölfelfer", "quirina.zwoelfelfer@example.org"


class Leaver(Visitor):
    """Somebody who has just proved who they are."""

    def __init__(self, who: Person) -> None:
        super().__init__(who)
        if who.has_usable_password():
            self.client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def lived(clock: PlatformClock, *, as_expert: bool = False) -> World:
    """Somebody of that name with a row in every table that we can think of, all of it over."""
    place = world()
    who = place.expert if as_expert else place.user
    Person.objects.filter(pk=who.pk).update(name=NAME, email=f"{who.pk}.{ADDRESS}")
    who.refresh_from_db()
    EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    meeting = place.agreed(start=in_(hours=50), message="Good morning")
    clock.freeze(in_(hours=52))
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=4, review="Clear and to the point.")
    place.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
    both = (place.user, place.expert)
    for writer, reader in (both, both[::-1]):
        chatting.say(writer=writer.pk, writer_name=writer.name, reader=reader.pk, text="Thank you", key=unique("said"))
    visitor = Visitor(who)
    visitor.post("/settings/profile/work/", {"company": NAME, "linkedin": "linkedin.com/in/zwoelfelfer"})
    visitor.post("/settings/profile/billing/", {"title": NAME, "email": who.email})
    send(visitor, picture())
    other = place.user if as_expert else place.expert
    add_rows(
        [
            {
                "kind": "mail",
                "key": unique("sent"),
                "payload": {"to": [other.email], "subject": f"{NAME} says", "body": NAME},
            }
        ]
    )
    Row.objects.filter(payload__to__contains=[other.email]).update(status="sent", done_at=machine_now())
    new_feed(person=who)
    Endpoint.objects.create(person=who, url="https://example.org/", events=[], secret="s")
    Device.objects.create(person=who, endpoint=f"https://push.example/{who.pk}", p256dh="k", auth="a", name="phone")
    return place


def remains(*needles: str) -> Iterator[str]:
    """Where in the whole database any of these words stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (table,) in cursor.fetchall():
            for needle in needles:
                cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text ILIKE %s LIMIT 3', [f"%{needle}%"])
                yield from (f"{table}: {found[:300]}" for (found,) in cursor.fetchall())


def books() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT md5(string_agg(e::text, '|' ORDER BY e.id)) FROM credits_entry e),"
            " (SELECT md5(string_agg(w::text, '|' ORDER BY w.person_id)) FROM credits_wallet w),"
            " (SELECT md5(string_agg(m::text, '|' ORDER BY m.id)) FROM meetings_meeting m),"
            " (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM meetings_timelineevent t)"
        )
        return tuple(cursor.fetchone())


@pytest.mark.parametrize("as_expert", [False, True], ids=["user", "expert"])
def test_nothing_is_left_of_who_it_was_and_the_books_are_as_they_were(clock: PlatformClock, as_expert: bool) -> None:
    place = lived(clock, as_expert=as_expert)
    who = place.expert if as_expert else place.user
    secret = new_token(person=who, name="script")
    before, photo = books(), f"/photo/{who.public_id}/{Person.objects.get(pk=who.pk).photo}/128.webp"
    assert Client().get(photo).status_code == 200
    assert list(remains(NAME))
    leaver = Leaver(who)
    answer = leaver.post("/settings/leaving/", {"understood": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert list(remains(NAME, str(who.email), "zwoelfelfer")) == []
    assert books() == before
    assert not audit().discrepancies
    assert Client().get(photo).status_code == 404
    assert bearer_of(secret) is None
    assert leaver.get("/settings/")["Location"].startswith("/accounts/login/")
    gone = Person.objects.get(pk=who.pk)
    assert (gone.is_active, gone.name, gone.left_at is not None) == (False, leaving.FORMER, True)
    other = Visitor(place.user if as_expert else place.expert)
    meeting = other.get("/meetings/?list=all")
    assert leaving.FORMER in words_of(meeting)
    for model, name in leaving.owned():
        assert not model._default_manager.filter(**{name: gone}).exists(), model


def test_an_expert_who_has_left_is_found_nowhere(clock: PlatformClock) -> None:
    place = lived(clock, as_expert=True)
    user = Visitor(place.user)
    page = f"/e/{place.expertise.slug}/experts/"
    assert place.expert.public_id in text_of(user.get(page))
    leaving.leave(person=place.expert.pk)
    assert place.expert.public_id not in text_of(user.get(page))
    assert user.get(f"{page}{place.expert.public_id}/").status_code == 404
    assert user.get(f"/people/{place.expert.public_id}/").status_code == 404
    gone = Expert.objects.get(person=place.expert)
    assert (gone.active, gone.headline, gone.introduction) == (False, "", "")


def test_88_nobody_leaves_with_blocked_credits_or_open_meetings_and_is_told_why() -> None:
    place = world()
    place.propose(start=in_(hours=50))
    for who, told in (
        (place.user, "Credits of yours are blocked for meetings: 25."),
        (place.expert, "1 meeting of yours is not over"),
    ):
        before = books()
        answer = Leaver(who).post("/settings/leaving/", {"understood": "yes"})
        assert answer.status_code == 409
        assert told in words_of(answer)
        assert "Leave and remove who I am" not in words_of(answer)
        with pytest.raises(leaving.Held):
            leaving.leave(person=who.pk)
        assert books() == before
        assert Person.objects.get(pk=who.pk).name == who.name


def test_an_operator_hands_over_first() -> None:
    operator = person("olga", is_staff=True)
    with pytest.raises(leaving.Held, match="operator"):
        leaving.leave(person=operator.pk)


def test_leaving_asks_for_the_password_and_for_a_tick() -> None:
    who = person("alice")
    who.set_password(PASSWORD)
    who.save()
    assert Visitor(who).get("/settings/leaving/")["Location"].startswith("/accounts/reauthenticate/")
    assert Visitor(who).post("/settings/leaving/", {"understood": "yes"})["Location"].startswith("/accounts/")
    assert Leaver(who).post("/settings/leaving/", {}).status_code == 422
    assert Person.objects.get(pk=who.pk).left_at is None


def test_texts_about_experts_stay_without_a_name_unless_their_writer_removes_them(clock: PlatformClock) -> None:
    kept, removed = lived(clock), lived(clock)
    Leaver(kept.user).post("/settings/leaving/", {"understood": "yes"})
    Leaver(removed.user).post("/settings/leaving/", {"understood": "yes", "texts": "remove"})
    assert Review.objects.get(user=kept.user).text == "Clear and to the point."
    taken_back = Review.objects.get(user=removed.user)  # the bonus for it stays in the books, and needs its row
    assert (taken_back.text, taken_back.hidden_at is not None) == ("", True)
    assert not audit().discrepancies


def test_the_database_lets_nobody_who_has_left_sign_in() -> None:
    who = person("alice")
    leaving.leave(person=who.pk)
    with pytest.raises(Exception, match="people_person_left_for_good"):
        Person.objects.filter(pk=who.pk).update(is_active=True)


# ------------------------------------------------------------------ the export


def test_every_table_that_names_a_person_is_handed_out_or_left_out_with_a_reason() -> None:
    """Named by a key to the person, by a key to a row that is the person's, or by a column that is called so."""
    spoken_for = {*TABLES, *FILES, *LEFT_OUT}
    handed_out = {*TABLES, *FILES}
    called = {"person_id", "user_id", "recipient", "recipient_id"}
    for model in apps.get_models(include_auto_created=True):
        keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
        theirs = {
            key.name for key in keys if key.remote_field.model._meta.label_lower in {"people.person", *handed_out}
        }
        theirs |= {field.attname for field in model._meta.concrete_fields} & called
        assert not theirs or model._meta.label_lower in spoken_for, (model._meta.label_lower, theirs)
    assert all(len(reason) > 10 for reason in LEFT_OUT.values())
    assert not handed_out & set(LEFT_OUT)


def test_no_table_of_the_database_names_a_person_without_a_model() -> None:
    """Also one that a migration has made by itself."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = 'people_person'::regclass"
            " UNION SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('person_id', 'user_id', 'recipient_id')"
        )
        assert {table for (table,) in cursor.fetchall()} - known == set()


def packed(who: Person) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive(Person.objects.get(pk=who.pk)))))


def settled_in(place: World) -> None:
    """What `lived` leaves out: wishes, favourites, times, a reply, a report, an application, addresses."""
    user, expert = place.user, place.expert
    listed, skill = Expert.objects.get(person=expert), place.expertise.skills.get()
    SkillWish.objects.create(person=user, skill=skill)
    SkillHeld.objects.create(person=user, skill=skill)
    Favourite.objects.create(person=user, expert=listed)
    EmailAddress.objects.create(user=expert, email=f"{expert.pk}.second@example.org", verified=True)
    EmailAddress.objects.create(user=user, email=f"{user.pk}.second@example.org", verified=True)
    assert reviews.reply(expert=expert.pk, review=Review.objects.get(user=user).pk, text="Thank you.")
    [message] = Message.objects.filter(chat__low__in=(user, expert), text="Thank you", by_low=user.pk < expert.pk)
    assert chats.report(person=expert.pk, chat=message.chat.public_id, message=message.pk, reason="Rude.")
    chats.welcome(person=expert.pk, yes=True)
    Availability.objects.create(person=expert, notice_minutes=60)
    WeeklyHours.objects.create(expert=listed, weekday=1, opens=540, closes=600)
    DayHours.objects.create(expert=listed, on=date(2027, 3, 1), opens=540, closes=600)
    Holiday.objects.create(person=expert, first_on=date(2027, 4, 1), last_on=date(2027, 4, 2))
    calendar = BusyCalendar.objects.create(person=expert, name="Mine", address="https://example.org/mine.ics")
    BusyInterval.objects.create(calendar=calendar, begins_at=in_(days=1), ends_at=in_(days=2))
    words = {"headline": "Values", "introduction": "For years.", "services": "An hour"}
    applying.send_application(person=user.pk, expertise=place.expertise.pk, skills=[skill.pk], **words)
    listed.skills.add(skill)


OF_THE_USER = (
    *("expertise.skillwish", "expertise.skillheld", "expertise.favourite", "expertise.application"),
    *("expertise.application_skills", "reviews.review", "chat.chat", "chat.message", "meetings.statement"),
    *("people.profile", "people.billing", "people.calendarfeed", "account.emailaddress", "credits.wallet"),
    *("credits.entry", "credits.block", "api.endpoint", "notifications.device", "notifications.notice"),
)
OF_THE_EXPERT = (
    *("expertise.expert", "expertise.expert_skills", "expertise.service", "expertise.service_skills"),
    *("expertise.availability", "expertise.weeklyhours", "expertise.dayhours", "expertise.holiday"),
    *("expertise.busycalendar", "expertise.busyinterval", "reviews.review", "reviews.reply", "chat.report"),
    *("chat.welcome", "meetings.statement", "account.emailaddress", "notifications.notice"),
)


def test_each_row_of_somebodys_arrives_in_the_export(clock: PlatformClock) -> None:
    """Counted by the database, from its own keys: a table forgotten, or read by one key of two, shows."""
    place = lived(clock)
    settled_in(place)
    for who, certain in ((place.user, OF_THE_USER), (place.expert, OF_THE_EXPERT)):
        found = packed(who)
        rows = {
            name[len("tables/") : -len(".json")]: json.loads(found.read(name))
            for name in found.namelist()
            if name.startswith("tables/")
        }
        assert set(certain) <= set(rows), set(certain) - set(rows)
        for table, count in counted(who).items():
            assert table in {*FILES, *LEFT_OUT} or len(rows[table]) == count, (table, count)
        assert all(row["party"] == ("user" if who == place.user else "expert") for row in rows["meetings.statement"])
    assert rows["expertise.expert_skills"][0]["skill"] == "Valuation"
    assert rows["chat.report"][0]["reason"] == "Rude."


def counted(who: Person) -> dict[str, int]:
    """Of each table with keys to the person: how many rows name this one, where there are any."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        keys = [
            f'"{field.column}" = %(who)s'
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Person
        ]
        if keys:
            with connection.cursor() as cursor:
                table = model._meta.db_table
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {" OR ".join(keys)}', {"who": who.pk})
                found[model._meta.label_lower] = int(cursor.fetchone()[0])
    return {table: count for table, count in found.items() if count}


def test_the_export_has_meetings_calendar_credits_and_words_and_no_secret(clock: PlatformClock) -> None:
    place = lived(clock)
    place.agreed(start=in_(hours=50))
    secret = new_token(person=place.user, name="script")
    answer = Leaver(place.user).post("/settings/data/export/", {})
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="expertim-{place.user.public_id}.zip"'
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert found.testzip() is None
    about = json.loads(found.read("person.json"))
    assert (about["name"], about["time_zone"]) == (NAME, "UTC")
    [held] = [one for one in json.loads(found.read("meetings.json")) if one["progress"]]
    assert (held["with"], held["my_role"], held["price"]) == (place.expert.name, "user", "25.00")
    assert {line["event"] for line in held["timeline"]} >= {"approved", "progress_recorded"}
    assert found.read("meetings.ics").count(b"BEGIN:VEVENT") == 2
    table = list(csv.reader(io.StringIO(found.read("credits.csv").decode())))
    assert ["Deduction of credits for services", "-25.00"] in [line[1:3] for line in table]
    assert found.read("photo.webp")[8:12] == b"WEBP"
    assert json.loads(found.read("tables/people.billing.json"))[0]["title"] == NAME
    assert json.loads(found.read("tables/reviews.review.json"))[0]["text"] == "Clear and to the point."
    assert json.loads(found.read("tables/chat.message.json"))[0]["text"] == "Thank you"
    everything = b"".join(found.read(name) for name in found.namelist()).decode(errors="replace")
    assert secret not in everything
    assert not [word for word in ("digest", '"password"', "stars", "p256dh") if word in everything]


def test_the_export_holds_nobody_elses_and_no_stars_even_for_the_expert(clock: PlatformClock) -> None:
    place, other = lived(clock), world()
    theirs = other.propose(start=in_(hours=50))
    found = packed(place.expert)
    everything = b"".join(found.read(name) for name in found.namelist()).decode(errors="replace")
    assert theirs not in everything
    assert other.user.email not in everything
    assert place.user.email not in everything  # a name is seen by the other, an address is not
    assert "stars" not in everything


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+420", "'+420"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("-12.50", "-12.50"),
        ("Thanks", "Thanks"),
        ("", ""),
    ],
)
def test_no_cell_is_taken_for_a_formula(cell: str, safe: str) -> None:
    assert guarded(cell) == safe


def test_whoever_has_left_is_not_in_the_catalogue_file(clock: PlatformClock) -> None:
    from expertim.expertise.catalogue.dumping import dump_catalogue

    place = lived(clock, as_expert=True)
    leaving.leave(person=place.expert.pk)
    dumped = dump_catalogue(openings={})
    assert f"{place.expert.public_id}@left.invalid" not in dumped
    assert leaving.FORMER not in dumped
