-- One query for one meeting and for many: read row by row, as meetings_read_4.sql had it, a batch of the worker's cost
-- half as much again. The plan is kept although it is for a list (planned at every command it cost 0.25 ms).
CREATE OR REPLACE FUNCTION meetings_situations(ids bigint[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object(
                   'available', wallet.available,
                   'said', (SELECT jsonb_object_agg(s.party, s.progress) FROM meetings_statement s WHERE s.meeting_id = m.id),
                   'attended', (SELECT jsonb_object_agg(a.party, a.first_at)
                                  FROM (SELECT party, min(at) AS first_at FROM meetings_attendance
                                         WHERE meeting_id = m.id AND generation = m.generation GROUP BY party) a),
                   'reviewed', EXISTS (SELECT 1 FROM reviews_review r WHERE r.user_id = m.user_id AND r.expert_id = m.expert_id)
               ) ORDER BY m.id), '[]'::jsonb)
          FROM meetings_meeting m JOIN credits_wallet wallet ON wallet.person_id = m.user_id
         WHERE m.id = ANY (ids));
END $$;

-- One meeting, for a command. `ask`: {person, operator, meeting, date, start, reason, scope, key, fingerprint}.
-- Answers {unknown} for what does not exist or is not this person's, {repeat, answer}, or {situation, by, …, now}.
CREATE OR REPLACE FUNCTION meetings_read(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    person bigint := (ask ->> 'person')::bigint;
    m meetings_meeting;
    before jsonb;
    given timestamptz;
    answer jsonb;
BEGIN
    SELECT * INTO m FROM meetings_meeting WHERE public_id = ask ->> 'meeting';
    IF NOT FOUND OR NOT ((ask ->> 'operator')::boolean OR person IN (m.user_id, m.expert_id)) THEN
        RETURN '{"unknown": true}';
    END IF;
    before := meetings_take_key(ask);
    IF before IS NOT NULL THEN
        RETURN before;
    END IF;
    -- The row as it stands after waiting: a locking SELECT reads the row it locks again, and only that one.
    SELECT * INTO m FROM meetings_meeting WHERE id = m.id FOR NO KEY UPDATE;
    PERFORM 1 FROM credits_wallet WHERE person_id IN (m.user_id, m.expert_id) ORDER BY person_id FOR NO KEY UPDATE;
    answer := jsonb_build_object('situation', meetings_situations(ARRAY[m.id]) -> 0);
    given := CASE ask ->> 'date'
             WHEN 'typed' THEN (ask ->> 'start')::timestamptz
             WHEN 'own' THEN m.starts_at
             WHEN 'alternative' THEN m.alternative_at END;
    IF given IS NOT NULL THEN
        answer := answer || meetings_in_the_way(person, m.id, given, m.length_minutes);
    END IF;
    IF ask ->> 'reason' IS NOT NULL THEN
        answer := answer || jsonb_build_object('reason_text', (
            SELECT text FROM expertise_rejectreason WHERE code = ask ->> 'reason' AND active));
    END IF;
    RETURN answer || jsonb_build_object(
        'by', CASE WHEN (ask ->> 'operator')::boolean THEN 'operator' WHEN person = m.user_id THEN 'user' ELSE 'expert' END,
        'now', platform_now());
END $$;

DROP FUNCTION meetings_situation(meetings_meeting);
