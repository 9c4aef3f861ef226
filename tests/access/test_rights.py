"""The admin's part of the matrix; and rights that are lost while somebody is signed in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, reverse

from expertim.people.feeds import new_feed
from expertim.people.models import Person
from tests.access.answering import answered
from tests.access.routes import ADMIN, ADMIN_ALONE
from tests.access.scenes import ROLES, Scene, rich
from tests.meetings.visiting import act
from tests.world import World


def admin_address(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{page}", args=args)


def test_every_model_and_page_of_the_admin_is_in_the_table() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(ADMIN)
    pages = {str(pattern.name) for pattern in admin.site.get_urls() if isinstance(pattern, URLPattern)}
    assert pages <= ADMIN_ALONE | {"None"}


@pytest.mark.parametrize("model", ADMIN)
def test_the_admin_is_the_operators_and_keeps_what_must_not_be_edited(place: Scene, model: str) -> None:
    may, one = ADMIN[model].split(), next(iter(admin_rows(model)), None)
    for role in ROLES:
        client, inside = place.client(role), role.startswith("operator")
        pages: list[tuple[str, tuple[Any, ...], bool, bool]] = [
            ("changelist", (), may != ["nothing"], False),
            ("add", (), "add" in may, "add" in may),
        ]
        if one is not None:
            pages += [("change", (one,), may != ["nothing"], "change" in may), ("delete", (one,), False, False)]
        for page, args, shown, taken in pages:
            address = admin_address(model, page, *args)
            got = client.get(address).status_code
            assert got == (302 if not inside else 200 if shown else 403), (role, page)
            if page != "changelist":
                got = client.post(address, {}).status_code
                assert got in ((302,) if not inside else (200, 302) if taken else (403,)), (role, page)


def admin_rows(model: str) -> list[Any]:
    found = next(known for known in admin.site._registry if known._meta.label_lower == model)
    return list(found._default_manager.values_list("pk", flat=True)[:1])


def test_who_is_no_operator_any_more_loses_every_page_at_the_next_request(place: Scene) -> None:
    """ASVS 8.3.2: the session goes on, the rights do not."""
    client = place.client("operator")
    addresses = ["/operator/", f"/meetings/{place.meetings['agreed']}/", "/operator/disputes/", "/operator/credits/"]
    assert [client.get(address).status_code for address in addresses] == [200] * 4
    Person.objects.filter(pk=place.operator.pk).update(is_staff=False)
    try:
        assert [client.get(address).status_code for address in addresses] == [404] * 4
        assert client.get("/admin/").status_code == 302
        grant = reverse("operator_grant", args=[place.other.public_id])
        assert client.post(grant, {"amount": "5", "reason": "x", "granting": "500"}).status_code == 404
        assert client.get("/account/").status_code == 200
    finally:
        Person.objects.filter(pk=place.operator.pk).update(is_staff=True)


@pytest.mark.parametrize("role", ROLES[1:])
def test_who_is_switched_off_is_out_at_the_next_request(place: Scene, role: str) -> None:
    client, somebody = place.client(role), place.person(role)
    assert somebody is not None
    assert answered(client, "get", "/account/") == "200"
    Person.objects.filter(pk=somebody.pk).update(is_active=False)
    try:
        for name in ("account", "meetings", "operator"):
            assert answered(client, "get", reverse(name)) == "in"
        assert answered(client, "post", act(place.meeting(role, "agreed"), "cancel"), data={"reason": "x"}) == "in"
    finally:
        Person.objects.filter(pk=somebody.pk).update(is_active=True)


def test_a_calendar_address_of_somebody_switched_off_leads_nowhere() -> None:
    w: World = rich(operator=False)
    address = reverse("calendar_feed", args=[new_feed(person=w.user)])
    assert Client().get(address).status_code == 200
    Person.objects.filter(pk=w.user.pk).update(is_active=False)
    assert Client().get(address).status_code == 404
    assert re.fullmatch(r"/calendar/[\w-]{43}\.ics", address)
