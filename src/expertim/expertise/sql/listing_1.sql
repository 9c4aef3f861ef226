-- What finding an expert reads, on one row of expertise_listing for each expert. Nobody writes there but these
-- triggers: whoever changes a name, a text, a skill, a price or a language need not know of it.

-- Lower case without accents. Letters with accents fall apart into letter and accent; these few do not.
CREATE FUNCTION expertise_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(normalize(
        replace(replace(replace(translate(words, 'łŁøØđĐıẞÆŒ', 'lLoOdDißæœ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        NFD), '[\u0300-\u036f]', '', 'g'))
$$;

-- Every text in a text of the catalogue, which is one or one per language.
CREATE FUNCTION expertise_texts(catalogue jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(t #>> '{}', ' ') FROM jsonb_path_query(catalogue, 'strict $.**') t WHERE jsonb_typeof(t) = 'string'
$$;

CREATE FUNCTION expertise_listing_of(experts bigint[]) RETURNS SETOF expertise_listing LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT e.id, p.public_id, p.name, e.active AND p.is_active, coalesce(served.ids, '{}'),
           coalesce(offered.prices, '{}'), coalesce(f.languages, '{}')::varchar(3)[],
           expertise_folded(concat_ws(' ', p.name, expertise_texts(e.headline), expertise_texts(e.introduction),
                                      served.names, offered.titles, f.position, f.company, f.industry, f.city)),
           e.expertise_id
      FROM expertise_expert e
      JOIN people_person p ON p.id = e.person_id
      LEFT JOIN people_profile f ON f.person_id = p.id
      CROSS JOIN LATERAL (
           SELECT array_agg(k.id ORDER BY k.id) AS ids, string_agg(expertise_texts(k.name), ' ') AS names
             FROM expertise_skill k
            WHERE k.expertise_id = e.expertise_id
              AND (k.id IN (SELECT s.skill_id FROM expertise_expert_skills s WHERE s.expert_id = e.id)
                   OR k.id IN (SELECT ss.skill_id FROM expertise_service o
                               JOIN expertise_service_skills ss ON ss.service_id = o.id
                               WHERE o.expert_id = e.id AND o.active))) served
      CROSS JOIN LATERAL (
           SELECT array_agg(o.price ORDER BY o.price) AS prices, string_agg(expertise_texts(o.title), ' ') AS titles
             FROM expertise_service o WHERE o.expert_id = e.id AND o.active) offered
     WHERE e.id = ANY (experts);
END $$;

CREATE FUNCTION expertise_list(experts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Two who change one expert at once wait here for each other; the next statement sees what the other has done.
    PERFORM FROM expertise_expert e WHERE e.id = ANY (experts) ORDER BY e.id FOR NO KEY UPDATE;
    INSERT INTO expertise_listing SELECT * FROM expertise_listing_of(experts)
    ON CONFLICT (expert_id) DO UPDATE SET
        expertise_id = excluded.expertise_id, public_id = excluded.public_id, name = excluded.name,
        listed = excluded.listed, skills = excluded.skills, prices = excluded.prices, languages = excluded.languages,
        searched = excluded.searched
    -- most of what is written about a person, such as when they signed in, changes nothing here
    WHERE expertise_listing IS DISTINCT FROM excluded;
END $$;

CREATE FUNCTION expertise_relist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE experts bigint[];
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'expertise_expert' THEN SELECT array_agg(id) INTO experts FROM changed;
    WHEN 'expertise_expert_skills', 'expertise_service' THEN
        SELECT array_agg(DISTINCT expert_id) INTO experts FROM changed;
    WHEN 'expertise_service_skills' THEN
        SELECT array_agg(DISTINCT s.expert_id) INTO experts FROM changed c JOIN expertise_service s ON s.id = c.service_id;
    WHEN 'expertise_skill' THEN
        SELECT array_agg(DISTINCT l.expert_id) INTO experts FROM changed c JOIN expertise_listing l ON c.id = ANY (l.skills);
    WHEN 'people_person' THEN
        SELECT array_agg(e.id) INTO experts FROM changed c JOIN expertise_expert e ON e.person_id = c.id
          JOIN expertise_listing l ON l.expert_id = e.id
         WHERE (c.name, c.public_id, e.active AND c.is_active) IS DISTINCT FROM (l.name, l.public_id, l.listed);
    WHEN 'people_profile' THEN
        SELECT array_agg(e.id) INTO experts FROM changed c JOIN expertise_expert e ON e.person_id = c.person_id;
    END CASE;
    IF experts IS NOT NULL THEN
        PERFORM expertise_list(experts);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER expertise_relist_new AFTER INSERT ON expertise_expert REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_changed AFTER UPDATE ON expertise_expert REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_new AFTER INSERT ON expertise_expert_skills REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_gone AFTER DELETE ON expertise_expert_skills REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_new AFTER INSERT ON expertise_service REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_changed AFTER UPDATE ON expertise_service REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_gone AFTER DELETE ON expertise_service REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_new AFTER INSERT ON expertise_service_skills REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_gone AFTER DELETE ON expertise_service_skills REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_changed AFTER UPDATE ON expertise_skill REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_changed AFTER UPDATE ON people_person REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_new AFTER INSERT ON people_profile REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_changed AFTER UPDATE ON people_profile REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();
CREATE TRIGGER expertise_relist_gone AFTER DELETE ON people_profile REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION expertise_relist();

SELECT expertise_list(array_agg(id)) FROM expertise_expert;
