-- What fell into the window after the delivery, of what was requested and counted.
ALTER TABLE order_lines ADD COLUMN requested_in_window BIGINT;
ALTER TABLE order_lines ADD COLUMN counted_in_window BIGINT;
-- What each version of a review says about its place, and whether the wish to return was heard in it.
ALTER TABLE review_versions ADD COLUMN line_id TEXT;
ALTER TABLE review_versions ADD COLUMN sku TEXT;
ALTER TABLE review_versions ADD COLUMN return_intent BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE review_versions SET return_intent = TRUE WHERE EXISTS (
    SELECT 1 FROM signals s WHERE s.shop_id = review_versions.shop_id AND s.kind = 'REVIEW'
        AND s.signal_id = review_versions.signal_id AND s.detection LIKE '%"return_intent":true%'
);
ALTER TABLE reviews ADD COLUMN wished_at BIGINT;
UPDATE reviews SET wished_at = (
    SELECT min(v.observed_at) FROM review_versions v
    WHERE v.shop_id = reviews.shop_id AND v.review_id = reviews.review_id AND v.return_intent
);
CREATE INDEX reviews_wishing ON reviews (shop_id, order_id) WHERE wished_at IS NOT NULL;
-- On which order and line a message voices the wish to return: it stands with the signal, since of several
-- signals about one message only the first is kept as the message.
ALTER TABLE signals ADD COLUMN wish_order TEXT;
ALTER TABLE signals ADD COLUMN wish_line TEXT;
UPDATE signals SET
    wish_order = (SELECT m.order_id FROM messages m
        WHERE m.shop_id = signals.shop_id AND m.signal_id = signals.signal_id AND m.return_intent LIMIT 1),
    wish_line = (SELECT m.line_id FROM messages m
        WHERE m.shop_id = signals.shop_id AND m.signal_id = signals.signal_id AND m.return_intent LIMIT 1)
    WHERE kind = 'MESSAGE' AND detection LIKE '%"return_intent":true%';
CREATE INDEX signals_wishes ON signals (shop_id, wish_order) WHERE wish_order IS NOT NULL;
-- Who began the work on cases from before it was remembered with them.
UPDATE cases SET first_agent = (
    SELECT e.actor_name FROM events e WHERE e.shop_id = cases.shop_id AND e.case_id = cases.case_id
        AND e.word = 'case.work_started' ORDER BY e.seq LIMIT 1
) WHERE first_agent IS NULL AND first_human_action_at IS NOT NULL;
-- Reviews whose window of edits is counted from a delivery after they were first seen.
CREATE INDEX reviews_before_delivery ON reviews (shop_id, first_observed_at)
    WHERE negative AND delivered_at > first_observed_at;
-- By which zone data and catalogue of channels the roll-ups of a shop were written.
CREATE TABLE rollup_bases (
    shop_id TEXT NOT NULL PRIMARY KEY, zone_data TEXT NOT NULL, catalogue TEXT NOT NULL
) {rowid};
