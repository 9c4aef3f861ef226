-- Meetings by the thousand, as a platform of some years has them: set-based, and valid by `expertim audit`.
-- Parameters: meetings, users, experts, busy (meetings of the one busy person), terms. As the owner of the tables.

ALTER TABLE meetings_meeting DISABLE TRIGGER USER;
ALTER TABLE credits_posting DISABLE TRIGGER USER;
ALTER TABLE credits_entry DISABLE TRIGGER USER;
ALTER TABLE credits_block DISABLE TRIGGER USER;

CREATE TEMP TABLE folk AS
SELECT n, nextval(pg_get_serial_sequence('people_person', 'id')) AS id, CASE WHEN n > {users} THEN 'expert' ELSE 'user' END AS role
  FROM generate_series(1, {users} + {experts}) n;
INSERT INTO people_person (id, password, is_superuser, public_id, email, name, time_zone, date_format, language, is_staff,
                           is_active, joined_at)
SELECT id, '!', false, substr(md5('person' || n), 1, 16), role || n || '@example.org',
       (ARRAY['Alice','Bob','Charlie','Dana','Erin','Frank'])[n % 6 + 1] || ' ' || initcap(substr(md5(n::text), 1, 7)),
       (ARRAY['Europe/Prague','America/New_York','Asia/Tokyo'])[n % 3 + 1], 'DD.MM.YYYY HH:MM', 'en', false, true, now()
  FROM folk ORDER BY n;

INSERT INTO expertise_expertise (slug, name, introduction, position, free_cancellation_hours, late_fee_percent,
       commission_percent, no_show_fee_percent, join_opens_minutes, join_closes_minutes, reminder_hours, link_minutes,
       evaluation_reminder_hours, settlement_hours, review_bonus)
SELECT 'field-' || n, to_jsonb('Field ' || n), '""', n, 48, 50, 20, 100, 15, 60, 24, 60, 24, 168, 0
  FROM generate_series(1, 4) n;
INSERT INTO expertise_skill (expertise_id, slug, name, position)
SELECT x.id, 'skill-' || n, to_jsonb('Skill ' || n), n FROM expertise_expertise x, generate_series(1, 8) n;
INSERT INTO expertise_expert (person_id, expertise_id, headline, introduction, active)
SELECT f.id, x.id, to_jsonb('Fifteen years of practice in ' || x.slug), to_jsonb(repeat('What I do all day. ', 20)), true
  FROM folk f JOIN expertise_expertise x ON x.position = f.n % 4 + 1 WHERE f.role = 'expert';
INSERT INTO expertise_service (expert_id, public_id, slug, kind, title, length_minutes, price, active, position)
SELECT e.id, substr(md5('service' || e.id || n), 1, 16), 'service-' || n, 'expert-advice', to_jsonb('Advice ' || n), 60, 2500,
       true, n
  FROM expertise_expert e, generate_series(1, 2) n;
INSERT INTO expertise_service_skills (service_id, skill_id)
SELECT s.id, k.id FROM expertise_service s JOIN expertise_expert e ON e.id = s.expert_id
  JOIN expertise_skill k ON k.expertise_id = e.expertise_id AND k.position % 4 = (e.id + s.position) % 4;

-- The first user is the busy one, the second has ten meetings, the others share the rest.
CREATE TEMP TABLE met AS
SELECT n, nextval('meetings_meeting_ids') AS id, n % 20 AS how,
       CASE WHEN n <= {busy} THEN 1 WHEN n BETWEEN {busy} + 11 AND {busy} + 20 THEN 2 ELSE 3 + n % ({users} - 2) END AS user_n,
       {users} + 1 + (n::bigint * 7919) % {experts} AS expert_n,
       date_trunc('minute', now()) + CASE
           WHEN n % 20 = 15 THEN - make_interval(mins => 61 + n * 37 % 7000)
           WHEN n % 20 > 15 THEN make_interval(mins => 1600 + (n::bigint * 7907 % 100000)::int)
           ELSE - make_interval(mins => 11000 + (n::bigint * 7901 % 900000)::int) END AS starts_at
  FROM generate_series(1, {meetings}) n;

