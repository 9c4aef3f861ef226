"""X2: an operator reads every meeting and writes none."""

from __future__ import annotations

from tests.world import in_, person, row, world


def test_an_operator_reads_a_meeting_with_its_timeline_and_changes_nothing(database, clock, client):
    w = world()
    meeting = row(w.agreed(start=in_(hours=72)))
    client.force_login(person("olga", is_staff=True))
    listed = client.get("/admin/meetings/meeting/", {"q": meeting.public_id})
    assert meeting.public_id in listed.content.decode()
    page = client.get(f"/admin/meetings/meeting/{meeting.pk}/change/")
    assert page.status_code == 200
    assert "approved" in page.content.decode()
    assert client.post(f"/admin/meetings/meeting/{meeting.pk}/change/", {"state": "expired"}).status_code == 403
    assert client.get("/admin/meetings/meeting/add/").status_code == 403
    assert row(meeting.public_id).state == "agreed"


def test_nobody_else_comes_in(database, clock, client):
    w = world()
    client.force_login(w.user)
    assert client.get("/admin/meetings/meeting/").status_code in (302, 403)
