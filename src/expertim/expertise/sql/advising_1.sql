-- Whether somebody is an expert anywhere stands on the person's own row, which every page reads anyway: who is one owes
-- the terms for experts (people/sql/terms_2.sql). The database works it out, so that nobody can set it otherwise.

CREATE FUNCTION expertise_advises(person bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM expertise_expert WHERE person_id = person AND active);
END $$;

CREATE FUNCTION expertise_person_advises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.advises := expertise_advises(new.id);
    RETURN new;
END $$;

-- Of several triggers the first by name goes first: `owes_terms` needs what this one finds.
CREATE TRIGGER advises BEFORE INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION expertise_person_advises();

CREATE FUNCTION expertise_advising() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_person p SET advises = expertise_advises(p.id)
     WHERE p.id IN (old.person_id, new.person_id) AND p.advises IS DISTINCT FROM expertise_advises(p.id);
    RETURN NULL;
END $$;

CREATE TRIGGER advising AFTER INSERT OR DELETE OR UPDATE OF person_id, active ON expertise_expert
    FOR EACH ROW EXECUTE FUNCTION expertise_advising();

UPDATE people_person SET advises = true WHERE id IN (SELECT person_id FROM expertise_expert WHERE active);
