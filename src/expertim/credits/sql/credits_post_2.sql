-- Post what is asked, all of it or nothing. `asked` is an array of postings as credits/moves.py makes them, each
-- {kind, cause, reference, at, reason, by, legs: [{account, wallet, amount, movement}], opens: {wallet, amount},
-- closes: {returned, deducted, paid, commission}}. A cause that was posted before violates its unique key.
-- Wallets are locked by ascending id; the caller may hold these locks already. They are named by an array of their
-- ids: joined with what the JSON holds alone, every wallet of the platform was read three times for each posting.
CREATE OR REPLACE FUNCTION credits_post(asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[];
    closing bigint;
    closed bigint;
BEGIN
    IF jsonb_array_length(asked) = 0 THEN
        RETURN;
    END IF;

    touched := ARRAY(SELECT DISTINCT (leg ->> 'wallet')::bigint
                       FROM jsonb_array_elements(asked) p, jsonb_array_elements(p -> 'legs') leg
                      WHERE leg ->> 'wallet' IS NOT NULL);
    PERFORM 1 FROM credits_wallet WHERE person_id = ANY (touched) ORDER BY person_id FOR NO KEY UPDATE;

    INSERT INTO credits_posting (kind, cause, reference, at, reason, by, legs)
    SELECT p ->> 'kind', p ->> 'cause', (p ->> 'reference')::bigint,
           coalesce((p ->> 'at')::timestamptz, platform_now()),
           coalesce(p ->> 'reason', ''), coalesce(p ->> 'by', ''), jsonb_array_length(p -> 'legs')
      FROM jsonb_array_elements(asked) WITH ORDINALITY AS a (p, n) ORDER BY n;

    -- The balance after a leg runs on within the batch: it starts from the wallet as it is locked now.
    INSERT INTO credits_entry (posting_id, account, wallet_id, amount, movement, balance)
    SELECT posting.id, leg.account, leg.wallet, leg.amount, leg.movement,
           wallet.available + wallet.blocked
               + sum(leg.amount) OVER (PARTITION BY leg.wallet ORDER BY a.n, leg.m)
      FROM jsonb_array_elements(asked) WITH ORDINALITY AS a (p, n)
      JOIN credits_posting posting ON posting.cause = a.p ->> 'cause'
     CROSS JOIN LATERAL (
           SELECT l ->> 'account' AS account, (l ->> 'wallet')::bigint AS wallet,
                  (l ->> 'amount')::bigint AS amount, l ->> 'movement' AS movement, m
             FROM jsonb_array_elements(a.p -> 'legs') WITH ORDINALITY AS x (l, m)) leg
      LEFT JOIN credits_wallet wallet ON wallet.person_id = leg.wallet AND wallet.person_id = ANY (touched)
     ORDER BY a.n, leg.m;

    UPDATE credits_wallet wallet
       SET available = wallet.available + moved.available, blocked = wallet.blocked + moved.blocked
      FROM (SELECT (l ->> 'wallet')::bigint AS person_id,
                   coalesce(sum((l ->> 'amount')::bigint) FILTER (WHERE l ->> 'account' = 'available'), 0) AS available,
                   coalesce(sum((l ->> 'amount')::bigint) FILTER (WHERE l ->> 'account' = 'blocked'), 0) AS blocked
              FROM jsonb_array_elements(asked) p, jsonb_array_elements(p -> 'legs') l
             WHERE l ->> 'wallet' IS NOT NULL GROUP BY 1) moved
     WHERE wallet.person_id = moved.person_id AND wallet.person_id = ANY (touched);

    -- Closing before opening: a meeting that is blocked anew has ended its former block.
    SELECT count(*) INTO closing FROM jsonb_array_elements(asked) p WHERE p ? 'closes';
    IF closing > 0 THEN
        UPDATE credits_block block
           SET closed_by_id = posting.id,
               returned = (p -> 'closes' ->> 'returned')::bigint, deducted = (p -> 'closes' ->> 'deducted')::bigint,
               paid = (p -> 'closes' ->> 'paid')::bigint, commission = (p -> 'closes' ->> 'commission')::bigint
          FROM jsonb_array_elements(asked) p
          JOIN credits_posting posting ON posting.cause = p ->> 'cause'
         WHERE p ? 'closes' AND block.reference = (p ->> 'reference')::bigint AND block.closed_by_id IS NULL;
        GET DIAGNOSTICS closed = ROW_COUNT;
        IF closed <> closing THEN
            RAISE EXCEPTION '% blocks to close, % open', closing, closed USING ERRCODE = 'check_violation';
        END IF;
    END IF;

    INSERT INTO credits_block (wallet_id, reference, amount, opened_by_id)
    SELECT (p -> 'opens' ->> 'wallet')::bigint, (p ->> 'reference')::bigint, (p -> 'opens' ->> 'amount')::bigint,
           posting.id
      FROM jsonb_array_elements(asked) p
      JOIN credits_posting posting ON posting.cause = p ->> 'cause'
     WHERE p ? 'opens';
END $$;

-- One grant, unless its cause has been posted before; false then.
CREATE OR REPLACE FUNCTION credits_grant(asked jsonb) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM credits_wallet
     WHERE person_id = ANY (ARRAY(SELECT (leg ->> 'wallet')::bigint FROM jsonb_array_elements(asked -> 'legs') leg))
     ORDER BY person_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM credits_posting WHERE cause = asked ->> 'cause') THEN
        RETURN false;
    END IF;
    PERFORM credits_post(jsonb_build_array(asked));
    RETURN true;
END $$;
