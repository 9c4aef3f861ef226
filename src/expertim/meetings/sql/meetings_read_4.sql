-- The same facts as in the versions before this one, in plpgsql with plans that are kept: a list of ids, or a
-- function in LANGUAGE sql, was planned anew at every command, which cost more than reading.

-- What the rules may know about one meeting, whose row the caller holds locked.
CREATE FUNCTION meetings_situation(m meetings_meeting) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = public, pg_temp AS $$
BEGIN
    RETURN to_jsonb(m) || (SELECT jsonb_build_object(
        'available', (SELECT available FROM credits_wallet WHERE person_id = m.user_id),
        'said', (SELECT jsonb_object_agg(s.party, s.progress) FROM meetings_statement s WHERE s.meeting_id = m.id),
        'attended', (SELECT jsonb_object_agg(a.party, a.first_at)
                       FROM (SELECT party, min(at) AS first_at FROM meetings_attendance
                              WHERE meeting_id = m.id AND generation = m.generation GROUP BY party) a),
        'reviewed', EXISTS (SELECT FROM reviews_review r WHERE r.user_id = m.user_id AND r.expert_id = m.expert_id)));
END $$;

CREATE OR REPLACE FUNCTION meetings_situations(ids bigint[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(meetings_situation(m) ORDER BY m.id), '[]') FROM meetings_meeting m WHERE m.id = ANY (ids));
END $$;

-- O1: other Agreed meetings of one person, in either role, that overlap a time. Touching ends do not.
-- No meeting is longer than 480 minutes, so the index on the start bounds the search from both sides.
CREATE OR REPLACE FUNCTION meetings_overlaps(p_person bigint, p_but bigint, p_start timestamptz, p_minutes int)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(o.public_id ORDER BY o.starts_at, o.id), '[]')
      FROM (SELECT public_id, starts_at, id, ends_at, state FROM meetings_meeting
             WHERE user_id = p_person
               AND starts_at > p_start - interval '480 minutes' AND starts_at < p_start + make_interval(mins => p_minutes)
            UNION ALL
            SELECT public_id, starts_at, id, ends_at, state FROM meetings_meeting
             WHERE expert_id = p_person
               AND starts_at > p_start - interval '480 minutes' AND starts_at < p_start + make_interval(mins => p_minutes)
           ) o
     WHERE o.state = 'agreed' AND o.ends_at > p_start AND o.id <> p_but);
END $$;

-- O1: what else a person has at a time. `overlaps` are the meetings that cause the warning; `waiting`, read only where
-- there is a warning, those that wait for an answer then, or whose alternative date is then: named beside it, no cause.
-- One branch a role, each on its index: asked in either role at once, every meeting of the platform was read.
CREATE OR REPLACE FUNCTION meetings_in_the_way(p_person bigint, p_but bigint, p_start timestamptz, p_minutes int)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    agreed jsonb := meetings_overlaps(p_person, p_but, p_start, p_minutes);
    moment timestamptz;
BEGIN
    IF agreed = '[]' THEN
        RETURN '{"overlaps": [], "waiting": []}';
    END IF;
    moment := platform_now();
    RETURN jsonb_build_object('overlaps', agreed, 'waiting', (
        SELECT coalesce(jsonb_agg(w.public_id ORDER BY w.at, w.id), '[]')
          FROM (SELECT m.public_id, m.id, m.length_minutes,
                       CASE m.state WHEN 'awaiting_approval' THEN m.starts_at ELSE m.alternative_at END AS at
                  FROM (SELECT * FROM meetings_meeting WHERE user_id = p_person AND starts_at > moment
                        UNION ALL
                        SELECT * FROM meetings_meeting WHERE expert_id = p_person AND starts_at > moment) m
                 WHERE m.id <> p_but AND (m.state = 'awaiting_approval' OR m.alternative_at IS NOT NULL)) w
         WHERE w.at < p_start + make_interval(mins => p_minutes)
           AND w.at + make_interval(mins => w.length_minutes) > p_start
           AND NOT agreed ? w.public_id));
END $$;

-- Z1: null where the key is new (and now ours until the end of the transaction), else what it stood for. A second
-- request with the same key waits here for the first. The row itself is written with its answer (`meetings_write`),
-- once, and only for what took effect; its unique key stands behind the lock.
CREATE OR REPLACE FUNCTION meetings_take_key(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = public, pg_temp AS $$
DECLARE
    before record;
BEGIN
    IF ask ->> 'key' IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(format('%s %s %s', ask ->> 'person', ask ->> 'scope', ask ->> 'key'), 0));
    SELECT fingerprint, answer INTO before FROM meetings_request
     WHERE person_id = (ask ->> 'person')::bigint AND scope = ask ->> 'scope' AND key = ask ->> 'key';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object('repeat', before.fingerprint = ask ->> 'fingerprint', 'answer', before.answer);
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
    answer := jsonb_build_object('situation', meetings_situation(m));
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
