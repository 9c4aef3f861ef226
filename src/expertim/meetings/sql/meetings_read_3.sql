-- O1: what else a person has at a time. `overlaps` are the meetings that cause the warning; `waiting`, read only where
-- there is a warning, those that wait for an answer then, or whose alternative date is then: named beside it, no cause.
CREATE FUNCTION meetings_in_the_way(p_person bigint, p_but bigint, p_start timestamptz, p_minutes int)
    RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    agreed jsonb := meetings_overlaps(p_person, p_but, p_start, p_minutes);
BEGIN
    IF agreed = '[]' THEN
        RETURN '{"overlaps": [], "waiting": []}';
    END IF;
    RETURN jsonb_build_object('overlaps', agreed, 'waiting', (
        SELECT coalesce(jsonb_agg(w.public_id ORDER BY w.at, w.id), '[]'::jsonb)
          FROM (SELECT m.public_id, m.id, m.length_minutes,
                       CASE m.state WHEN 'awaiting_approval' THEN m.starts_at ELSE m.alternative_at END AS at
                  FROM meetings_meeting m
                 WHERE p_person IN (m.user_id, m.expert_id) AND m.id <> p_but AND m.starts_at > platform_now()
                   AND (m.state = 'awaiting_approval' OR m.alternative_at IS NOT NULL)) w
         WHERE w.at < p_start + make_interval(mins => p_minutes)
           AND w.at + make_interval(mins => w.length_minutes) > p_start
           AND NOT agreed ? w.public_id));
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
    SELECT * INTO m FROM meetings_meeting WHERE id = m.id FOR NO KEY UPDATE;
    PERFORM 1 FROM credits_wallet WHERE person_id IN (m.user_id, m.expert_id) ORDER BY person_id FOR NO KEY UPDATE;
    -- The row as it stands after all waiting: a locking SELECT re-reads only the row it locks.
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

-- A proposal (P1, P2). `ask`: {person, role, expertise, other, service, skill, start, minutes, price, scope, key,
-- fingerprint}. Answers {unknown} (P2: a person the expert does not know), {repeat, answer}, or the offer's facts.
CREATE OR REPLACE FUNCTION meetings_read_new(ask jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER
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
    IF NOT by_user AND other IS DISTINCT FROM person AND (other IS NULL OR NOT meetings_acquainted(person, other)) THEN
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
        'paused_until', (SELECT paused_until FROM expertise_availability WHERE by_user AND person_id = other),
        'now', platform_now()) || meetings_in_the_way(person, 0, (ask ->> 'start')::timestamptz, minutes);
END $$;
