"""The audit's own manners; what it finds is tested where the books are kept."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from expertim.credits import audit as credits_audit
from expertim.meetings import audit

CHECKS = {**credits_audit.CHECKS, **audit.CHECKS}


@pytest.mark.parametrize("name", CHECKS)
def test_no_check_searches_a_table_anew_for_each_row(database, name):
    """With a hundred thousand meetings a "newest block of this meeting, LIMIT 1" took hours instead of a second."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + CHECKS[name])
        [plan] = cursor.fetchone()
    assert '"Limit"' not in json.dumps(plan)
