-- Post what is asked, all of it or nothing. `asked` is an array of postings as credits/moves.py makes them, each
-- {kind, cause, reference, at, reason, by, legs: [{account, wallet, amount, movement}], opens: {wallet, amount},
-- closes: {returned, deducted, paid, commission}}. A cause that was posted before violates its unique key.
-- The wallets' rows are changed first, by ascending id, so that nobody comes between a balance and its entries; a caller
-- with several postings holds these locks already. Posting by posting: nearly every call brings one, and four short
-- statements with kept plans cost less than joining what came back with what was sent. Wallets are named by an array
-- of their ids: joined with what the JSON holds alone, every wallet of the platform was read.
CREATE OR REPLACE FUNCTION credits_post(asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    p jsonb;
    made bigint;
BEGIN
    FOR place IN 0 .. jsonb_array_length(asked) - 1 LOOP
        p := asked -> place;
        INSERT INTO credits_posting (kind, cause, reference, at, reason, by, legs)
        VALUES (p ->> 'kind', p ->> 'cause', (p ->> 'reference')::bigint,
                coalesce((p ->> 'at')::timestamptz, platform_now()),
                coalesce(p ->> 'reason', ''), coalesce(p ->> 'by', ''), jsonb_array_length(p -> 'legs'))
        RETURNING id INTO made;

        UPDATE credits_wallet wallet
           SET available = available + (
                   SELECT coalesce(sum((l ->> 'amount')::bigint), 0) FROM jsonb_array_elements(p -> 'legs') l
                    WHERE (l ->> 'wallet')::bigint = wallet.person_id AND l ->> 'account' = 'available'),
               blocked = blocked + (
                   SELECT coalesce(sum((l ->> 'amount')::bigint), 0) FROM jsonb_array_elements(p -> 'legs') l
                    WHERE (l ->> 'wallet')::bigint = wallet.person_id AND l ->> 'account' = 'blocked')
         WHERE person_id = ANY (ARRAY(SELECT (l ->> 'wallet')::bigint FROM jsonb_array_elements(p -> 'legs') l));

        -- The balance after a leg: the wallet as it is now, less the legs still to come. All legs in one statement: a
        -- posting is whole, or refused, when it ends (ledger_2.sql).
        INSERT INTO credits_entry (posting_id, account, wallet_id, amount, movement, balance)
        SELECT made, l ->> 'account', (l ->> 'wallet')::bigint, (l ->> 'amount')::bigint, l ->> 'movement',
               (SELECT available + blocked FROM credits_wallet WHERE person_id = (l ->> 'wallet')::bigint)
                   - coalesce(sum((l ->> 'amount')::bigint) OVER (
                       PARTITION BY l ->> 'wallet' ORDER BY n ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)
          FROM jsonb_array_elements(p -> 'legs') WITH ORDINALITY AS x (l, n) ORDER BY n;

        IF p ? 'closes' THEN
            UPDATE credits_block
               SET closed_by_id = made,
                   returned = (p -> 'closes' ->> 'returned')::bigint, deducted = (p -> 'closes' ->> 'deducted')::bigint,
                   paid = (p -> 'closes' ->> 'paid')::bigint, commission = (p -> 'closes' ->> 'commission')::bigint
             WHERE reference = (p ->> 'reference')::bigint AND closed_by_id IS NULL;
            IF NOT FOUND THEN
                RAISE EXCEPTION '1 blocks to close, 0 open (%)', p ->> 'cause' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        IF p ? 'opens' THEN
            INSERT INTO credits_block (wallet_id, reference, amount, opened_by_id)
            VALUES ((p -> 'opens' ->> 'wallet')::bigint, (p ->> 'reference')::bigint,
                    (p -> 'opens' ->> 'amount')::bigint, made);
        END IF;
    END LOOP;
END $$;
