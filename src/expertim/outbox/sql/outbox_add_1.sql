-- Adds rows given as an array of {kind, key, payload, recipient, reference, generation, due_at, not_after, priority};
-- answers how many were new. A key that is there already is left alone: a repeat is harmless. Priority 0 goes before
-- 1, which is what a row has that says nothing. Ordered by key, so that two callers with the same keys wait for each
-- other and never in a circle.
CREATE FUNCTION outbox_add(rows jsonb) RETURNS integer LANGUAGE sql VOLATILE AS $$
    WITH added AS (
        INSERT INTO outbox_row (kind, key, payload, recipient, reference, generation, status, due_at, not_after,
                                priority, fence, attempts, deaths, last_error, made_at)
        SELECT given.kind, given.key, coalesce(given.payload, '{}'), given.recipient, given.reference,
               given.generation, 'waiting', coalesce(given.due_at, platform_now()), given.not_after,
               coalesce(given.priority, 1), 0, 0, 0, '', clock_timestamp()
        FROM jsonb_to_recordset(rows) AS given (kind text, key text, payload jsonb, recipient bigint,
             reference bigint, generation integer, due_at timestamptz, not_after timestamptz, priority smallint)
        ORDER BY given.key
        ON CONFLICT (key) DO NOTHING
        RETURNING 1
    )
    SELECT count(*)::integer FROM added
$$;
