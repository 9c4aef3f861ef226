"""The operator's pages cost the same for fifteen rows as for one. Whose they are stands in tests/access."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from expertim.backoffice.urls import urlpatterns
from expertim.chat import actions
from expertim.chat.models import Message, Report
from expertim.expertise.models import RejectReason
from expertim.people.models import Person
from expertim.reviews.models import Review
from tests.backoffice.operating import lived, olga
from tests.world import World, unique, world

pytestmark = pytest.mark.usefixtures("database")

MOST = 8
PAGES = {
    "operator": (),
    "operator_audit": (),
    "operator_video": (),
    "operator_people": (),
    "operator_person": ("person",),
    "operator_movements": ("person",),
    "operator_told": ("person",),
    "operator_grant": ("person",),
    "operator_signing_in": ("person",),
    "operator_meetings": (),
    "operator_expertises": (),
    "operator_expertise": ("slug",),
    "operator_policy": ("slug",),
    "operator_texts": ("slug",),
    "operator_skill_new": ("slug",),
    "operator_skill": ("slug", "skill"),
    "operator_experts": ("slug",),
    "operator_reasons": (),
    "operator_reason_new": (),
    "operator_reason": ("reason",),
    "operator_legal": (),
    "operator_legal_text": ("legal",),
    "operator_reports": (),
    "operator_report": ("report",),
    "operator_credits": (),
    "operator_notices": (),
    "operator_reviews": (),
    "operator_review_hide": ("review",),
}


def reported(place: World) -> int:
    """A message that its reader has shown to the operators; as many again as the place has people, for the list."""
    for author in Person.objects.filter(reviews_written__expert=place.expert):
        key = unique("key")
        actions.say(writer=author.pk, reader=place.expert.pk, text="Words", key=key)
        said = Message.objects.select_related("chat").get(key=key)
        actions.report(person=place.expert.pk, chat=said.chat.public_id, message=said.pk, reason="Wrong")
    return int(Report.objects.latest("id").pk)


def addresses(place: World) -> dict[str, str]:
    values = {
        "person": place.user.public_id,
        "slug": place.expertise.slug,
        "skill": place.expertise.skills.first().pk,
        "reason": RejectReason.objects.first().pk,
        "legal": "terms",
        "report": reported(place),
        "review": Review.objects.filter(expert=place.expert).first().pk,
    }
    return {name: reverse(name, args=[values[kind] for kind in kinds]) for name, kinds in PAGES.items()}


def test_every_page_is_in_the_table_of_this_test():
    posted = {"operator_skill_up", "operator_expert_listed", "operator_service_offered", "operator_reason_offered"}
    posted |= {"operator_reason_up", "operator_notices_again", "operator_review_show", "operator_worker_release"}
    assert {pattern.name for pattern in urlpatterns} == set(PAGES) | posted


def test_as_many_statements_for_fifteen_rows_as_for_one_and_never_more_than_eight(clock):
    operator, counted = olga(), {}
    for rows in (1, 15):
        place = lived(rows)
        for name, address in addresses(place).items():
            operator.get(address)  # the first page of a process reads more
            with CaptureQueriesContext(connection) as taken:
                answer = operator.get(address)
            assert answer.status_code == 200, address
            counted[name, rows] = len(taken)
    assert {name: counted[name, 1] for name in PAGES} == {name: counted[name, 15] for name in PAGES}
    assert max(counted.values()) <= MOST, counted


def test_odd_addresses_are_not_found_or_the_beginning():
    operator, place = olga(), world()
    for address in (
        "/operator/people/nobody/",
        "/operator/people/a%00b/",
        "/operator/people/nobody/grant/",
        "/operator/meetings/?state=lost",
        "/operator/credits/?kind=lost",
        "/operator/notices/?list=lost",
        "/operator/reviews/?list=lost",
        "/operator/reviews/99999999999999999999/hide/",
        "/operator/expertises/nothing/",
        f"/operator/expertises/{place.expertise.slug}/skills/99999999999999999999/",
        "/operator/reasons/99999999999999999999/",
    ):
        assert operator.get(address).status_code == 404, address
    for page in ("people", "meetings", "credits", "notices", "reviews"):
        for query in ("before=99999999999999999999", "before=x", "before=-1", "q=%00%25_"):
            assert operator.get(f"/operator/{page}/?{query}").status_code == 200, (page, query)
