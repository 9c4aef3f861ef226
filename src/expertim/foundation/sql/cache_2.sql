-- A lock in the cache and the value it guards, in one trip: `taken`, and only where it was taken the value that stands
-- there then. Two statements with a snapshot each: one alone could read what stood before the lock was left.
CREATE FUNCTION foundation_cache_take(lock text, guarded text, seconds float8, OUT taken boolean, OUT stood text)
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO foundation_cache AS c VALUES (lock, 'true', clock_timestamp() + seconds * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
     WHERE c.expires_at <= clock_timestamp();
    taken := FOUND;
    IF taken THEN
        SELECT value::text INTO stood FROM foundation_cache
         WHERE key = guarded AND (expires_at IS NULL OR expires_at > clock_timestamp());
    END IF;
END $$;
