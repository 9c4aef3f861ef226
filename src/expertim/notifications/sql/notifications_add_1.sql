-- Put notices into inboxes, and a row for the mail beside each for whoever wants mail of that kind. `asked` is an array
-- of {recipient | null for every operator, kind, key, reference, values, at, mail, always, generation, not_after,
-- priority}: `mail` says that the kind goes by mail at all, `always` that nobody can switch that off. Somebody who is
-- told twice under one key (an operator who is also a party) is told once, on either way.
CREATE FUNCTION notifications_add(asked jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
    WITH told AS (
        INSERT INTO notifications_notice (recipient_id, kind, key, reference, "values", at)
        SELECT coalesce(n.recipient, operator.id), n.kind, n.key, n.reference, coalesce(n."values", '{}'), n.at
          FROM jsonb_to_recordset(asked) AS n (
               recipient bigint, kind text, key text, reference bigint, "values" jsonb, at timestamptz)
          LEFT JOIN people_person operator ON n.recipient IS NULL AND operator.is_staff AND operator.is_active
         WHERE coalesce(n.recipient, operator.id) IS NOT NULL
        ON CONFLICT (recipient_id, key) DO NOTHING
        RETURNING id, recipient_id, kind, key, reference, at
    ), mailed AS (
        SELECT DISTINCT ON (t.id) t.*, n.generation, n.not_after, n.priority
          FROM told t
          JOIN jsonb_to_recordset(asked) AS n (
               recipient bigint, key text, mail boolean, always boolean, generation integer, not_after timestamptz,
               priority smallint)
            ON n.key = t.key AND coalesce(n.recipient, t.recipient_id) = t.recipient_id
         WHERE n.mail
           AND EXISTS (SELECT 1 FROM people_person p WHERE p.id = t.recipient_id AND p.is_active)
           AND (n.always OR NOT EXISTS (
               SELECT 1 FROM notifications_preference p
                WHERE p.person_id = t.recipient_id AND p.kind = t.kind AND p.channel = 'mail' AND NOT p.wanted))
    )
    SELECT outbox_add(coalesce(jsonb_agg(jsonb_build_object(
               'kind', 'notice',
               'key', format('notice:%s:%s', m.recipient_id, m.key),
               'payload', jsonb_build_object('notice', m.id, 'kind', m.kind, 'generation', m.generation),
               'recipient', m.recipient_id,
               'reference', m.reference,
               'generation', m.generation,
               'due_at', m.at,
               'not_after', m.not_after,
               'priority', m.priority)), '[]'))
      FROM mailed m
$$;
