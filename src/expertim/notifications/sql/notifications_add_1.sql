-- Put notices into inboxes. `asked` is an array of {recipient | null for every operator, kind, key, reference, values, at};
-- somebody who is told twice under one key (an operator who is also a party) is told once.
CREATE FUNCTION notifications_add(asked jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO notifications_notice (recipient_id, kind, key, reference, "values", at)
    SELECT coalesce(n.recipient, operator.id), n.kind, n.key, n.reference, coalesce(n."values", '{}'), n.at
      FROM jsonb_to_recordset(asked) AS n (
           recipient bigint, kind text, key text, reference bigint, "values" jsonb, at timestamptz)
      LEFT JOIN people_person operator ON n.recipient IS NULL AND operator.is_staff AND operator.is_active
     WHERE coalesce(n.recipient, operator.id) IS NOT NULL
    ON CONFLICT (recipient_id, key) DO NOTHING
$$;
