-- What the planner shall believe about every index: one shop has very many rows, one key has few.
-- Without it a shop counts as ten rows, and looking for one order reads all that the shop has.
ANALYZE schema_migrations;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT t.name, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END,
    '1000000' || (
        SELECT group_concat(CASE
            WHEN c.name = 'shop_id' AND c.seqno = 0 THEN ' 100000'
            WHEN c.seqno + 1 = (SELECT COUNT(*) FROM pragma_index_info(i.name)) THEN ' 2'
            ELSE ' 10' END, '')
        FROM pragma_index_info(i.name) AS c
    )
FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS i
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%';
ANALYZE sqlite_schema;
