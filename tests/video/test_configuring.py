"""Platforms from the environment: set whole or not at all, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from expertim.video import bigbluebutton, jitsi, livekit, platforms
from expertim.video.checks import platforms_are_set_up_whole, the_platform_is_there
from expertim.video.configuring import further_origins
from expertim.video.port import Entry, Misconfigured
from tests.video.fakes.jitsi import key_pair

JITSI = {
    "JITSI_URL": "https://Meet.example.org/",
    "JITSI_APP_ID": "expertim",
    "JITSI_APP_SECRET": "a secret",
}
BBB = {"BBB_URL": "https://bbb.example.org/bigbluebutton/api/", "BBB_SECRET": "a secret"}
LIVEKIT = {
    "LIVEKIT_URL": "wss://livekit.example.org:7443",
    "LIVEKIT_PAGE": "https://meet.example.org/custom",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "a secret",
}
MODULES = {"jitsi": (jitsi, JITSI), "bigbluebutton": (bigbluebutton, BBB), "livekit": (livekit, LIVEKIT)}


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is registered meanwhile is gone afterwards."""
    before = set(platforms.known())
    yield
    monkeypatch.undo()
    for key in set(platforms.known()) - before:
        platforms.forget(key)
    platforms.register_configured()


def put(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("key", sorted(MODULES))
def test_without_its_variables_a_platform_is_not_there(key: str) -> None:
    assert MODULES[key][0].configured() is None
    assert key not in platforms.known()


@pytest.mark.parametrize("key", sorted(MODULES))
def test_with_its_variables_it_is_there_and_may_be_chosen(
    key: str, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    put(monkeypatch, MODULES[key][1])
    platforms.register_configured()
    assert key in platforms.known()
    assert platforms_are_set_up_whole() == []
    settings.VIDEO_PLATFORM = key  # type: ignore[attr-defined]
    assert the_platform_is_there() == []
    assert all(origin.startswith("https://") and origin == origin.lower() for origin in platforms.origins(key))


@pytest.mark.parametrize(("key", "missing"), [(key, name) for key in MODULES for name in MODULES[key][1]])
def test_what_is_missing_is_named_and_the_others_go_on(
    key: str, missing: str, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for _module, variables in MODULES.values():
        put(monkeypatch, variables)
    monkeypatch.delenv(missing)
    platforms.register_configured()
    [message] = platforms_are_set_up_whole()
    assert message.id == "expertim.E023"
    assert missing in message.msg
    assert set(platforms.known()) >= {"builtin", *MODULES} - {key}
    assert key not in platforms.known()
    settings.VIDEO_PLATFORM = key  # type: ignore[attr-defined]
    assert [message.id for message in the_platform_is_there()] == ["expertim.E024"]


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("jitsi", {"JITSI_URL": "http://meet.example.org"}),
        ("jitsi", {"JITSI_URL": "https://user:word@meet.example.org"}),
        ("jitsi", {"JITSI_URL": "https://meet.example.org:nought"}),
        ("jitsi", {"JITSI_END_URL": "http://10.0.0.7:5280/end-meeting"}),
        ("jitsi", {"JITSI_END_URL": "http://10.0.0.7", "JITSI_END_KEY": "/nowhere", "JITSI_END_KEY_ID": "1"}),
        ("bigbluebutton", {"BBB_CHECKSUM": "md5"}),
        ("bigbluebutton", {"BBB_SERVER_URL": "ftp://10.0.0.6"}),
        ("livekit", {"LIVEKIT_URL": "ws://livekit.example.org"}),
        ("livekit", {"LIVEKIT_PAGE": "https://meet.example.org/custom?a=b"}),
        ("livekit", {"VIDEO_ORIGINS": "bbb.example.org"}),
        ("livekit", {"VIDEO_ORIGINS": "https://*"}),
        ("livekit", {"VIDEO_ORIGINS": "https://a.example.org;script-src *"}),
    ],
)
def test_what_is_wrong_is_named(key: str, changed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, MODULES[key][1] | changed)
    platforms.register_configured()
    assert key in platforms.faults()
    assert key not in platforms.known()
    assert any(name in platforms.faults()[key] for name in changed) or "JITSI_END" in platforms.faults()[key]


def test_a_jitsi_that_can_be_told_to_end_meetings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(key_pair("system")[0])
    ends = {"JITSI_END_URL": "http://10.0.0.7:5280/end-meeting", "JITSI_END_KEY": str(path), "JITSI_END_KEY_ID": "1"}
    put(monkeypatch, JITSI | ends)
    assert jitsi.configured() is not None


ALLOWED = ("https://bbb.example.org", "https://*.pool.example.org", "https://meet.example.org:8443")


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://bbb.example.org/bigbluebutton/api/join?a=b", True),
        ("https://bbb.example.org:443/", True),
        ("https://one.pool.example.org/", True),
        ("https://meet.example.org:8443/", True),
        ("https://pool.example.org/", False),
        ("https://meet.example.org/", False),
        ("https://bbb.example.org:8443/", False),
        ("http://bbb.example.org/", False),
        ("//bbb.example.org/", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://evil.example.org/", False),
        ("https://bbb.example.org.evil.example/", False),
        ("https://evilpool.example.org/", False),
        ("https://bbb.example.org@evil.example/", False),
        ("https://evil.example\\@bbb.example.org/", False),
        ("https://bbb.example.org/\r\nSet-Cookie: a=b", False),
        ("https://bbb.example.org/\n", False),
        ("https://bbb.example.org/" + "x" * 10_000, False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_people_are_sent_to_the_platform_and_nowhere_else(url: str, fine: bool) -> None:
    why = platforms.refused_address(Entry(kind="redirect", url=url), allowed=ALLOWED)
    assert (why == "") == fine


def test_further_places_are_read_as_browsers_compare_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_ORIGINS", "https://*.Pool.example.org/ , https://b.example.org:8443")
    assert further_origins() == ("https://*.pool.example.org", "https://b.example.org:8443")
    monkeypatch.setenv("VIDEO_ORIGINS", "http://a.example.org")
    with pytest.raises(Misconfigured, match="VIDEO_ORIGINS"):
        further_origins()
