"""Terms, privacy policy and imprint: published, agreed to, asked for anew; and what the database holds to."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from expertim.expertise.models import Application, Expert
from expertim.people import terms
from expertim.people.actions import create_person
from expertim.people.models import Agreement, Person, TermsText
from expertim.people.tokens import new_token
from expertim.site.export import archive
from tests.conftest import Installation
from tests.people.visiting import code_in, mails_to, sign_up_fields, signed_in, some_email, visitor
from tests.world import expertise, world

TERMS, PRIVACY, IMPRINT = TermsText.Kind.TERMS, TermsText.Kind.PRIVACY, TermsText.Kind.IMPRINT
EXPERTS = TermsText.Kind.EXPERTS
TABLES = ("people_agreement", "people_termstext")


@pytest.fixture(autouse=True)
def _nothing_stays(database: Installation, settings: Any) -> Iterator[None]:
    """Everybody of later tests would have to agree: the owner alone can take the texts away again."""
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it
    yield
    for table in TABLES:
        database.owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        database.owner.execute(f"DELETE FROM {table}")
        database.owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    database.owner.execute("UPDATE people_person SET owes_terms = false WHERE owes_terms")


def somebody(**given: Any) -> Person:
    return create_person(email=some_email(), name="Alice", **given)


def written(kind: TermsText.Kind, text: str = "Be kind.", *, seen: int = 0) -> TermsText:
    return terms.publish(kind=kind, text=text, by=somebody(is_staff=True), seen=seen)


def owes(person: Person) -> bool:
    return Person.objects.values_list("owes_terms", flat=True).get(pk=person.pk)


def test_where_nothing_is_written_nothing_is_asked() -> None:
    assert 'name="agree"' not in visitor().get("/accounts/signup/").content.decode()
    assert "not written them yet" in visitor().get("/legal/").content.decode()
    assert visitor().get("/legal/terms/").status_code == 404
    assert not owes(somebody())


def test_who_signs_up_agrees_to_what_the_page_named() -> None:
    first, policy = written(TERMS), written(PRIVACY)
    written(IMPRINT)
    client, email = visitor(), some_email()
    page = client.get("/accounts/signup/").content.decode()
    assert "/legal/terms/" in page
    assert "/legal/privacy/" in page
    sent = sign_up_fields(email)
    read = {"version": [str(first.pk), str(policy.pk)]}
    assert "there can be no account" in client.post("/accounts/signup/", {**sent, **read}).content.decode()
    newer = written(TERMS, "Be very kind.", seen=1)
    answer = client.post("/accounts/signup/", {**sent, **read, "agree": "on"})
    assert "have been changed since" in answer.content.decode()
    assert not Person.objects.filter(email=email).exists()
    client.post("/accounts/signup/", {**sent, "agree": "on", "version": [str(newer.pk), str(policy.pk)]})
    client.post("/accounts/confirm-email/", {"code": code_in(mails_to(email)[-1])})
    assert signed_in(client)
    person = Person.objects.get(email=email)
    told = [(one.kind, one.number) for one in terms.agreements_of(person)]
    assert sorted(told) == [("privacy", 1), ("terms", 2)]
    assert client.get("/meetings/").status_code == 200


def test_a_new_version_is_agreed_to_before_the_next_page_and_the_next_act() -> None:
    client, person = visitor(), somebody()
    client.force_login(person)
    assert client.get("/meetings/").status_code == 200
    text = written(TERMS, "## Rules\n\nBe *kind*. <script>alert(1)</script> [x](javascript:alert(1))")
    assert client.get("/meetings/?list=held")["Location"] == "/legal/agree/?next=%2Fmeetings%2F%3Flist%3Dheld"
    assert client.post("/inbox/read/")["Location"].startswith("/legal/agree/")
    assert client.get("/inbox/unread/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/legal/agree/")
    for free in ("/settings/", "/settings/security/", "/help/", "/legal/", "/legal/terms/"):
        assert client.get(free).status_code == 200, free
    page = client.get("/legal/agree/?next=/meetings/").content.decode()
    assert "<h3>Rules</h3>" in page
    assert "<script>alert" not in page
    assert "javascript:alert" not in page.replace("[x](javascript:alert(1))", "")
    assert client.post("/legal/agree/", {"next": "/meetings/"}).status_code == 200  # nothing was read
    assert owes(person)
    answer = client.post("/legal/agree/", {"next": "/meetings/?list=held", "version": text.pk})
    assert answer["Location"] == "/meetings/?list=held"
    assert client.get("/meetings/").status_code == 200
    page = client.get("/legal/terms/").content.decode()
    assert "You agreed to it on" in page
    assert "<h2>Rules</h2>" in page


def test_agreeing_leads_nowhere_else() -> None:
    """Case 56."""
    for place in ("//evil.com", "https://evil.com/", "/\\evil.com", "javascript:alert(1)"):
        client = visitor()
        client.force_login(somebody())
        assert client.get("/legal/agree/", {"next": place})["Location"] == "/"


def test_a_version_published_while_one_agrees_is_still_owed() -> None:
    client, person = visitor(), somebody()
    first = written(TERMS)
    client.force_login(person)
    written(TERMS, "Be very kind.", seen=1)
    client.post("/legal/agree/", {"version": first.pk})
    assert owes(person)


def test_an_imprint_is_only_read_and_a_former_version_stays() -> None:
    person = somebody()
    written(IMPRINT, "We are here.")
    assert not owes(person)
    written(IMPRINT, "We have moved.", seen=1)
    assert "We have moved." in visitor().get("/legal/imprint/").content.decode()
    former = visitor().get("/legal/imprint/?version=1").content.decode()
    assert "We are here." in former
    assert "There is a newer version." in former
    for wrong in ("0", "3", "-1", "x", "99999999999", "9999999999", "1e1"):
        assert visitor().get("/legal/imprint/", {"version": wrong}).status_code == 404, wrong


def test_a_program_reads_and_does_not_act_until_its_person_has_agreed() -> None:
    person = somebody()
    headers = {"Authorization": f"Bearer {new_token(person=person, name='x')}"}
    text = written(TERMS)
    act = {"path": "/api/v1/meetings", "data": "{}", "content_type": "application/json", "headers": headers}
    assert visitor().get("/api/v1/me", headers=headers).status_code == 200
    answer = visitor().post(**act)
    assert (answer.status_code, "/legal/agree/" in answer.content.decode()) == (403, True)
    terms.agree(person=person, versions=[text])
    assert visitor().post(**act).status_code != 403


def test_an_operator_looks_at_a_text_and_then_publishes_it_once() -> None:
    operator, client = somebody(is_staff=True), visitor()
    client.force_login(operator)
    there, sent = "/operator/legal/privacy/", {"text": "# Privacy\n\nWe keep **little**.", "seen": "0"}
    page = client.post(there, {**sent, "look": ""}).content.decode()
    assert "<h3>Privacy</h3>" in page
    assert "Publish version 1" in page
    assert not TermsText.objects.exists()
    assert client.post(there, {**sent, "publish": ""})["Location"] == "/operator/legal/"
    assert owes(operator)  # like everybody
    terms.agree(person=operator, versions=terms.in_force())
    again = client.post(there, {**sent, "publish": ""})
    assert (again.status_code, TermsText.objects.count()) == (409, 1)
    assert client.post(there, {"text": " ", "seen": "1", "publish": ""}).status_code == 422
    assert client.get("/operator/legal/nonsense/").status_code == 404


# ------------------------------------------------------------------ the database


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE people_termstext SET text = 'Other'",
        "DELETE FROM people_termstext",
        "UPDATE people_agreement SET at = now()",
        "DELETE FROM people_agreement",
        "TRUNCATE people_agreement",
        "TRUNCATE people_termstext CASCADE",
    ],
)
def test_what_was_published_and_agreed_to_never_changes(database: Installation, change: str) -> None:
    terms.agree(person=somebody(), versions=[written(TERMS)])
    with pytest.raises(errors.CheckViolation, match="written once"), database.owners() as connection:
        connection.execute(change)


def test_nobody_sets_the_debt_otherwise_than_by_agreeing(database: Installation) -> None:
    person = somebody()
    text = written(TERMS)
    assert owes(somebody())  # who is made later owes it too
    for _turn in range(2):
        with database.apps() as connection:
            connection.execute("UPDATE people_person SET owes_terms = false WHERE id = %s", [person.pk])
        person.save()  # all its columns, as read before
        assert owes(person)
    terms.agree(person=person, versions=[text])
    assert not owes(person)
    with database.apps() as connection:
        connection.execute("UPDATE people_person SET owes_terms = true WHERE id = %s", [person.pk])
    assert not owes(person)


def test_a_number_is_given_once_and_an_agreement_noted_once(database: Installation) -> None:
    text, person = written(TERMS), somebody()
    with pytest.raises(terms.PublishedMeanwhile):
        written(TERMS, seen=0)
    terms.agree(person=person, versions=[text, text])
    terms.agree(person=person, versions=[text])
    assert Agreement.objects.filter(person=person).count() == 1
    with pytest.raises(psycopg.errors.UniqueViolation), database.owners() as connection:
        connection.execute(
            "INSERT INTO people_termstext (kind, number, text, published_at, published_by_id)"
            " SELECT kind, number, text, published_at, published_by_id FROM people_termstext"
        )


# ------------------------------------------------------------------ experts


def applies(client: Any, field: Any, **changes: Any) -> Any:
    said = {"headline": "Values", "introduction": "For years.", "services": "An hour", "agreed": "on"}
    return client.post(f"/e/{field.slug}/apply/", {**said, "skills": [field.skills.get().pk], **changes})


def agreed_to(person: Person) -> list[tuple[str, int]]:
    return [(one.kind, one.number) for one in terms.agreements_of(person)]


def test_who_applies_to_be_an_expert_agrees_to_the_version_that_the_page_showed(clock: Any) -> None:
    field, client, person = expertise(), visitor(), somebody()
    client.force_login(person)
    first = written(EXPERTS, "# Duties\n\nCome on time.")
    assert not owes(person)  # nobody else is asked
    page = client.get(f"/e/{field.slug}/apply/").content.decode()
    assert f'name="version" value="{first.pk}"' in page
    assert "<h3>Duties</h3>" in page
    assert applies(client, field, version=first.pk, agreed="").status_code == 422
    newer = written(EXPERTS, "Come early.", seen=1)
    overtaken = applies(client, field, version=first.pk)
    assert (overtaken.status_code, "Read them again" in overtaken.content.decode()) == (422, True)
    assert (agreed_to(person), Application.objects.filter(person=person).count()) == ([], 0)
    assert applies(client, field, version=newer.pk).status_code == 302
    assert agreed_to(person) == [("experts", 2)]


def test_what_was_agreed_to_is_in_the_export() -> None:
    person = somebody()
    terms.agree(person=person, versions=[written(TERMS), written(EXPERTS)])
    found = zipfile.ZipFile(io.BytesIO(b"".join(archive(Person.objects.get(pk=person.pk)))))
    rows = json.loads(found.read("tables/people.agreement.json"))
    assert [row["version"] for row in rows] == ["terms 1", "experts 1"]


def test_where_no_terms_for_experts_are_written_one_applies_all_the_same(clock: Any) -> None:
    field, client, person = expertise(), visitor(), somebody()
    client.force_login(person)
    assert applies(client, field).status_code == 302
    assert agreed_to(person) == []


def test_an_application_that_is_not_taken_notes_no_agreement(clock: Any) -> None:
    field, client, person = expertise(), visitor(), somebody()
    client.force_login(person)
    assert applies(client, field).status_code == 302
    text = written(EXPERTS)
    applies(client, field, version=text.pk)  # one waits already
    assert agreed_to(person) == []


def test_a_new_version_is_asked_of_experts_alone_and_of_whoever_becomes_one(clock: Any) -> None:
    place = world()
    text = written(EXPERTS)
    assert (owes(place.expert), owes(place.user)) == (True, False)
    client = visitor()
    client.force_login(place.expert)
    assert client.get("/meetings/")["Location"].startswith("/legal/agree/")
    page = client.get("/legal/agree/").content.decode()
    assert "because you are an expert here" in page
    client.post("/legal/agree/", {"version": text.pk})
    assert (owes(place.expert), client.get("/meetings/").status_code) == (False, 200)
    written(EXPERTS, "Be very kind.", seen=1)
    assert owes(place.expert)
    Expert.objects.filter(person=place.expert).update(active=False)  # taken off the list
    assert not owes(place.expert)
    Expert.objects.create(person=place.user, expertise=place.expertise)
    assert owes(place.user)
    Expert.objects.filter(person=place.user).delete()
    assert not owes(place.user)


def test_who_is_an_expert_the_database_alone_says(database: Installation, clock: Any) -> None:
    place = world()
    written(EXPERTS)
    for person, so in ((place.expert, True), (place.user, False)):
        with database.apps() as connection:
            connection.execute(
                "UPDATE people_person SET advises = NOT %s, owes_terms = NOT %s WHERE id = %s", [so, so, person.pk]
            )
        person.refresh_from_db()
        assert (person.advises, person.owes_terms) == (so, so)
    stale = Person.objects.get(pk=place.user.pk)
    Expert.objects.create(person=place.user, expertise=place.expertise)
    stale.save()  # all its columns, as read before
    stale.refresh_from_db()
    assert (stale.advises, stale.owes_terms) == (True, True)
    with pytest.raises(psycopg.errors.CheckViolation), database.owners() as connection:
        connection.execute(
            "INSERT INTO people_termstext (kind, number, text, published_at, published_by_id)"
            " VALUES ('bylaws', 1, 'x', now(), %s)",
            [place.user.pk],
        )


def test_the_operator_writes_the_terms_for_experts_where_the_others_are_written() -> None:
    operator, client = somebody(is_staff=True), visitor()
    client.force_login(operator)
    assert "Terms for experts" in client.get("/operator/legal/").content.decode()
    there = "/operator/legal/experts/"
    assert "every expert has to agree" in client.get(there).content.decode()
    assert client.post(there, {"text": "Come on time.", "seen": "0", "publish": ""})["Location"] == "/operator/legal/"
    assert "Come on time." in visitor().get("/legal/experts/").content.decode()
