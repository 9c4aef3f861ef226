-- What was said stays as it was said: a message may be hidden and shown again, and nothing else.
CREATE FUNCTION chat_message_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'UPDATE' AND (new.id, new.chat_id, new.by_low, new.key, new.text, new.at)
                          = (old.id, old.chat_id, old.by_low, old.key, old.text, old.at) THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION '% is append-only', tg_table_name USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON chat_message FOR EACH ROW EXECUTE FUNCTION chat_message_stays();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON chat_message FOR EACH STATEMENT EXECUTE FUNCTION chat_message_stays();

-- Nobody is written to by whom they have blocked: looked at once more when a message is stored.
CREATE FUNCTION chat_message_is_let_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM chat_chat c WHERE c.id = new.chat_id
                  AND (c.low_blocked_at IS NOT NULL OR c.high_blocked_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'chat % is blocked', new.chat_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER let_in BEFORE INSERT ON chat_message FOR EACH ROW EXECUTE FUNCTION chat_message_is_let_in();
