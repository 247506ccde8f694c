-- What the planner shall believe until it has analysed real rows: one shop has very many, one key has few.
-- A plan made while a table was empty is kept for as long as the table is not analysed, and to a planner
-- that knows nothing every index that begins with the shop is as good as any other. The rows stand only
-- within the transaction that makes the tables; what was learnt from them stays.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT c.relname AS name,
            string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
            string_agg(CASE
                WHEN a.attname = 'shop_id' THEN '''shop'' || i % 4'
                WHEN a.atttypid = 'text'::regtype AND a.attname ~ '(_id|_key|_order|subject|anchor|prefix)$' THEN '''x'' || i'
                WHEN a.atttypid = 'text'::regtype THEN '''x'' || i % 5'
                WHEN a.atttypid = 'boolean'::regtype THEN 'i % 2 = 0'
                WHEN a.atttypid = 'bytea'::regtype THEN '''x''::bytea'
                ELSE 'i' END, ', ' ORDER BY a.attnum) AS sample
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
            AND c.xmin = pg_current_xact_id()::xid
            AND c.relname NOT IN ('schema_migrations', 'relay', 'shops', 'rollup_bases')
        GROUP BY c.relname
    LOOP
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM generate_series(1, 400) AS i', t.name, t.columns, t.sample);
        EXECUTE format('ANALYZE %I', t.name);
    END LOOP;
END $$;
-- Truncated in the transaction that made them, the tables would count as analysed and empty;
-- truncated in one within it, they count as new.
SAVEPOINT shaped;
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT c.relname AS name FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
            AND c.xmin = pg_current_xact_id()::xid
            AND c.relname NOT IN ('schema_migrations', 'relay', 'shops', 'rollup_bases')
    LOOP
        EXECUTE format('TRUNCATE %I RESTART IDENTITY', t.name);
    END LOOP;
END $$;
RELEASE SAVEPOINT shaped;
