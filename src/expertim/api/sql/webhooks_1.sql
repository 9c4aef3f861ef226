-- What happens to a meeting is told to the endpoints that want to know: a row of the outbox each, written by the very
-- transaction that writes the timeline. One statement a writing; where there is no endpoint it looks and goes.
CREATE FUNCTION api_tell_endpoints() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM api_endpoint WHERE disabled_at IS NULL) THEN
        RETURN NULL;
    END IF;
    PERFORM outbox_add(coalesce(jsonb_agg(jsonb_build_object(
                'kind', 'webhook',
                'key', format('webhook:%s:%s', e.id, t.id),
                'reference', m.id,
                'due_at', t.at,
                'payload', jsonb_build_object(
                    'endpoint', e.id, 'message', format('msg_%s_%s', m.public_id, t.sequence),
                    'meeting', m.public_id, 'event', t.event, 'by', t.by, 'at', t.at))), '[]'))
       FROM told t
       JOIN meetings_meeting m ON m.id = t.meeting_id
       JOIN api_endpoint e ON e.disabled_at IS NULL AND t.event = ANY (e.events)
        AND (e.person_id IN (m.user_id, m.expert_id) OR e.person_id IS NULL);
    RETURN NULL;
END $$;

CREATE TRIGGER api_tell_endpoints AFTER INSERT ON meetings_timelineevent
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION api_tell_endpoints();
