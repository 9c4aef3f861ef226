-- Puts notices into inboxes and answers the outbox rows of their other channels, for whoever wants them; the caller
-- adds these (`outbox_add`), so that a command writes all its rows at once. `asked` is an array of {recipient | null
-- for every operator, kind, key, reference, values, at, mail, always, calendar, push, generation, not_after,
-- priority}: `mail` says that the kind goes by mail at all, `always` that nobody can switch that off; `calendar` is
-- what the row for the recipient's own calendar needs where the mail, which would have brought it, is switched off;
-- `push` that the kind goes to the devices of whoever has any. Somebody who is told twice under one key (an operator
-- who is also a party) is told once, on each way: those who are named come first.
CREATE FUNCTION notifications_put(asked jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    rows jsonb := '[]';
BEGIN
    FOR place IN 0 .. jsonb_array_length(asked) - 1 LOOP
        IF asked -> place ->> 'recipient' IS NOT NULL THEN
            rows := rows || notifications_tell((asked -> place ->> 'recipient')::bigint, asked -> place);
        END IF;
    END LOOP;
    FOR place IN 0 .. jsonb_array_length(asked) - 1 LOOP
        IF asked -> place ->> 'recipient' IS NULL THEN
            rows := rows || (
                SELECT coalesce(jsonb_agg(r), '[]')
                  FROM people_person o CROSS JOIN LATERAL jsonb_array_elements(notifications_tell(o.id, asked -> place)) r
                 WHERE o.is_staff AND o.is_active);
        END IF;
    END LOOP;
    RETURN rows;
END $$;

-- One notice for one person: into the inbox, once for its key, and the rows of their other channels.
CREATE FUNCTION notifications_tell(person bigint, n jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    moment timestamptz := coalesce((n ->> 'at')::timestamptz, platform_now());
    told bigint;
    active boolean;
    unwanted text[];
    mailed boolean;
    shared jsonb;
    body jsonb;
    rows jsonb := '[]';
BEGIN
    INSERT INTO notifications_notice (recipient_id, kind, key, reference, "values", at)
    VALUES (person, n ->> 'kind', n ->> 'key', (n ->> 'reference')::bigint,
            coalesce(nullif(n -> 'values', 'null'), '{}'), moment)
    ON CONFLICT (recipient_id, key) DO NOTHING
    RETURNING id INTO told;
    IF told IS NULL THEN
        RETURN rows;
    END IF;
    SELECT p.is_active, ARRAY(SELECT q.channel FROM notifications_preference q
                               WHERE q.person_id = p.id AND NOT q.wanted
                                 AND (q.kind = n ->> 'kind' OR q.channel = 'calendar'))
      INTO active, unwanted FROM people_person p WHERE p.id = person;
    IF NOT active THEN
        RETURN rows;
    END IF;

    mailed := coalesce((n ->> 'mail')::boolean AND ((n ->> 'always')::boolean OR NOT 'mail' = ANY (unwanted)), false);
    shared := jsonb_build_object('recipient', person, 'reference', n -> 'reference', 'generation', n -> 'generation',
                                 'due_at', moment, 'not_after', n -> 'not_after', 'priority', n -> 'priority');
    body := jsonb_build_object('notice', told, 'kind', n -> 'kind', 'generation', n -> 'generation');
    IF mailed THEN
        rows := rows || (shared || jsonb_build_object(
            'kind', 'notice', 'key', format('notice:%s:%s', person, n ->> 'key'), 'payload', body));
    ELSIF jsonb_typeof(n -> 'calendar') = 'object' AND NOT 'calendar' = ANY (unwanted) THEN
        rows := rows || (shared || jsonb_build_object(
            'kind', 'calendar', 'key', format('calendar:%s:%s', person, n ->> 'key'), 'payload', n -> 'calendar'));
    END IF;
    IF (n ->> 'push')::boolean AND NOT 'push' = ANY (unwanted) THEN
        rows := rows || (
            SELECT coalesce(jsonb_agg(shared || jsonb_build_object(
                       'kind', 'push', 'key', format('push:%s:%s:%s', d.id, person, n ->> 'key'),
                       'payload', body || jsonb_build_object('device', d.id))), '[]')
              FROM notifications_device d WHERE d.person_id = person);
    END IF;
    RETURN rows;
END $$;

-- Notices with everything that belongs to them, where nothing else is written.
CREATE OR REPLACE FUNCTION notifications_add(asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM outbox_add(notifications_put(asked));
END $$;
