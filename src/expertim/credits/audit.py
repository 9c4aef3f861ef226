"""K6, the ledger's half: every balance recomputed from the entries, K1-K3 checked, each discrepancy named.

Written in SQL over the rows alone, on purpose: an audit that called the code it audits would repeat its mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

from expertim.foundation.amounts import amount_text

# Each check answers one sentence a row; no row, no discrepancy.
CHECKS = {
    "K1 postings": """
        SELECT format('posting %s (%s): %s of %s legs, sum %s', p.id, p.cause, count(e.id), p.legs,
                      coalesce(sum(e.amount), 0))
          FROM credits_posting p LEFT JOIN credits_entry e ON e.posting_id = p.id
         GROUP BY p.id HAVING count(e.id) <> p.legs OR coalesce(sum(e.amount), 0) <> 0 OR count(e.id) < 2""",
    "K1 total": """
        SELECT format('all entries together come to %s instead of 0', sum(amount))
          FROM credits_entry HAVING coalesce(sum(amount), 0) <> 0""",
    "K2 wallets": """
        SELECT format('wallet %s: %s available, %s blocked; its entries say %s and %s', w.person_id, w.available,
                      w.blocked, coalesce(e.available, 0), coalesce(e.blocked, 0))
          FROM credits_wallet w LEFT JOIN (
               SELECT wallet_id, sum(amount) FILTER (WHERE account = 'available') AS available,
                      sum(amount) FILTER (WHERE account = 'blocked') AS blocked
                 FROM credits_entry WHERE wallet_id IS NOT NULL GROUP BY wallet_id) e ON e.wallet_id = w.person_id
         WHERE w.available < 0 OR w.blocked < 0
            OR w.available <> coalesce(e.available, 0) OR w.blocked <> coalesce(e.blocked, 0)""",
    "K2 everybody has a wallet": """
        SELECT format('person %s has no wallet', p.id) FROM people_person p
         WHERE NOT EXISTS (SELECT 1 FROM credits_wallet w WHERE w.person_id = p.id)""",
    "K3 open blocks": """
        SELECT format('wallet %s: %s blocked, its open blocks come to %s', w.person_id, w.blocked,
                      coalesce(sum(b.amount), 0))
          FROM credits_wallet w LEFT JOIN credits_block b ON b.wallet_id = w.person_id AND b.closed_by_id IS NULL
         GROUP BY w.person_id HAVING w.blocked <> coalesce(sum(b.amount), 0)""",
    "K3 blocks as posted": """
        SELECT format('block %s of %s was opened with %s', b.id, b.amount, opened.amount)
          FROM credits_block b JOIN credits_posting p ON p.id = b.opened_by_id
          LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM credits_entry
                 WHERE posting_id = p.id AND wallet_id = b.wallet_id AND account = 'blocked') opened ON true
         WHERE opened.amount IS DISTINCT FROM b.amount OR p.kind <> 'block' OR p.reference <> b.reference""",
    "K3 each block ends in one way": """
        SELECT format('block %s of %s ended with %s taken from it, %s returned, %s deducted, %s paid, %s commission',
                      b.id, b.amount, ends.taken, ends.returned, ends.deducted, ends.paid, ends.commission)
          FROM credits_block b JOIN credits_posting p ON p.id = b.closed_by_id
          JOIN LATERAL (
               SELECT -coalesce(sum(amount) FILTER (WHERE account = 'blocked' AND wallet_id = b.wallet_id), 0) AS taken,
                      coalesce(sum(amount) FILTER (WHERE account = 'available' AND wallet_id = b.wallet_id), 0)
                          AS returned,
                      -coalesce(sum(amount) FILTER (WHERE movement = 'deduction'), 0) AS deducted,
                      coalesce(sum(amount) FILTER (WHERE movement = 'payment'), 0) AS paid,
                      coalesce(sum(amount) FILTER (WHERE account = 'commission'), 0) AS commission
                 FROM credits_entry WHERE posting_id = p.id) ends ON true
         WHERE (ends.taken, ends.returned, ends.deducted, ends.paid, ends.commission)
               IS DISTINCT FROM (b.amount, b.returned, b.deducted, b.paid, b.commission)
            OR p.kind <> 'close' OR p.reference <> b.reference""",
    "K5 balances shown": """
        SELECT format('entry %s of wallet %s shows a balance of %s, it was %s', id, wallet_id, balance, was)
          FROM (SELECT id, wallet_id, balance, sum(amount) OVER (PARTITION BY wallet_id ORDER BY id) AS was
                  FROM credits_entry WHERE wallet_id IS NOT NULL) e
         WHERE balance <> was""",
}

_FIGURES = """
    SELECT (SELECT count(*) FROM credits_wallet), (SELECT coalesce(sum(available), 0) FROM credits_wallet),
           (SELECT coalesce(sum(blocked), 0) FROM credits_wallet), (SELECT count(*) FROM credits_posting),
           (SELECT count(*) FROM credits_entry), (SELECT count(*) FROM credits_block WHERE closed_by_id IS NULL),
           coalesce(sum(amount) FILTER (WHERE account = 'commission'), 0),
           coalesce(sum(amount) FILTER (WHERE account = 'bonus'), 0),
           coalesce(sum(amount) FILTER (WHERE account = 'issuance'), 0)
      FROM credits_entry WHERE wallet_id IS NULL"""


@dataclass(slots=True, kw_only=True)
class Report:
    """What an audit found: figures by name, and each discrepancy in a sentence."""

    figures: dict[str, str] = field(default_factory=dict)
    discrepancies: list[str] = field(default_factory=list)

    def check(self, checks: dict[str, str]) -> None:
        with connection.cursor() as cursor:
            for name, statement in checks.items():
                cursor.execute(statement)
                self.discrepancies += [f"{name}: {row[0]}" for row in cursor.fetchall()]


@contextmanager
def one_moment() -> Iterator[None]:
    """One snapshot for all checks, so that an audit of a busy installation is an audit of one moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def audit_ledger(report: Report) -> None:
    """Add the ledger's figures and discrepancies; to be called inside `one_moment`."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        wallets, available, blocked, postings, entries, blocks, commission, bonus, issuance = cursor.fetchone()
    report.figures |= {
        "wallets": str(wallets),
        "available": amount_text(int(available)),
        "blocked": f"{amount_text(int(blocked))} in {blocks} blocks",
        "commission": amount_text(int(commission)),
        "bonuses": amount_text(int(-bonus)),
        "granted": amount_text(int(-issuance)),
        "postings": f"{postings} with {entries} entries",
    }
    report.check(CHECKS)
