-- Keep a user's words about an expert: one text per pair, the later replaces the earlier (V1). What an operator has
-- hidden stays hidden. `asked` is an array of {user, expert, text, at}.
CREATE FUNCTION reviews_put(asked jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO reviews_review (user_id, expert_id, text, written_at, hidden_note)
    SELECT r."user", r.expert, r.text, r.at, ''
      FROM jsonb_to_recordset(asked) AS r ("user" bigint, expert bigint, text text, at timestamptz)
    ON CONFLICT (user_id, expert_id) DO UPDATE SET text = excluded.text, written_at = excluded.written_at
$$;
