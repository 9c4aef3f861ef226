-- Puts notices into inboxes and answers the outbox rows of their other channels, for whoever wants them; the caller
-- adds these (`outbox_add`), so that a command writes all its rows at once. `asked` is an array of {recipient | null
-- for every operator, kind, key, reference, values, at, mail, always, calendar, push, generation, not_after,
-- priority}: `mail` says that the kind goes by mail at all, `always` that nobody can switch that off; `calendar` is
-- what the row for the recipient's own calendar needs where the mail, which would have brought it, is switched off;
-- `push` that the kind goes to the devices of whoever has any. Somebody who is told twice under one key (an operator
-- who is also a party) is told once, on each way. One statement however many: one by one, as notifications_add_3.sql
-- had it, costs a command as much and the worker's batches nearly twice.
CREATE OR REPLACE FUNCTION notifications_put(asked jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    rows jsonb := '[]';
BEGIN
    IF asked = '[]' THEN
        RETURN rows;
    END IF;
    WITH told AS (
        INSERT INTO notifications_notice (recipient_id, kind, key, reference, "values", at)
        SELECT coalesce(n.recipient, operator.id), n.kind, n.key, n.reference, coalesce(n."values", '{}'),
               coalesce(n.at, platform_now())
          FROM jsonb_to_recordset(asked) AS n (
               recipient bigint, kind text, key text, reference bigint, "values" jsonb, at timestamptz)
          LEFT JOIN people_person operator ON n.recipient IS NULL AND operator.is_staff AND operator.is_active
         WHERE coalesce(n.recipient, operator.id) IS NOT NULL
        ON CONFLICT (recipient_id, key) DO NOTHING
        RETURNING id, recipient_id, kind, key, reference, at
    ), addressed AS (
        SELECT DISTINCT ON (t.id) t.*, n.generation, n.not_after, n.priority, n.calendar, n.push,
               coalesce(n.mail AND (n.always OR NOT EXISTS (
                   SELECT 1 FROM notifications_preference p WHERE p.person_id = t.recipient_id AND p.kind = t.kind
                      AND p.channel = 'mail' AND NOT p.wanted)), false) AS mailed
          FROM told t
          JOIN jsonb_to_recordset(asked) AS n (
               recipient bigint, key text, mail boolean, always boolean, calendar jsonb, push boolean,
               generation integer, not_after timestamptz, priority smallint)
            ON n.key = t.key AND coalesce(n.recipient, t.recipient_id) = t.recipient_id
         WHERE EXISTS (SELECT 1 FROM people_person p WHERE p.id = t.recipient_id AND p.is_active)
         ORDER BY t.id, n.recipient NULLS LAST
    ), ways AS (
        SELECT a.*, 'notice' AS way, format('notice:%s:%s', a.recipient_id, a.key) AS once,
               jsonb_build_object('notice', a.id, 'kind', a.kind, 'generation', a.generation) AS payload
          FROM addressed a WHERE a.mailed
        UNION ALL
        SELECT a.*, 'calendar', format('calendar:%s:%s', a.recipient_id, a.key), a.calendar
          FROM addressed a
         WHERE jsonb_typeof(a.calendar) = 'object' AND NOT a.mailed AND NOT EXISTS (
               SELECT 1 FROM notifications_preference p
                WHERE p.person_id = a.recipient_id AND p.channel = 'calendar' AND NOT p.wanted)
        UNION ALL
        SELECT a.*, 'push', format('push:%s:%s:%s', s.id, a.recipient_id, a.key),
               jsonb_build_object('notice', a.id, 'kind', a.kind, 'generation', a.generation, 'device', s.id)
          FROM addressed a JOIN notifications_device s ON s.person_id = a.recipient_id
         WHERE a.push AND NOT EXISTS (
               SELECT 1 FROM notifications_preference p WHERE p.person_id = a.recipient_id AND p.kind = a.kind
                  AND p.channel = 'push' AND NOT p.wanted)
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'kind', w.way,
               'key', w.once,
               'payload', w.payload,
               'recipient', w.recipient_id,
               'reference', w.reference,
               'generation', w.generation,
               'due_at', w.at,
               'not_after', w.not_after,
               'priority', w.priority)), '[]')
      INTO rows FROM ways w;
    RETURN rows;
END $$;

DROP FUNCTION notifications_tell(bigint, jsonb);
