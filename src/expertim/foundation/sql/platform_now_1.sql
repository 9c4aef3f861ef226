CREATE TABLE platform_clock (
    id smallint PRIMARY KEY CHECK (id = 1),
    shift interval NOT NULL DEFAULT interval '0',
    frozen_at timestamptz
);

-- What the rules read. Frozen only by tests and simulations; clock_timestamp() and not now(), because a rule
-- that has waited for a lock must see the time after the wait.
CREATE FUNCTION platform_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT coalesce((SELECT coalesce(frozen_at, clock_timestamp() + shift) FROM platform_clock WHERE id = 1),
                    clock_timestamp())
$$;

CREATE FUNCTION platform_clock_forwards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(new.frozen_at, clock_timestamp() + new.shift)
       < coalesce(old.frozen_at, clock_timestamp() + old.shift) - interval '1 millisecond' THEN
        RAISE EXCEPTION 'the platform''s clock never goes back' USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER forwards BEFORE UPDATE ON platform_clock
    FOR EACH ROW EXECUTE FUNCTION platform_clock_forwards();