INSERT INTO meetings_meeting (id, public_id, expertise_id, user_id, expert_id, service_id, skill_id, service_kind,
       service_title, skill_name, terms, price, length_minutes, proposed_at, state, payment, progress, starts_at, ends_at,
       approved_by, generation, in_force_at, rung, alarm_at, version)
SELECT m.id, substr(md5('meeting' || m.n), 1, 16), e.expertise_id, u.id, x.id, s.id, sk.skill_id, s.kind, s.title,
       to_jsonb('Skill'::text), '{terms}', 2500, 60, m.starts_at - interval '10 days',
       CASE WHEN how IN (12, 13) THEN 'cancelled' WHEN how = 14 THEN 'expired' WHEN how = 19 THEN 'awaiting_approval'
            ELSE 'agreed' END,
       CASE WHEN how < 12 THEN 'paid' WHEN how < 15 THEN 'returned' ELSE 'blocked' END,
       CASE WHEN how < 12 THEN 'went_smoothly' END, m.starts_at, m.starts_at + interval '1 hour',
       CASE WHEN how IN (14, 19) THEN ARRAY['user'] ELSE ARRAY['expert', 'user'] END, 1,
       CASE WHEN how NOT IN (14, 19) THEN m.starts_at - interval '9 days' END, '{{}}',
       CASE WHEN how = 15 THEN m.starts_at + interval '169 hours' WHEN how IN (16, 17, 18) THEN m.starts_at - interval '1 day'
            WHEN how = 19 THEN m.starts_at END,
       CASE WHEN how < 14 THEN 3 WHEN how = 19 THEN 1 ELSE 2 END
  FROM met m JOIN folk u ON u.n = m.user_n JOIN folk x ON x.n = m.expert_n
  JOIN expertise_expert e ON e.person_id = x.id
  JOIN LATERAL (SELECT * FROM expertise_service s WHERE s.expert_id = e.id ORDER BY position LIMIT 1) s ON true
  JOIN LATERAL (SELECT skill_id FROM expertise_service_skills WHERE service_id = s.id ORDER BY skill_id LIMIT 1) sk ON true
 ORDER BY m.n;

INSERT INTO meetings_timelineevent (meeting_id, sequence, at, by, person_id, event, "values")
SELECT m.id, v.sequence, m.starts_at - interval '10 days' + v.sequence * interval '1 hour', v.by,
       CASE v.by WHEN 'user' THEN u.id WHEN 'expert' THEN x.id END, v.event, '{{}}'
  FROM met m JOIN folk u ON u.n = m.user_n JOIN folk x ON x.n = m.expert_n
  JOIN LATERAL (VALUES (1, 'user', 'approved', true),
                       (2, CASE WHEN how = 14 THEN 'platform' ELSE 'expert' END,
                           CASE WHEN how = 14 THEN 'expired' ELSE 'approved' END, how <> 19),
                       (3, 'user', CASE WHEN how < 12 THEN 'progress_evaluated' ELSE 'cancelled' END, how < 14))
       v (sequence, by, event, happened) ON v.happened
 ORDER BY m.n, v.sequence;

-- The ledger, in the order of posting: a grant for everybody, then blocks, then what ended them.
CREATE TEMP TABLE posted AS
SELECT nextval(pg_get_serial_sequence('credits_posting', 'id')) AS id, p.*
  FROM (SELECT 'grant' AS kind, 'bench:' || id AS cause, NULL::bigint AS reference, id AS user_id, NULL::bigint AS expert_id,
               0 AS how, now() - interval '800 days' AS at FROM folk WHERE role = 'user'
        UNION ALL
        SELECT 'block', format('meeting:%s:g1:block', m.id), m.id, u.id, x.id, m.how, m.starts_at - interval '10 days'
          FROM met m JOIN folk u ON u.n = m.user_n JOIN folk x ON x.n = m.expert_n
        UNION ALL
        SELECT 'close', format('meeting:%s:g1:close', m.id), m.id, u.id, x.id, m.how, m.starts_at + interval '1 hour'
          FROM met m JOIN folk u ON u.n = m.user_n JOIN folk x ON x.n = m.expert_n WHERE m.how < 15
        ORDER BY 7, 2) p;
