-- The one writer: everything that decisions bring about, in one trip. `asked` holds arrays of rows: meetings, events,
-- statements, attendance, reviews, rooms, postings, notices, outbox; and `request`, {person, scope, key, fingerprint,
-- answer}, where the key is to be remembered (what was refused is not, Z1). Notices bring their mail with them, and
-- all rows of the outbox are added at once. What nobody asked for is not even looked at: an empty statement costs too.
-- A single meeting, which is what a command changes, is named by its id: joined with what the JSON holds, all meetings
-- were read as long as there are no more than some thousands.
CREATE OR REPLACE FUNCTION meetings_write(asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    many int := jsonb_array_length(asked -> 'changed');
    r meetings_meeting;
    changed bigint;
BEGIN
    IF asked -> 'proposed' <> '[]' THEN
        INSERT INTO meetings_meeting (
            id, public_id, expertise_id, user_id, expert_id, service_id, skill_id, service_kind, service_title, skill_name,
            terms, price, length_minutes, proposed_at, state, payment, progress, starts_at, ends_at, approved_by,
            alternative_at, alternative_by, generation, in_force_at, rung, alarm_at, version)
        SELECT id, public_id, expertise_id, user_id, expert_id, service_id, skill_id, service_kind, service_title, skill_name,
            terms, price, length_minutes, proposed_at, state, payment, progress, starts_at, ends_at, approved_by,
            alternative_at, alternative_by, generation, in_force_at, rung, alarm_at, version
          FROM jsonb_populate_recordset(NULL::meetings_meeting, asked -> 'proposed');
    END IF;
    IF many = 1 THEN
        r := jsonb_populate_record(NULL::meetings_meeting, asked -> 'changed' -> 0);
        UPDATE meetings_meeting
           SET state = r.state, payment = r.payment, progress = r.progress, starts_at = r.starts_at, ends_at = r.ends_at,
               approved_by = r.approved_by, alternative_at = r.alternative_at, alternative_by = r.alternative_by,
               generation = r.generation, in_force_at = r.in_force_at, rung = r.rung, alarm_at = r.alarm_at,
               version = r.version
         WHERE id = r.id;
    ELSIF many > 1 THEN
        UPDATE meetings_meeting m
           SET state = c.state, payment = c.payment, progress = c.progress, starts_at = c.starts_at, ends_at = c.ends_at,
               approved_by = c.approved_by, alternative_at = c.alternative_at, alternative_by = c.alternative_by,
               generation = c.generation, in_force_at = c.in_force_at, rung = c.rung, alarm_at = c.alarm_at,
               version = c.version
          FROM jsonb_populate_recordset(NULL::meetings_meeting, asked -> 'changed') c
         WHERE m.id = c.id;
    END IF;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF many > 0 AND changed <> many THEN
        RAISE EXCEPTION '% of % meetings changed', changed, many;
    END IF;

    INSERT INTO meetings_timelineevent (meeting_id, sequence, at, by, person_id, event, "values")
    SELECT meeting_id, sequence, at, by, person_id, event, "values"
      FROM jsonb_populate_recordset(NULL::meetings_timelineevent, asked -> 'events');
    IF asked ? 'statements' THEN
        INSERT INTO meetings_statement (meeting_id, party, progress, stars, at)
        SELECT meeting_id, party, progress, stars, at
          FROM jsonb_populate_recordset(NULL::meetings_statement, asked -> 'statements');
    END IF;
    IF asked ? 'attendance' THEN
        INSERT INTO meetings_attendance (meeting_id, generation, party, at)
        SELECT meeting_id, generation, party, at
          FROM jsonb_populate_recordset(NULL::meetings_attendance, asked -> 'attendance');
    END IF;
    IF asked ? 'reviews' THEN
        PERFORM reviews_put(asked -> 'reviews');
    END IF;
    IF asked ? 'rooms' THEN
        PERFORM video_want(asked -> 'rooms');
    END IF;
    PERFORM credits_post(asked -> 'postings');
    PERFORM outbox_add((asked -> 'outbox') || notifications_put(asked -> 'notices'));

    IF asked ? 'request' THEN
        INSERT INTO meetings_request (person_id, scope, key, fingerprint, answer)
        VALUES ((asked -> 'request' ->> 'person')::bigint, asked -> 'request' ->> 'scope', asked -> 'request' ->> 'key',
                asked -> 'request' ->> 'fingerprint', asked -> 'request' -> 'answer');
    END IF;
END $$;
