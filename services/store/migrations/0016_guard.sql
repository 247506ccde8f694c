-- What the shop wrote to a buyer unasked, over all cases: what the caps on contact are counted from. A reply
-- counts as long as a connector has it or may have it, so its row is read together with the reply's.
CREATE TABLE contacts (
    shop_id TEXT NOT NULL, buyer_key TEXT NOT NULL, contact_id TEXT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, buyer_key, contact_id)
) {rowid};
INSERT INTO contacts (shop_id, buyer_key, contact_id, kind, at)
    SELECT shop_id, buyer_key, review_id, 'ASK', asked_at FROM reviews
    WHERE asked_at IS NOT NULL AND buyer_key IS NOT NULL;

-- Where a buyer's day begins, by the latest order that said so.
ALTER TABLE buyers ADD COLUMN time_zone TEXT;

-- Whether it was accepted that a public reply ends the buyer's chance to edit.
ALTER TABLE replies ADD COLUMN override_lock BOOLEAN NOT NULL DEFAULT FALSE;

-- Public replies to one review are few, and looked up by it.
CREATE INDEX replies_of_review ON replies (shop_id, review_id) WHERE review_id IS NOT NULL;
