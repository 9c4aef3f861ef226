-- What a meeting's tables refuse whoever writes them.

CREATE SEQUENCE meetings_meeting_ids;

ALTER TABLE meetings_meeting
    ADD CONSTRAINT meetings_end_is_start_and_length CHECK (ends_at = starts_at + make_interval(mins => length_minutes)),
    ADD CONSTRAINT meetings_whole_minutes CHECK (
        date_trunc('minute', starts_at) = starts_at AND date_trunc('minute', alternative_at) IS NOT DISTINCT FROM alternative_at),
    ADD CONSTRAINT meetings_approved_by_parties CHECK (approved_by <@ ARRAY['user', 'expert']::varchar[]);

-- Only the steps of NEXT_STATES (meetings/lifecycle.py; a test compares), and nothing that was agreed on day one changes.
CREATE FUNCTION meetings_step_is_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.state <> old.state AND (old.state, new.state) NOT IN (
        ('awaiting_approval', 'agreed'), ('awaiting_approval', 'rejected'), ('awaiting_approval', 'cancelled'),
        ('awaiting_approval', 'expired'), ('agreed', 'cancelled'), ('rejected', 'awaiting_approval'),
        ('rejected', 'agreed')) THEN
        RAISE EXCEPTION 'meeting % cannot go from % to %', old.id, old.state, new.state USING ERRCODE = 'check_violation';
    END IF;
    IF (new.id, new.public_id, new.user_id, new.expert_id, new.price, new.length_minutes, new.terms, new.proposed_at)
       IS DISTINCT FROM
       (old.id, old.public_id, old.user_id, old.expert_id, old.price, old.length_minutes, old.terms, old.proposed_at) THEN
        RAISE EXCEPTION 'what meeting % was proposed with never changes', old.id USING ERRCODE = 'check_violation';
    END IF;
    IF old.progress IN ('went_smoothly', 'no_show_user', 'no_show_expert')
       AND (new.progress, new.payment) IS DISTINCT FROM (old.progress, old.payment) THEN
        RAISE EXCEPTION 'meeting % is settled', old.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER step_is_listed BEFORE UPDATE ON meetings_meeting
    FOR EACH ROW EXECUTE FUNCTION meetings_step_is_listed();

CREATE FUNCTION meetings_starts_awaiting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.state <> 'awaiting_approval' THEN
        RAISE EXCEPTION 'a meeting begins by being proposed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER starts_awaiting BEFORE INSERT ON meetings_meeting
    FOR EACH ROW EXECUTE FUNCTION meetings_starts_awaiting();

-- Deferred: at every commit the credits are blocked exactly where the payment says so, and the timeline is whole.
CREATE FUNCTION meetings_agrees_with_credits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    m record;
    held record;
BEGIN
    IF tg_table_name = 'meetings_meeting' THEN
        SELECT * INTO m FROM meetings_meeting WHERE id = new.id;
        IF m.version <> (SELECT count(*) FROM meetings_timelineevent WHERE meeting_id = m.id) THEN
            RAISE EXCEPTION 'meeting % changed without its timeline', m.id USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        SELECT * INTO m FROM meetings_meeting WHERE id = new.reference;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'credits are blocked for no meeting (%)', new.reference USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    SELECT * INTO held FROM credits_block WHERE reference = m.id AND closed_by_id IS NULL;
    IF (m.payment = 'blocked') <> (held.id IS NOT NULL)
       OR (held.id IS NOT NULL AND (held.amount <> m.price OR held.wallet_id <> m.user_id)) THEN
        RAISE EXCEPTION 'meeting %: payment is %, blocked are %', m.id, m.payment, held.amount
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER proposed_agrees_with_credits AFTER INSERT ON meetings_meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meetings_agrees_with_credits();
-- A reminder changes neither, and there are many of them.
CREATE CONSTRAINT TRIGGER changed_agrees_with_credits AFTER UPDATE ON meetings_meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((old.payment, old.state, old.version) IS DISTINCT FROM (new.payment, new.state, new.version))
    EXECUTE FUNCTION meetings_agrees_with_credits();
CREATE CONSTRAINT TRIGGER agrees_with_meeting AFTER INSERT OR UPDATE ON credits_block
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meetings_agrees_with_credits();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON meetings_timelineevent
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON meetings_statement
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON meetings_attendance
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_delete BEFORE DELETE ON meetings_meeting
    FOR EACH ROW EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON meetings_meeting
    FOR EACH STATEMENT EXECUTE FUNCTION credits_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON meetings_timelineevent
    FOR EACH STATEMENT EXECUTE FUNCTION credits_append_only();
