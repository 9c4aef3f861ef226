-- One poll of a page in the built-in room, in one trip: what it sends, that it is there, and what the other has sent.
-- `asked`: {reference, generation, party, turn, session, enter, look, leave, since, sent: [{number, target, payload}]}.
-- Answers {closed: why}, {superseded: true}, or {messages, rest (seconds until it closes), peer}. An idle poll writes nothing; every 20 s it
-- writes that the page is there. Only a page that enters takes the seat from another one (a second tab).
CREATE FUNCTION video_exchange(asked jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    r video_room;
    seat video_seat;
    other video_seat;
    mine text := asked ->> 'session';
    sent int := jsonb_array_length(asked -> 'sent');
    last bigint;
    seen text;
    messages jsonb;
BEGIN
    SELECT * INTO r FROM video_room WHERE reference = (asked ->> 'reference')::bigint;
    IF NOT FOUND OR NOT r.wanted THEN
        RETURN '{"closed": "cancelled"}';
    ELSIF r.generation <> (asked ->> 'generation')::int THEN
        RETURN '{"closed": "moved"}';
    ELSIF platform_now() >= r.closes_at THEN
        RETURN '{"closed": "over"}';
    END IF;
    SELECT * INTO seat FROM video_seat WHERE room_id = r.reference AND party = asked ->> 'party';
    IF seat.turn <> (asked ->> 'turn')::int THEN
        RETURN '{"closed": "link"}';
    END IF;
    SELECT * INTO other FROM video_seat WHERE room_id = r.reference AND party <> asked ->> 'party';
    IF (asked ->> 'look')::boolean THEN
        RETURN jsonb_build_object('peer', CASE WHEN other.session <> ''
            AND other.seen_at > clock_timestamp() - interval '45 seconds' THEN other.session END);
    END IF;
    IF seat.session <> mine AND NOT (asked ->> 'enter')::boolean THEN
        RETURN '{"superseded": true}';
    END IF;

    seen := CASE WHEN (asked ->> 'leave')::boolean THEN 'left'
                 WHEN seat.session <> mine THEN 'joined'
                 WHEN seat.seen_at <= clock_timestamp() - interval '20 seconds' THEN 'present' END;
    IF seen IS NOT NULL THEN
        UPDATE video_seat SET session = CASE WHEN seen = 'left' THEN '' ELSE mine END, seen_at = clock_timestamp()
         WHERE id = seat.id;
        INSERT INTO video_presence (reference, generation, party, kind, at, source, dedupe)
        VALUES (r.reference, r.generation, seat.party, seen, platform_now(), 'builtin',
                format('%s:%s:%s:%s', r.reference, mine, seen, extract(epoch FROM clock_timestamp())::numeric(20, 3)))
        ON CONFLICT (source, dedupe) DO NOTHING;
    END IF;
    IF sent > 0 AND r.last_sequence < 20000 THEN
        -- The room's row stays locked until the commit, so numbers grow in the order in which they can be seen.
        UPDATE video_room SET last_sequence = last_sequence + sent WHERE reference = r.reference
        RETURNING last_sequence - sent INTO last;
        INSERT INTO video_signal (room_id, sequence, party, session, number, target, payload, at)
        SELECT r.reference, last + given.place, seat.party, mine, (given.one ->> 'number')::int, given.one ->> 'target',
               given.one -> 'payload', platform_now()
          FROM jsonb_array_elements(asked -> 'sent') WITH ORDINALITY AS given (one, place)
        ON CONFLICT (room_id, session, number) DO NOTHING;
    END IF;

    SELECT jsonb_agg(jsonb_build_object('sequence', m.sequence, 'from', m.session, 'party', m.party,
                     'number', m.number, 'target', m.target, 'payload', m.payload, 'at', m.at) ORDER BY m.sequence)
      INTO messages
      FROM (SELECT * FROM video_signal
             WHERE room_id = r.reference AND sequence > (asked ->> 'since')::bigint AND target IN (mine, '')
             ORDER BY sequence LIMIT 200) m;
    -- After the messages: whoever has sent one of them sits there by now.
    SELECT * INTO other FROM video_seat WHERE room_id = r.reference AND party <> asked ->> 'party';
    RETURN jsonb_build_object(
        'messages', coalesce(messages, '[]'),
        'rest', floor(extract(epoch FROM r.closes_at - platform_now())),
        'peer', CASE WHEN other.session <> '' AND other.seen_at > clock_timestamp() - interval '45 seconds'
                THEN other.session END);
END $$;
