"""Sessions that nobody will come back to are dropped, the others stay."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from expertim.foundation import clock
from expertim.people.sessions import sweep

pytestmark = pytest.mark.usefixtures("database")


def test_the_sweep_drops_expired_sessions_only() -> None:
    old, new = secrets.token_hex(16), secrets.token_hex(16)
    now = clock.machine_now()
    Session.objects.create(session_key=old, session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key=new, session_data="", expire_date=now + timedelta(days=1))
    while sweep(100) == 100:
        pass
    assert list(Session.objects.filter(session_key__in=[old, new]).values_list("session_key", flat=True)) == [new]
