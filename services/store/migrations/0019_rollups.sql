-- Sums by civil day and month of the shop, without a split, by each thing that is known of a member, and by
-- each pair of them: one row for all measures of a family. `amends recompute --repair` fills them.
DROP TABLE tallies;
CREATE TABLE review_rollups (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    a TEXT NOT NULL, b TEXT NOT NULL, shard BIGINT NOT NULL,
    negative BIGINT NOT NULL, eligible BIGINT NOT NULL, contacted BIGINT NOT NULL,
    solved BIGINT NOT NULL, asked BIGINT NOT NULL, reversed BIGINT NOT NULL,
    eligible_reversed BIGINT NOT NULL, contacted_reversed BIGINT NOT NULL, solved_reversed BIGINT NOT NULL,
    asked_reversed BIGINT NOT NULL, natural_reversed BIGINT NOT NULL, recovered BIGINT NOT NULL,
    re_reversed BIGINT NOT NULL, improved BIGINT NOT NULL, worsened BIGINT NOT NULL,
    text_only BIGINT NOT NULL, follow_up_added BIGINT NOT NULL, removed_by_buyer BIGINT NOT NULL,
    removed_by_platform BIGINT NOT NULL, vanished BIGINT NOT NULL, unchanged BIGINT NOT NULL,
    net_stars BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, grain, period, a, b, shard)
) {rowid};
CREATE TABLE line_rollups (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    a TEXT NOT NULL, b TEXT NOT NULL, shard BIGINT NOT NULL,
    units_delivered BIGINT NOT NULL, units_returned BIGINT NOT NULL, units_requested BIGINT NOT NULL,
    units_intent BIGINT NOT NULL, lines_delivered BIGINT NOT NULL, lines_returned BIGINT NOT NULL,
    lines_wanted BIGINT NOT NULL, lines_rescued BIGINT NOT NULL, intent_provisional BIGINT NOT NULL,
    intent_confirmed BIGINT NOT NULL, intent_failed BIGINT NOT NULL, request_provisional BIGINT NOT NULL,
    request_confirmed BIGINT NOT NULL, request_failed BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, grain, period, a, b, shard)
) {rowid};
-- What the cases about a line or review say of it, by which its figures can be split.
ALTER TABLE cases ADD COLUMN first_agent TEXT;
ALTER TABLE cases ADD COLUMN remedied TEXT;
ALTER TABLE order_lines ADD COLUMN case_reason TEXT;
ALTER TABLE order_lines ADD COLUMN case_remedy TEXT;
ALTER TABLE order_lines ADD COLUMN case_agent TEXT;
ALTER TABLE order_lines ADD COLUMN case_language TEXT;
ALTER TABLE reviews ADD COLUMN line_sku TEXT;
ALTER TABLE reviews ADD COLUMN case_reason TEXT;
ALTER TABLE reviews ADD COLUMN case_remedy TEXT;
ALTER TABLE reviews ADD COLUMN case_agent TEXT;
ALTER TABLE reviews ADD COLUMN case_language TEXT;
