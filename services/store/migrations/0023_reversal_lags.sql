-- How negative reviews are followed until they are reversed: those that left by the days that passed, those
-- that did not by the day of their entry, so that no day that passes changes a row. By the civil day of the
-- first observation, and by what is known of them. `amends recompute --repair` fills it.
CREATE TABLE reversal_lags (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, period BIGINT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
    origin BIGINT NOT NULL, ending BIGINT NOT NULL, days BIGINT NOT NULL, shard BIGINT NOT NULL,
    members BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, period, a, b, origin, ending, days, shard)
) {rowid};
-- Which lines were helped lately: few of many.
CREATE INDEX order_lines_helped ON order_lines (shop_id, helped_at) WHERE helped_at IS NOT NULL;
