"""A platform that fails when told to, for tests of the shell around platforms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from expertim.video import platforms, rooms
from tests.conftest import PlatformClock
from tests.video.platforms_tried import Shaky


@pytest.fixture
def shaky(settings: Any, clock: PlatformClock) -> Iterator[Shaky]:
    """A platform that is down; meetings agreed now are to take place there."""
    made = Shaky()
    platforms.register(made, origins=["https://shaky.example.org"])
    settings.VIDEO_PLATFORM = made.key
    yield made
    platforms.forget(made.key)
    rooms._rests_until.clear()