INSERT INTO credits_posting (id, kind, cause, reference, at, reason, by, legs)
SELECT id, kind, cause, reference, at, CASE kind WHEN 'grant' THEN 'bench' ELSE '' END, CASE kind WHEN 'grant' THEN 'bench' ELSE '' END,
       CASE WHEN kind = 'close' AND how < 12 THEN 3 ELSE 2 END
  FROM posted ORDER BY id;
INSERT INTO credits_entry (posting_id, account, wallet_id, amount, movement, balance)
SELECT p.id, leg.account, leg.wallet, leg.amount, leg.movement,
       CASE WHEN leg.wallet IS NOT NULL THEN sum(leg.amount) OVER (PARTITION BY leg.wallet ORDER BY p.id, leg.n) END
  FROM posted p JOIN LATERAL (VALUES
       ('grant', NULL, 1, 'issuance', NULL, -100000000000, NULL), ('grant', NULL, 2, 'available', p.user_id, 100000000000, 'grant'),
       ('block', NULL, 1, 'available', p.user_id, -2500, NULL), ('block', NULL, 2, 'blocked', p.user_id, 2500, NULL),
       ('close', true, 1, 'blocked', p.user_id, -2500, 'deduction'), ('close', true, 2, 'available', p.expert_id, 2000, 'payment'),
       ('close', true, 3, 'commission', NULL, 500, NULL),
       ('close', false, 1, 'blocked', p.user_id, -2500, NULL), ('close', false, 2, 'available', p.user_id, 2500, NULL))
       leg (kind, paid, n, account, wallet, amount, movement)
    ON leg.kind = p.kind AND (leg.paid IS NULL OR leg.paid = (p.how < 12))
 ORDER BY p.id, leg.n;
INSERT INTO credits_block (wallet_id, reference, amount, opened_by_id, closed_by_id, returned, deducted, paid, commission)
SELECT o.user_id, o.reference, 2500, o.id, c.id, CASE WHEN c.id IS NOT NULL THEN CASE WHEN o.how < 12 THEN 0 ELSE 2500 END END,
       CASE WHEN c.id IS NOT NULL THEN CASE WHEN o.how < 12 THEN 2500 ELSE 0 END END,
       CASE WHEN c.id IS NOT NULL THEN CASE WHEN o.how < 12 THEN 2000 ELSE 0 END END,
       CASE WHEN c.id IS NOT NULL THEN CASE WHEN o.how < 12 THEN 500 ELSE 0 END END
  FROM posted o LEFT JOIN posted c ON c.reference = o.reference AND c.kind = 'close' WHERE o.kind = 'block' ORDER BY o.id;
UPDATE credits_wallet w SET available = e.available, blocked = e.blocked
  FROM (SELECT wallet_id, coalesce(sum(amount) FILTER (WHERE account = 'available'), 0) AS available,
               coalesce(sum(amount) FILTER (WHERE account = 'blocked'), 0) AS blocked
          FROM credits_entry WHERE wallet_id IS NOT NULL GROUP BY 1) e WHERE e.wallet_id = w.person_id;

INSERT INTO notifications_notice (recipient_id, kind, key, reference, "values", at, read_at)
SELECT u.id, 'meeting_agreed', format('m%s:v2:meeting_agreed', m.id), m.id,
       jsonb_build_object('start', m.starts_at), m.starts_at - interval '9 days', CASE WHEN m.n % 50 > 1 THEN now() END
  FROM met m JOIN folk u ON u.n = m.user_n WHERE m.how NOT IN (14, 19) AND m.n % 5 < 2 ORDER BY m.n;
INSERT INTO reviews_review (user_id, expert_id, text, written_at, hidden_note)
SELECT DISTINCT ON (u.id, x.id) u.id, x.id, repeat('Clear and to the point. ', 8), m.starts_at, ''
  FROM met m JOIN folk u ON u.n = m.user_n JOIN folk x ON x.n = m.expert_n WHERE m.how = 3 ORDER BY u.id, x.id;

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE meetings_meeting ENABLE TRIGGER USER;
ALTER TABLE credits_posting ENABLE TRIGGER USER;
ALTER TABLE credits_entry ENABLE TRIGGER USER;
ALTER TABLE credits_block ENABLE TRIGGER USER;
