-- What the rules may know, read in one trip: first the request's key, then locks (meeting, then wallets by ascending
-- id), only then the facts, and the clock last. VOLATILE: every statement in here has its own snapshot, so what is read
-- after a lock was waited for is what stands now; one locking SELECT with joins would answer what stood before the wait.

CREATE FUNCTION meetings_situations(ids bigint[]) RETURNS jsonb LANGUAGE sql VOLATILE
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object(
               'available', wallet.available,
               'said', (SELECT jsonb_object_agg(s.party, s.progress) FROM meetings_statement s WHERE s.meeting_id = m.id),
               'attended', (SELECT jsonb_object_agg(a.party, a.first_at)
                              FROM (SELECT party, min(at) AS first_at FROM meetings_attendance
                                     WHERE meeting_id = m.id AND generation = m.generation GROUP BY party) a),
               'reviewed', EXISTS (SELECT 1 FROM reviews_review r WHERE r.user_id = m.user_id AND r.expert_id = m.expert_id)
           ) ORDER BY m.id), '[]'::jsonb)
      FROM meetings_meeting m JOIN credits_wallet wallet ON wallet.person_id = m.user_id
     WHERE m.id = ANY (ids)
$$;

-- O1: other Agreed meetings of one person, in either role, that overlap a time. Touching ends do not.
-- No meeting is longer than 480 minutes, so the index on the start bounds the search from both sides.
CREATE FUNCTION meetings_overlaps(p_person bigint, p_but bigint, p_start timestamptz, p_minutes int)
    RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(o.public_id ORDER BY o.starts_at, o.id), '[]'::jsonb)
      FROM (SELECT public_id, starts_at, id, ends_at, state FROM meetings_meeting
             WHERE user_id = p_person
               AND starts_at > p_start - interval '480 minutes' AND starts_at < p_start + make_interval(mins => p_minutes)
            UNION ALL
            SELECT public_id, starts_at, id, ends_at, state FROM meetings_meeting
             WHERE expert_id = p_person
               AND starts_at > p_start - interval '480 minutes' AND starts_at < p_start + make_interval(mins => p_minutes)
           ) o
     WHERE o.state = 'agreed' AND o.ends_at > p_start AND o.id <> p_but
$$;

