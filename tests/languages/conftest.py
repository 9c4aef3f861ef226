"""Every meeting in every state, as the access matrix has it."""

from __future__ import annotations

import pytest

from tests import conftest
from tests.access.conftest import place as place


@pytest.fixture(autouse=True)
def _committing(database: conftest.Installation) -> None:
    """As all tests here: for real."""
