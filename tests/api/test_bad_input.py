"""The catalogue of bad input, as far as programs can send it: always 422 or its like, never 500, nothing written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from expertim.meetings.models import Meeting
from tests.api.asking import Program
from tests.api.test_acting import offer
from tests.world import events, in_, world

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    "start",
    [
        "2027-02-28T10:00",  # without a zone
        "2027-02-28",  # 11
        "2027-03-04",
        "0001-01-01T00:00:00Z",  # 5
        "9999-12-31T23:59:00Z",  # 4
        "9999-12-31T23:59:00-14:00",
        "2026-02-30T10:00:00Z",  # 6
        "2027-03-04T23:59:60Z",  # 10
        "2027-03-04T24:00:00Z",
        "2027-03-04T10:00:30Z",  # whole minutes
        "2027-03-04T10:00:00.5Z",
        "2027-03-04 10:00:00Z",
        "20270304T100000Z",
        "2027-W09-4T10:00:00Z",
        "2027-03-04T10:00:00+99:99",
        "2027-03-04T10:00:00+00:00:30",
        "٢٠٢٧-03-04T10:00:00Z",
        "now",
        "",
        1772618400,
        None,
        True,
        [],
        {},
        "\0",
        "\ud800",
    ],
)
def test_a_start_that_is_none_is_refused(start: Any) -> None:
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, start=start))
    assert (got.status, got.fields) == (422, ["start"])
    assert not Meeting.objects.filter(user=w.user).exists()


@pytest.mark.parametrize(
    "price",
    ["-1", "1e3", "NaN", "Infinity", "+25", " 25", "25 ", "1_0", "٢٥", "25,00", "25.001", "", "9" * 5000, 25, 25.0,
     100_000_000_000_000_000_000, None, True, [], {"x": 1}, "100000.00"],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused(price: Any) -> None:
    """14-17."""
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, price=price))
    assert (got.status, got.fields) == (422, ["price"])


@pytest.mark.parametrize("minutes", [-30, 10**9, 2**63, "60", 60.5, 1e300, True, None, []])
def test_a_length_that_is_none_is_refused(minutes: Any) -> None:
    """13, 17."""
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, minutes=minutes))
    assert (got.status, got.fields) == (422, ["minutes"])


@pytest.mark.parametrize("name", ["expertise", "expert", "service", "skill", "message"])
@pytest.mark.parametrize("value", ["\0", "a\0b", "\ud800", "x" * 2001, 5, True, [], {}])
def test_a_text_that_cannot_be_kept_is_refused(name: str, value: Any) -> None:
    """25, 26."""
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, **{name: value}))
    assert (got.status, got.fields) == (422, [name])


def test_words_are_kept_as_they_are_and_their_length_is_limited() -> None:
    """28-30."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    program = Program(w.user)
    got = program.post(f"/meetings/{meeting}/cancel", reason="x" * 1_000_000, fee="0.00")
    assert (got.status, got.code) == (413, "too_large")
    assert program.post(f"/meetings/{meeting}/cancel", reason="x" * 2001, fee="0.00").fields == ["reason"]
    words = "<script>alert(1)</script> {{7*7}} \u202e javascript:alert(1) 🙂"
    assert program.post(f"/meetings/{meeting}/cancel", reason=words, fee="0.00").status == 200
    assert words in program.get(f"/meetings/{meeting}/timeline").json["items"][-1]["text"]


BODIES = {
    "a key twice": b'{"reason": "a", "reason": "b", "fee": "0.00"}',  # 20
    "not a number": b'{"reason": "a", "fee": NaN}',  # 21
    "infinity": b'{"reason": "a", "fee": -Infinity}',
    "nested without end": b'{"reason": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",  # 22
    "nested": b'{"reason": "a", "fee": "0.00", "x": ' + b"[" * 30 + b"]" * 30 + b"}",
    "cut off": b'{"reason": "a", "fee"',  # 24
    "UTF-16": '{"reason": "a", "fee": "0.00"}'.encode("utf-16"),
    "Latin": '{"reason": "é", "fee": "0.00"}'.encode("latin-1"),
    "with a mark": b'\xef\xbb\xbf{"reason": "a", "fee": "0.00"}',
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "a number of 5000 digits": b'{"reason": "a", "fee": ' + b"9" * 5000 + b"}",
    "a fraction of 5000 digits": b'{"reason": "a", "fee": 0.' + b"9" * 5000 + b"}",
    "two objects": b"{}{}",
    "a comment": b'{"reason": "a" /* x */}',
    "a form": b"reason=a&fee=0.00",
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_json_object_is_refused(body: str) -> None:
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    before = events(meeting)
    got = Program(w.user).raw(f"/meetings/{meeting}/cancel", BODIES[body])
    assert (got.status, got.code) == (422, "invalid")
    assert got.json["errors"][0]["message"]
    assert events(meeting) == before


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""]
)
def test_another_content_type_is_refused(content_type: str) -> None:
    """24."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    body = json.dumps({"reason": "ill", "fee": "0.00"}).encode()
    got = Program(w.user).raw(f"/meetings/{meeting}/cancel", body, content_type)
    assert (got.status, got.code) == (415, "unsupported_media_type")


def test_an_act_that_needs_nothing_needs_no_body() -> None:
    w = world()
    meeting = w.propose(start=in_(hours=72))
    got = Program(w.expert).raw(f"/meetings/{meeting}/confirm", b"", "application/octet-stream")
    assert got.status == 200


def test_more_than_anybody_needs_is_refused() -> None:
    """23."""
    w = world()
    got = Program(w.user).raw("/meetings", b'{"x": "' + b"x" * 400_000 + b'"}')
    assert (got.status, got.code) == (413, "too_large")
    many = Program(w.user).post("/meetings", **offer(w), **{f"f{n}": n for n in range(5000)})
    assert many.status == 201  # names that it does not know change nothing


def test_every_fault_is_named_at_once() -> None:
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, start="x", price=1, minutes="x", message=5))
    assert got.fields == ["start", "price", "minutes", "message"]


@pytest.mark.parametrize("query", [{"list": "mine"}, {"list": ""}, {"expertise": "\0"}, {"expertise": "x" * 101}])
def test_a_query_that_asks_for_nothing_is_refused(query: dict[str, str]) -> None:
    w = world()
    got = Program(w.user).get("/meetings", **query)
    assert (got.status, got.fields) == (422, [*query])
    assert Program(w.user).get("/meetings", ordering="password", page="-1").status == 200  # 84: not names of ours
