-- Counters and short-lived values shared by all processes; UNLOGGED, because losing them in a crash only
-- forgives somebody a few attempts.
CREATE UNLOGGED TABLE foundation_cache (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    expires_at timestamptz
);
CREATE INDEX foundation_cache_expires ON foundation_cache (expires_at);
