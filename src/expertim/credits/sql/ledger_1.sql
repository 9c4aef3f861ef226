-- The ledger defends itself: balanced postings, nothing changed or removed, a wallet for everybody.

CREATE FUNCTION credits_wallet_for_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO credits_wallet (person_id, available, blocked) VALUES (new.id, 0, 0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER wallet AFTER INSERT ON people_person
    FOR EACH ROW EXECUTE FUNCTION credits_wallet_for_person();

INSERT INTO credits_wallet (person_id, available, blocked) SELECT id, 0, 0 FROM people_person ON CONFLICT DO NOTHING;

-- Deferred on posting and on entry alike: one leg, no leg, and a balanced pair added later are all refused.
CREATE FUNCTION credits_posting_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    p_id bigint;
    promised smallint;
    counted bigint;
    total numeric;
BEGIN
    IF tg_table_name = 'credits_posting' THEN
        p_id := new.id;
    ELSE
        p_id := new.posting_id;
    END IF;
    SELECT legs INTO promised FROM credits_posting WHERE id = p_id;
    SELECT count(*), coalesce(sum(amount), 0) INTO counted, total FROM credits_entry WHERE posting_id = p_id;
    IF total <> 0 OR counted <> promised THEN
        RAISE EXCEPTION 'posting % has % of % legs and a sum of %', p_id, counted, promised, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON credits_posting DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION credits_posting_is_whole();
CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON credits_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION credits_posting_is_whole();

CREATE FUNCTION credits_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', tg_table_name USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credits_posting
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credits_entry
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON credits_posting
    FOR EACH STATEMENT EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON credits_entry
    FOR EACH STATEMENT EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON credits_block
    FOR EACH STATEMENT EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_delete BEFORE DELETE ON credits_block
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();

-- A block changes once: when it is closed.
CREATE FUNCTION credits_block_closes_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.closed_by_id IS NOT NULL OR new.closed_by_id IS NULL
       OR (new.id, new.wallet_id, new.reference, new.amount, new.opened_by_id)
          IS DISTINCT FROM (old.id, old.wallet_id, old.reference, old.amount, old.opened_by_id) THEN
        RAISE EXCEPTION 'block % ends once and never changes', old.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER closes_once BEFORE UPDATE ON credits_block
    FOR EACH ROW EXECUTE FUNCTION credits_block_closes_once();
