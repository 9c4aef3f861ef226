-- What meetings want of their rooms, in the transaction that decided it. `rooms` is an array of {reference, platform,
-- generation, wanted, opens_at, closes_at}. The platform is that of the first time: it never changes for a meeting.
CREATE FUNCTION video_want(rooms jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO video_room AS r (reference, platform, generation, wanted, opens_at, closes_at, last_error, last_sequence)
    SELECT reference, platform, generation, wanted, opens_at, closes_at, '', 0
      FROM jsonb_to_recordset(rooms) AS given (reference bigint, platform text, generation integer, wanted boolean,
           opens_at timestamptz, closes_at timestamptz)
    ON CONFLICT (reference) DO UPDATE
       SET generation = excluded.generation, wanted = excluded.wanted, opens_at = excluded.opens_at,
           closes_at = excluded.closes_at;
    INSERT INTO video_seat (room_id, party, turn, session)
    SELECT (given ->> 'reference')::bigint, party, 0, ''
      FROM jsonb_array_elements(rooms) given, unnest(ARRAY['user', 'expert']) party
    ON CONFLICT (room_id, party) DO NOTHING
$$;

CREATE FUNCTION video_keeps_its_platform() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (new.reference, new.platform) IS DISTINCT FROM (old.reference, old.platform) THEN
        RAISE EXCEPTION 'the platform of room % never changes', old.reference USING ERRCODE = 'check_violation';
    END IF;
    IF old.fell_back_at IS NOT NULL AND new.fell_back_at IS NULL THEN
        RAISE EXCEPTION 'room % has fallen back for good', old.reference USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER keeps_its_platform BEFORE UPDATE ON video_room
    FOR EACH ROW EXECUTE FUNCTION video_keeps_its_platform();

-- Evidence is only ever added to.
CREATE FUNCTION video_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', tg_table_name USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON video_presence
    FOR EACH ROW EXECUTE FUNCTION video_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON video_presence
    FOR EACH STATEMENT EXECUTE FUNCTION video_append_only();
