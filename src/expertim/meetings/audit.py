"""K6, the meetings' half: every rule that ties a meeting's status to its credits, from the rows alone."""

from __future__ import annotations

from django.db import connection

from expertim.credits.audit import Report, audit_ledger, one_moment

# The last block a meeting ever had; earlier ones were returned (a rejected meeting that was proposed anew). Sorted
# once: no index leads from a meeting to its closed blocks, and a look at all of them for each meeting takes for ever.
_LAST = """
    LEFT JOIN (SELECT DISTINCT ON (reference) * FROM credits_block ORDER BY reference, id DESC) b ON b.reference = m.id
    LEFT JOIN credits_posting p ON p.id = b.closed_by_id"""

CHECKS = {
    "payment and blocks": f"""
        SELECT format('meeting %s: payment is %s, but %s', m.public_id, m.payment,
                      CASE WHEN b.id IS NULL THEN 'nothing was ever blocked'
                           WHEN b.closed_by_id IS NULL THEN format('%s are blocked', b.amount)
                           ELSE format('%s were returned and %s deducted', b.returned, b.deducted) END)
          FROM meetings_meeting m {_LAST}
         WHERE NOT CASE m.payment
               WHEN 'free' THEN b.id IS NULL
               WHEN 'not_blocked' THEN b.id IS NULL
               WHEN 'blocked' THEN b.id IS NOT NULL AND b.closed_by_id IS NULL
               WHEN 'returned' THEN coalesce(b.deducted = 0, false)
               WHEN 'reimbursed_cancellation' THEN coalesce(b.deducted > 0 AND m.state = 'cancelled', false)
               WHEN 'paid' THEN coalesce(b.deducted > 0 AND m.state = 'agreed', false) END""",
    "blocks of the right size and person": """
        SELECT format('block %s of %s for meeting %s, whose price is %s', b.id, b.amount, b.reference, m.price)
          FROM credits_block b LEFT JOIN meetings_meeting m ON m.id = b.reference
         WHERE m.id IS NULL OR b.amount <> m.price OR b.wallet_id <> m.user_id""",
    "earlier blocks returned": """
        SELECT format('meeting %s had %s deducted from a block that was not its last', b.reference, b.deducted)
          FROM credits_block b
         WHERE EXISTS (SELECT 1 FROM credits_block later WHERE later.reference = b.reference AND later.id > b.id)
           AND (b.closed_by_id IS NULL OR b.deducted <> 0)""",
    "fees by the terms": f"""
        SELECT format('meeting %s: %s deducted where its terms say %s', m.public_id, b.deducted, due.fee)
          FROM meetings_meeting m {_LAST}
          JOIN LATERAL (SELECT round(m.price * CASE
                    WHEN m.state = 'cancelled' THEN (m.terms ->> 'late_fee_percent')::numeric
                    WHEN m.progress = 'went_smoothly' THEN 100
                    WHEN m.progress = 'no_show_user' THEN (m.terms ->> 'no_show_fee_percent')::numeric
                    ELSE 0 END / 100) AS fee) due ON true
         WHERE m.payment IN ('reimbursed_cancellation', 'paid') AND b.deducted <> due.fee
           AND NOT EXISTS (SELECT 1 FROM meetings_timelineevent t
                 WHERE t.meeting_id = m.id AND t.event = 'progress_evaluated' AND t.by = 'operator')""",
    "commission by the terms": """
        SELECT format('meeting %s: commission %s of %s deducted', m.public_id, b.commission, b.deducted)
          FROM credits_block b JOIN meetings_meeting m ON m.id = b.reference
         WHERE b.commission <> round(b.deducted * (m.terms ->> 'commission_percent')::numeric / 100)""",
    "paid to the expert": """
        SELECT format('meeting %s: %s paid to person %s', m.public_id, e.amount, e.wallet_id)
          FROM credits_entry e JOIN credits_posting p ON p.id = e.posting_id
          JOIN meetings_meeting m ON m.id = p.reference
         WHERE p.kind = 'close' AND ((e.movement = 'payment' AND e.wallet_id <> m.expert_id)
            OR (e.account = 'blocked' AND e.wallet_id <> m.user_id))""",
    "timelines": """
        SELECT format('meeting %s: %s events, version %s', m.public_id, count(t.id), m.version)
          FROM meetings_meeting m LEFT JOIN meetings_timelineevent t ON t.meeting_id = m.id
         GROUP BY m.id HAVING count(t.id) <> m.version OR max(t.sequence) <> m.version""",
    "status and timeline": """
        SELECT format('meeting %s is %s, %s, %s; its timeline has %s', m.public_id, m.state, m.payment,
                      coalesce(m.progress, 'not evaluated'), told.events)
          FROM meetings_meeting m
          JOIN LATERAL (SELECT array_agg(DISTINCT t.event ORDER BY t.event) AS events,
                               count(*) FILTER (WHERE t.event = 'progress_evaluated') AS evaluated,
                               count(*) FILTER (WHERE t.event IN ('cancelled', 'expired')) AS ended
                          FROM meetings_timelineevent t WHERE t.meeting_id = m.id) told ON true
         WHERE (m.state = 'cancelled') <> ('cancelled' = ANY (told.events))
            OR (m.state = 'expired') <> ('expired' = ANY (told.events))
            OR (m.payment = 'reimbursed_cancellation') <> ('reimbursed' = ANY (told.events))
            OR told.evaluated <> CASE WHEN m.progress IN ('went_smoothly', 'no_show_user', 'no_show_expert')
                                 THEN 1 ELSE 0 END
            OR (m.progress = 'disputed' AND NOT 'progress_disputed' = ANY (told.events))
            OR told.ended > 1""",
    "statements and timeline": """
        SELECT format('meeting %s: %s statements, %s told', m.public_id, said.said, said.told)
          FROM meetings_meeting m
          JOIN LATERAL (SELECT (SELECT count(*) FROM meetings_statement s WHERE s.meeting_id = m.id) AS said,
                               (SELECT count(*) FROM meetings_timelineevent t
                                 WHERE t.meeting_id = m.id AND t.event = 'progress_recorded') AS told) said ON true
         WHERE said.said <> said.told""",
    "joins and timeline": """
        SELECT format('meeting %s: %s joined, %s told', m.public_id, log.joined, log.told)
          FROM meetings_meeting m
          JOIN LATERAL (SELECT (SELECT count(DISTINCT (a.generation, a.party)) FROM meetings_attendance a
                                 WHERE a.meeting_id = m.id) AS joined,
                               (SELECT count(*) FROM meetings_timelineevent t
                                 WHERE t.meeting_id = m.id AND t.event = 'attended') AS told) log ON true
         WHERE log.joined <> log.told""",
    "bonuses for words": """
        SELECT format('bonus %s without a review', p.cause) FROM credits_posting p
         WHERE p.kind = 'bonus' AND NOT EXISTS (SELECT 1 FROM reviews_review r
               WHERE p.cause = format('bonus:%s:%s', r.user_id, r.expert_id))""",
}


def audit() -> Report:
    """Recompute and compare everything; changes nothing."""
    report = Report()
    with one_moment():
        with connection.cursor() as cursor:
            cursor.execute("SELECT state, count(*) FROM meetings_meeting GROUP BY state ORDER BY state")
            states = cursor.fetchall()
        report.figures["meetings"] = ", ".join(f"{count} {state}" for state, count in states) or "0"
        audit_ledger(report)
        report.check(CHECKS)
    return report
