-- What CHECK constraints said of a meeting's row. PostgreSQL reads the expression of a CHECK out of the catalogue anew
-- for every statement: 26 kB for this table, which cost a command more than writing the row. A trigger's conditions are
-- read once a connection. Each refusal keeps the name that its constraint had. The words are those of lifecycle.py,
-- SETTLED_PAYMENTS and UNSETTLED_PAYMENTS (state, payment, progress); a test compares.
CREATE FUNCTION meetings_row_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text := CASE
        WHEN concat_ws(' ', new.state, new.payment, new.progress) <> ALL (ARRAY[
            'awaiting_approval not_blocked', 'awaiting_approval blocked', 'awaiting_approval free',
            'agreed blocked', 'agreed free', 'agreed blocked disputed', 'agreed free disputed',
            'agreed paid went_smoothly', 'agreed returned went_smoothly', 'agreed free went_smoothly',
            'agreed paid no_show_user', 'agreed returned no_show_user', 'agreed free no_show_user',
            'agreed paid no_show_expert', 'agreed returned no_show_expert', 'agreed free no_show_expert',
            'rejected not_blocked', 'rejected returned', 'rejected free',
            'cancelled not_blocked', 'cancelled returned', 'cancelled reimbursed_cancellation', 'cancelled free',
            'expired not_blocked', 'expired returned', 'expired free'])
            THEN 'meetings_payment_fits_state'
        WHEN (new.price = 0) <> (new.payment = 'free') THEN 'meetings_free_means_price_0'
        WHEN (new.alternative_at IS NULL) <> (new.alternative_by IS NULL)
          OR new.alternative_by NOT IN ('user', 'expert')
          OR new.alternative_by IS NOT NULL AND new.state NOT IN ('agreed', 'rejected') THEN 'meetings_alternative_whole'
        WHEN new.state = 'agreed' AND new.in_force_at IS NULL THEN 'meetings_agreed_in_force'
        WHEN new.ends_at <> new.starts_at + make_interval(mins => new.length_minutes) THEN 'meetings_end_is_start_and_length'
        WHEN date_trunc('minute', new.starts_at) <> new.starts_at
          OR date_trunc('minute', new.alternative_at) <> new.alternative_at THEN 'meetings_whole_minutes'
        WHEN NOT new.approved_by <@ ARRAY['user', 'expert']::varchar[] THEN 'meetings_approved_by_parties' END;
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'meeting % violates "%"', new.id, broken USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER whole BEFORE INSERT OR UPDATE ON meetings_meeting
    FOR EACH ROW EXECUTE FUNCTION meetings_row_is_whole();
ALTER TABLE meetings_meeting
    DROP CONSTRAINT meetings_end_is_start_and_length,
    DROP CONSTRAINT meetings_whole_minutes,
    DROP CONSTRAINT meetings_approved_by_parties;

-- As meetings_guard_1.sql says it, in one look instead of three. Deferred: at every commit the credits are blocked
-- exactly where the payment says so, and the timeline is whole.
CREATE OR REPLACE FUNCTION meetings_agrees_with_credits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    m record;
BEGIN
    IF tg_table_name = 'meetings_meeting' THEN
        SELECT w.id, w.payment, w.price, w.user_id, b.id AS block, b.amount, b.wallet_id,
               w.version = (SELECT count(*) FROM meetings_timelineevent t WHERE t.meeting_id = w.id) AS told
          INTO m FROM meetings_meeting w LEFT JOIN credits_block b ON b.reference = w.id AND b.closed_by_id IS NULL
         WHERE w.id = new.id;
        IF NOT m.told THEN
            RAISE EXCEPTION 'meeting % changed without its timeline', m.id USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        SELECT w.id, w.payment, w.price, w.user_id, b.id AS block, b.amount, b.wallet_id
          INTO m FROM meetings_meeting w LEFT JOIN credits_block b ON b.reference = w.id AND b.closed_by_id IS NULL
         WHERE w.id = new.reference;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'credits are blocked for no meeting (%)', new.reference USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF (m.payment = 'blocked') <> (m.block IS NOT NULL)
       OR (m.block IS NOT NULL AND (m.amount <> m.price OR m.wallet_id <> m.user_id)) THEN
        RAISE EXCEPTION 'meeting %: payment is %, blocked are %', m.id, m.payment, m.amount
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
