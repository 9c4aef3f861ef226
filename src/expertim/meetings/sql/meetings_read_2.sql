-- P2: whether two people know each other: there is a chat with words in it, or a meeting was ever proposed between them.
CREATE FUNCTION meetings_acquainted(one bigint, other bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM meetings_meeting WHERE user_id = one AND expert_id = other)
        OR EXISTS (SELECT FROM meetings_meeting WHERE user_id = other AND expert_id = one)
        OR EXISTS (SELECT FROM chat_chat
                    WHERE low_id = least(one, other) AND high_id = greatest(one, other) AND last > 0)
$$;

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
        'overlaps', meetings_overlaps(person, 0, (ask ->> 'start')::timestamptz, minutes),
        'now', platform_now());
END $$;
