-- A fourth text: the terms for experts, owed by those alone who give advice. Whether somebody does, the expertise room
-- knows and keeps on the person's row (people_person.advises).

DROP TRIGGER owes_terms ON people_person;
DROP TRIGGER owed_by_all ON people_termstext;
DROP FUNCTION people_person_owes();
DROP FUNCTION people_terms_published();
DROP FUNCTION people_owes_terms(bigint);

-- Volatile: each call sees what has been committed before it, also by whoever it has waited for.
CREATE FUNCTION people_owes_terms_2(person bigint, advises boolean) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT DISTINCT ON (kind) id FROM people_termstext
            WHERE kind IN ('terms', 'privacy') OR (kind = 'experts' AND advises) ORDER BY kind, number DESC) newest
        WHERE NOT EXISTS (
            SELECT FROM people_agreement WHERE person_id = person AND version_id = newest.id));
END $$;

CREATE FUNCTION people_person_owes_2() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.owes_terms := people_owes_terms_2(new.id, new.advises);
    RETURN new;
END $$;

CREATE TRIGGER owes_terms BEFORE INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_person_owes_2();

CREATE FUNCTION people_terms_published_2() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_person SET owes_terms = true
     WHERE new.kind IN ('terms', 'privacy') OR (new.kind = 'experts' AND advises);
    RETURN NULL;
END $$;

CREATE TRIGGER owed_by_all AFTER INSERT ON people_termstext
    FOR EACH ROW EXECUTE FUNCTION people_terms_published_2();
