-- The operator's texts and who has agreed to them: written once, never changed. Who owes an agreement stands on the
-- person's own row, which every page reads anyway; the database works it out, so that nobody can set it otherwise.

CREATE FUNCTION people_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once and never changed', tg_table_name USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_termstext
    FOR EACH ROW EXECUTE FUNCTION people_append_only();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON people_termstext
    FOR EACH STATEMENT EXECUTE FUNCTION people_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_agreement
    FOR EACH ROW EXECUTE FUNCTION people_append_only();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON people_agreement
    FOR EACH STATEMENT EXECUTE FUNCTION people_append_only();

-- Volatile: each call sees what has been committed before it, also by whoever it has waited for.
CREATE FUNCTION people_owes_terms(person bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT DISTINCT ON (kind) id FROM people_termstext
            WHERE kind IN ('terms', 'privacy') ORDER BY kind, number DESC) newest
        WHERE NOT EXISTS (
            SELECT FROM people_agreement WHERE person_id = person AND version_id = newest.id));
END $$;

CREATE FUNCTION people_person_owes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.owes_terms := people_owes_terms(new.id);
    RETURN new;
END $$;

CREATE TRIGGER owes_terms BEFORE INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_person_owes();

CREATE FUNCTION people_terms_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_person SET owes_terms = true WHERE new.kind IN ('terms', 'privacy');
    RETURN NULL;
END $$;

CREATE TRIGGER owed_by_all AFTER INSERT ON people_termstext
    FOR EACH ROW EXECUTE FUNCTION people_terms_published();

CREATE FUNCTION people_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_person SET owes_terms = false WHERE id = new.person_id;
    RETURN NULL;
END $$;

CREATE TRIGGER owed_no_more AFTER INSERT ON people_agreement
    FOR EACH ROW EXECUTE FUNCTION people_agreed();
