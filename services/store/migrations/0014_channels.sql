-- When somebody should look at a review again; none when its plan has ended.

ALTER TABLE reviews ADD COLUMN next_look_at BIGINT;
-- What the plan is depends on the channel's policy, which no statement knows. A review of an earlier version is due
-- once, a day after it was last seen; the look itself then sets the rest, or `amends recompute --repair` does at once.
UPDATE reviews SET next_look_at = last_observed_at + 86400000000
    WHERE last_diff NOT IN ('REMOVED_BY_BUYER', 'REMOVED_BY_PLATFORM');
CREATE INDEX reviews_to_look_at ON reviews (shop_id, next_look_at, review_id) WHERE next_look_at IS NOT NULL;
