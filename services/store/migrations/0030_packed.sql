-- Of a sealed period in which many articles are told apart, all rows of one split are kept as one text besides. What
-- is heard of a sealed period later stands in shards of its own, from 4294967296 on: the text and those rows
-- together are what all rows are. Periods that were sealed before are sealed again, by which they are packed. Who ever
-- takes sealed_until back deletes the packs with it: what is not sealed is not written to late shards.
CREATE TABLE packed_rollups (
    shop_id TEXT NOT NULL, family TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    layout BIGINT NOT NULL, entries BIGINT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (shop_id, family, split, grain, period)
);
CREATE INDEX review_rollups_late ON review_rollups (shop_id, split, grain, period) WHERE shard >= 4294967296;
CREATE INDEX line_rollups_late ON line_rollups (shop_id, split, grain, period) WHERE shard >= 4294967296;
ALTER TABLE rollup_bases ADD COLUMN packed BIGINT NOT NULL DEFAULT 0;
UPDATE rollup_bases SET sealed_until = NULL;
