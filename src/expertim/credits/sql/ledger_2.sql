-- The same promise for fewer looks: every posting has as many legs as it said, and they come to zero. A posting is
-- asked at the commit, as before; its entries at the end of the statement that adds them, all at once and not one by
-- one. Whatever adds legs has to add them whole: half a posting does not even wait for the commit.
CREATE OR REPLACE FUNCTION credits_posting_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    counted bigint;
    total numeric;
BEGIN
    SELECT count(*), coalesce(sum(amount), 0) INTO counted, total FROM credits_entry WHERE posting_id = new.id;
    IF total <> 0 OR counted <> new.legs THEN
        RAISE EXCEPTION 'posting % has % of % legs and a sum of %', new.id, counted, new.legs, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION credits_entries_are_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT p.id, p.legs, e.counted, e.total INTO bad
      FROM (SELECT DISTINCT posting_id FROM added) a
     CROSS JOIN LATERAL (SELECT count(*) AS counted, sum(amount) AS total FROM credits_entry WHERE posting_id = a.posting_id) e
      LEFT JOIN credits_posting p ON p.id = a.posting_id
     WHERE e.total <> 0 OR e.counted IS DISTINCT FROM p.legs LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % has % of % legs and a sum of %', bad.id, bad.counted, bad.legs, bad.total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER whole ON credits_entry;
CREATE TRIGGER whole AFTER INSERT ON credits_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION credits_entries_are_whole();
