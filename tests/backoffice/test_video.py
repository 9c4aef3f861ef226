"""The operator's page of the video platforms."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from expertim.video import platforms
from expertim.video.proven import PROVEN
from tests.conftest import PlatformClock
from tests.world import person


@pytest.fixture
def operator(clock: PlatformClock) -> Client:
    client = Client()
    client.force_login(person("olga-of-video", is_staff=True))
    return client


def test_it_says_of_each_what_it_was_tried_against(operator: Client) -> None:
    page = operator.get("/operator/video/").content.decode()
    for proof in PROVEN.values():
        assert str(proof.name) in page
        assert str(proof.words).replace("'", "&#39;") in page
    assert page.count("Chosen for new meetings") == 1


def test_a_platform_set_up_in_part_and_chosen_is_named(
    operator: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VIDEO_PLATFORM = "zoom"
    monkeypatch.setenv("ZOOM_HOSTS", "one@example.org")
    platforms.register_configured()
    try:
        page = operator.get("/operator/video/").content.decode()
    finally:
        monkeypatch.undo()
        platforms.register_configured()
    assert "VIDEO_PLATFORM is zoom, which is not set up" in page
    assert "ZOOM_ACCOUNT_ID and ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET must be set as well" in page
    assert "one@example.org" not in page


def test_one_that_is_set_up_can_be_tried(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET", "HOSTS"):
        monkeypatch.setenv(f"ZOOM_{name}", f"the {name}")
    platforms.register_configured()
    try:
        page = operator.get("/operator/video/").content.decode()
    finally:
        monkeypatch.undo()
        platforms.forget("zoom")
    assert "expertim video check zoom --live" in page
    assert "ZOOM_WEBHOOK_SECRET is not set" in page
    assert "the CLIENT_SECRET" not in page