-- Z1: null where the key is new (and now ours until the end of the transaction), else what it stood for. A second
-- request with the same key waits here for the first.
CREATE FUNCTION meetings_take_key(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
    SET search_path = public, pg_temp AS $$
DECLARE
    before record;
BEGIN
    IF ask ->> 'key' IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO meetings_request (person_id, scope, key, fingerprint)
    VALUES ((ask ->> 'person')::bigint, ask ->> 'scope', ask ->> 'key', ask ->> 'fingerprint')
    ON CONFLICT (person_id, scope, key) DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO before FROM meetings_request
     WHERE person_id = (ask ->> 'person')::bigint AND scope = ask ->> 'scope' AND key = ask ->> 'key';
    RETURN jsonb_build_object('repeat', before.fingerprint = ask ->> 'fingerprint', 'answer', before.answer);
END $$;

-- One meeting, for a command. `ask`: {person, operator, meeting, date, start, reason, scope, key, fingerprint}.
-- Answers {unknown} for what does not exist or is not this person's, {repeat, answer}, or {situation, by, …, now}.
CREATE FUNCTION meetings_read(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER
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
    SELECT * INTO m FROM meetings_meeting WHERE id = m.id FOR NO KEY UPDATE;
    PERFORM 1 FROM credits_wallet WHERE person_id IN (m.user_id, m.expert_id) ORDER BY person_id FOR NO KEY UPDATE;
    -- The row as it stands after all waiting: a locking SELECT re-reads only the row it locks.
    answer := jsonb_build_object('situation', meetings_situations(ARRAY[m.id]) -> 0);
    given := CASE ask ->> 'date'
             WHEN 'typed' THEN (ask ->> 'start')::timestamptz
             WHEN 'own' THEN m.starts_at
             WHEN 'alternative' THEN m.alternative_at END;
    IF given IS NOT NULL THEN
        answer := answer || jsonb_build_object('overlaps', meetings_overlaps(person, m.id, given, m.length_minutes));
    END IF;
    IF ask ->> 'reason' IS NOT NULL THEN
        answer := answer || jsonb_build_object('reason_text', (
            SELECT text FROM expertise_rejectreason WHERE code = ask ->> 'reason' AND active));
    END IF;
    RETURN answer || jsonb_build_object(
        'by', CASE WHEN (ask ->> 'operator')::boolean THEN 'operator' WHEN person = m.user_id THEN 'user' ELSE 'expert' END,
        'now', platform_now());
END $$;

-- A proposal (P1, P2). `ask`: {person, role, expertise, other, service, skill, start, minutes, price, scope, key,
-- fingerprint}. Answers {unknown} (P2: a person the expert does not know), {repeat, answer}, or the offer's facts.
CREATE FUNCTION meetings_read_new(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    person bigint := (ask ->> 'person')::bigint;
    by_user boolean := ask ->> 'role' = 'user';
    other bigint;
    before jsonb;
    field expertise_expertise;
    expert expertise_expert;
    offered expertise_service;
    chosen expertise_skill;
    missing text;
    minutes int;
BEGIN
    SELECT id INTO other FROM people_person WHERE public_id = ask ->> 'other' AND is_active;
    IF NOT by_user AND other IS DISTINCT FROM person AND (other IS NULL OR NOT EXISTS (
           SELECT 1 FROM meetings_meeting WHERE user_id = person AND expert_id = other
           UNION ALL SELECT 1 FROM meetings_meeting WHERE user_id = other AND expert_id = person)) THEN
        RETURN '{"unknown": true}';
    END IF;
    before := meetings_take_key(ask);
    IF before IS NOT NULL THEN
        RETURN before;
    END IF;
    PERFORM 1 FROM credits_wallet WHERE person_id IN (person, other) ORDER BY person_id FOR NO KEY UPDATE;

    SELECT * INTO field FROM expertise_expertise WHERE slug = ask ->> 'expertise';
    SELECT * INTO expert FROM expertise_expert e
     WHERE e.expertise_id = field.id AND e.person_id = CASE WHEN by_user THEN other ELSE person END AND e.active;
    SELECT * INTO offered FROM expertise_service s
     WHERE s.public_id = ask ->> 'service' AND s.expert_id = expert.id AND s.active;
    SELECT * INTO chosen FROM expertise_skill k WHERE k.expertise_id = field.id AND k.slug = ask ->> 'skill'
       AND EXISTS (SELECT 1 FROM expertise_service_skills WHERE service_id = offered.id AND skill_id = k.id
                   UNION ALL
                   SELECT 1 FROM expertise_expert_skills WHERE NOT by_user AND expert_id = expert.id AND skill_id = k.id);
    missing := CASE WHEN field.id IS NULL THEN 'expertise'
                    WHEN other = person OR (by_user AND expert.id IS NULL) THEN CASE WHEN by_user THEN 'expert' ELSE 'user' END
                    WHEN expert.id IS NULL THEN 'expertise'
                    WHEN offered.id IS NULL THEN 'service'
                    WHEN chosen.id IS NULL THEN 'skill' END;
    minutes := CASE WHEN by_user THEN offered.length_minutes ELSE (ask ->> 'minutes')::int END;
    RETURN jsonb_build_object(
        'id', nextval('meetings_meeting_ids'),
        'other', other,
        'not_offered', missing,
        'expertise', field.id,
        'terms', to_jsonb(field),
        'service', offered.id,
        'service_kind', offered.kind,
        'service_title', offered.title,
        'skill', chosen.id,
        'skill_name', chosen.name,
        'price', CASE WHEN by_user THEN offered.price ELSE (ask ->> 'price')::bigint END,
        'minutes', minutes,
        'available', (SELECT available FROM credits_wallet
                       WHERE person_id = CASE WHEN by_user THEN person ELSE other END),
        'overlaps', meetings_overlaps(person, 0, (ask ->> 'start')::timestamptz, minutes),
        'now', platform_now());
END $$;

-- Due meetings, locked: for the worker those that nobody else holds, for a reader (T0) all of their own, after waiting.
-- `ask`: {limit, person | null, meeting | null}.
CREATE FUNCTION meetings_read_due(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    reader bigint := (ask ->> 'person')::bigint;
    alone bigint := (ask ->> 'meeting')::bigint;
    most int := (ask ->> 'limit')::int;
    moment timestamptz := platform_now();  -- a volatile call in the condition would rule out the index
    due bigint[];
BEGIN
    IF alone IS NOT NULL THEN
        SELECT array_agg(id) INTO due FROM (
            SELECT id FROM meetings_meeting WHERE id = alone AND alarm_at <= moment FOR NO KEY UPDATE SKIP LOCKED) d;
    ELSIF reader IS NULL THEN
        SELECT array_agg(id) INTO due FROM (
            SELECT id FROM meetings_meeting WHERE alarm_at <= moment
             ORDER BY alarm_at, id LIMIT most FOR NO KEY UPDATE SKIP LOCKED) d;
    ELSE
        SELECT array_agg(id) INTO due FROM (
            SELECT id FROM meetings_meeting
             WHERE id IN (SELECT id FROM meetings_meeting WHERE user_id = reader AND alarm_at <= moment
                          UNION SELECT id FROM meetings_meeting WHERE expert_id = reader AND alarm_at <= moment)
             ORDER BY id LIMIT most FOR NO KEY UPDATE) d;
    END IF;
    IF due IS NULL THEN
        RETURN '{"situations": []}';
    END IF;
    PERFORM 1 FROM credits_wallet WHERE person_id IN (
        SELECT user_id FROM meetings_meeting WHERE id = ANY (due)
        UNION SELECT expert_id FROM meetings_meeting WHERE id = ANY (due)) ORDER BY person_id FOR NO KEY UPDATE;
    RETURN jsonb_build_object('situations', meetings_situations(due), 'now', platform_now());
END $$;
