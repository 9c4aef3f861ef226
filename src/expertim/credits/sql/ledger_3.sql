-- The same promise, asked without a join: joined with the table, postings were read from beginning to end as long as
-- they were few. A leg of a posting that does not exist is refused here too, so that no foreign key asks for each leg
-- once more at the commit; and a posting never vanishes (append_only, no_truncate).
CREATE OR REPLACE FUNCTION credits_entries_are_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    posting bigint;
    promised smallint;
    counted bigint;
    total numeric;
BEGIN
    FOR posting IN SELECT DISTINCT posting_id FROM added LOOP
        SELECT legs INTO promised FROM credits_posting WHERE id = posting;
        SELECT count(*), sum(amount) INTO counted, total FROM credits_entry WHERE posting_id = posting;
        IF total <> 0 OR counted IS DISTINCT FROM promised THEN
            RAISE EXCEPTION 'posting % has % of % legs and a sum of %', posting, counted, promised, total
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
