-- Adds rows given as an array of {kind, key, payload, recipient, reference, generation, due_at, not_after, priority};
-- answers how many were new. A key that is there already is left alone: a repeat is harmless. Priority 0 goes before
-- 1, which is what a row has that says nothing. Ordered by key, so that two callers with the same keys wait for each
-- other and never in a circle. In plpgsql, whose plans are kept: PostgreSQL before 18 plans LANGUAGE sql at every call.
CREATE OR REPLACE FUNCTION outbox_add(rows jsonb) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    added integer;
BEGIN
    IF jsonb_array_length(rows) = 0 THEN
        RETURN 0;
    END IF;
    INSERT INTO outbox_row (kind, key, payload, recipient, reference, generation, status, due_at, not_after,
                            priority, fence, attempts, deaths, last_error, made_at)
    SELECT given.kind, given.key, coalesce(given.payload, '{}'), given.recipient, given.reference,
           given.generation, 'waiting', coalesce(given.due_at, platform_now()), given.not_after,
           coalesce(given.priority, 1), 0, 0, 0, '', clock_timestamp()
      FROM jsonb_to_recordset(rows) AS given (kind text, key text, payload jsonb, recipient bigint,
           reference bigint, generation integer, due_at timestamptz, not_after timestamptz, priority smallint)
     ORDER BY given.key
    ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;
