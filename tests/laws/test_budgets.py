"""What a page may cost, in counts: statements, and pages of memory that the database touches. Never in seconds.

On a database of its own, filled as the benchmark fills its own: somebody with ten meetings, somebody with thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg import conninfo, sql

from bench.filling import fill
from bench.people import addresses, proposals
from tests import conftest
from tests.explaining import explained

MEETINGS = 6_000
BUSY = 3_000

# Statements, session, person and header included; and buffers for the person with few meetings and with many.
BUDGETS = {
    "dashboard": (5, 600),
    "dashboard, busy": (5, 600),
    "meetings": (2, 400),
    "meetings, busy": (2, 400),
    "meeting": (4, 120),
    "account": (4, 400),
    "account, busy": (4, 700),
    "experts": (5, 1500),  # two of them for when they are free, where anybody keeps hours
    "expert": (7, 600),
    "propose form": (4, 150),
}


@pytest.fixture(scope="module")
def crowded(installation: conftest.Installation) -> Iterator[None]:
    """A database of many meetings, made from the template; Django is led back to the suite's own afterwards."""
    name = f"{conninfo.conninfo_to_dict(installation.owner_url)['dbname']}_crowded"
    with conftest._one_at_a_time():
        template = conftest._template(installation.owner_url, installation.app)
        with psycopg.connect(installation.owner_url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
    fill(conninfo.make_conninfo(installation.owner_url, dbname=name), meetings=MEETINGS, busy=BUSY)
    conftest._point_django_at(conninfo.make_conninfo(installation.app, dbname=name))
    yield
    conftest._point_django_at(installation.app)


@pytest.fixture(scope="module")
def costs(crowded: None, django_db_blocker: Any) -> dict[str, tuple[int, int]]:
    """Statements and buffers of each page, at the second visit."""
    found = {}
    for name, (cookie, path) in addresses().items():
        client = Client(headers={"cookie": cookie})
        assert client.get(path).status_code == 200, path
        plans = explained(lambda client=client, path=path: client.get(path))
        found[name] = len(plans), sum(plan.buffers for plan in plans)
    return found


@pytest.mark.parametrize("page", BUDGETS)
def test_a_page_stays_within_its_budget(costs: dict[str, tuple[int, int]], page: str) -> None:
    statements, buffers = costs[page]
    most_statements, most_buffers = BUDGETS[page]
    assert statements <= most_statements
    assert buffers <= most_buffers


def test_the_filling_of_the_benchmark_is_valid(crowded: None) -> None:
    """K6: what is measured is a platform as it could be."""
    from expertim.meetings.audit import audit

    assert audit().discrepancies == []


def test_no_check_of_the_audit_reads_everything_again_for_every_row(crowded: None) -> None:
    """K6 on a platform of some years: a handful of index pages a row at most, never the whole table."""
    from expertim.credits.audit import CHECKS as ledger
    from expertim.meetings.audit import CHECKS as meetings

    for name, statement in (ledger | meetings).items():
        (plan,) = explained(lambda statement=statement: _asked(statement))
        assert plan.buffers <= 12 * MEETINGS + 5_000, name


# Buffers of a page of finding among so many experts of one Expertise.
FINDING = {
    "": 1_500,
    "order=name": 600,
    "order=price": 1_500,
    "order=held&held=1": 1_500,
    "skill=skill-1&language=cs&from=1&to=99&answers=240&time=80": 1_500,
    "favourites=1": 1_500,
    "q=fifteen+years": 2_500,
}


@pytest.fixture(scope="module")
def ten_thousand(costs: Any, installation: conftest.Installation) -> tuple[Client, str]:
    """As many experts in one Expertise, beside those whose pages have been measured; somebody who looks there."""
    cookie, path = addresses()["experts"]
    database = conninfo.make_conninfo(installation.owner_url, dbname=connection.settings_dict["NAME"])
    with psycopg.connect(database, autocommit=True) as owner, owner.transaction():
        owner.execute(
            "INSERT INTO people_person (password, is_superuser, public_id, email, name, time_zone, date_format,"
            " language, is_staff, is_active, joined_at)"
            " SELECT '!', false, 'many' || n, format('many%s@example.org', n), 'Expert ' || n, 'UTC',"
            " 'DD.MM.YYYY HH:MM', 'en', false, true, now() FROM generate_series(1, 10000) n"
        )
        owner.execute(
            "INSERT INTO expertise_expert (person_id, expertise_id, headline, introduction, active)"
            " SELECT p.id, x.id, '\"Fifteen years\"', to_jsonb(repeat('What I do all day. ', 20)), true"
            " FROM people_person p, expertise_expertise x WHERE p.public_id LIKE 'many%%' AND x.slug = %s",
            [path.split("/")[2]],
        )
        owner.execute(
            "INSERT INTO expertise_reliability (expert_id, counted_at, held, answer_minutes, on_time_percent)"
            " SELECT expert_id, now(), expert_id %% 50, expert_id %% 5000, 50 + expert_id %% 51 FROM expertise_listing",
            [],
        )
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE expertise_listing, expertise_reliability, expertise_expert, people_person")
    return Client(headers={"cookie": cookie}), path


@pytest.mark.parametrize("query", FINDING)
def test_finding_among_ten_thousand_stays_within_its_budget(ten_thousand: tuple[Client, str], query: str) -> None:
    client, path = ten_thousand
    assert client.get(f"{path}?{query}").status_code == 200
    plans = explained(lambda: client.get(f"{path}?{query}"))
    assert len(plans) <= BUDGETS["experts"][0]
    assert sum(plan.buffers for plan in plans) <= FINDING[query]


def _asked(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_proposal_reads_the_wallets_it_touches_and_no_other(
    crowded: None, installation: conftest.Installation
) -> None:
    """Among so many people that reading them all costs more than looking two up."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(conninfo.make_conninfo(installation.owner_url, dbname=name), autocommit=True) as owner:
        owner.execute(
            "INSERT INTO people_person (password, is_superuser, public_id, email, name, time_zone, date_format,"
            " language, is_staff, is_active, joined_at)"
            " SELECT '!', false, 'more' || n, format('more%s@example.org', n), 'More', 'UTC', 'DD.MM.YYYY HH:MM', 'en',"
            " false, true, now() FROM generate_series(1, 5000) n"
        )
        owner.execute("ANALYZE people_person, credits_wallet")
    cookie, path, fields, after = next(proposals())
    client = Client(headers={"cookie": cookie})
    typed = fields | {"key": "k", "date": f"{after + timedelta(days=2):%Y-%m-%d}", "time": "10:00"}
    before = _wallets_read()
    assert client.post(path, typed).status_code == 303
    assert _wallets_read() - before < 20


def _wallets_read() -> int:
    """Rows of wallets that sequential scans have read so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'credits_wallet'")
        return int(cursor.fetchone()[0])
