-- What is in stock and what remedies hold of it; the terms of a remedy whole; refunds and bounds as the channel said them.

ALTER TABLE remedies ADD COLUMN disposal TEXT;
ALTER TABLE remedies ADD COLUMN gift BIGINT;
ALTER TABLE remedies ADD COLUMN gift_currency TEXT;
ALTER TABLE remedies ADD COLUMN coupon_code TEXT NOT NULL DEFAULT '';
ALTER TABLE remedies ADD COLUMN return_until BIGINT;
ALTER TABLE remedies ADD COLUMN stopped_by TEXT;
ALTER TABLE remedies ADD COLUMN wish BIGINT;
ALTER TABLE remedies ADD COLUMN wish_currency TEXT;
CREATE INDEX remedies_of_order ON remedies (shop_id, order_id) WHERE order_id IS NOT NULL;

-- The amount and the bounds stand beside each word of the channel, so that the order of arrival changes nothing.
-- What was said before this is kept with the request alone.
ALTER TABLE return_events ADD COLUMN refund BIGINT;
ALTER TABLE return_events ADD COLUMN currency TEXT;
ALTER TABLE return_events ADD COLUMN offer_min BIGINT;
ALTER TABLE return_events ADD COLUMN offer_max BIGINT;
ALTER TABLE return_events ADD COLUMN offer_currency TEXT;
ALTER TABLE return_events ADD COLUMN offers_left BIGINT;
ALTER TABLE returns ADD COLUMN offer_min BIGINT;
ALTER TABLE returns ADD COLUMN offer_max BIGINT;
ALTER TABLE returns ADD COLUMN offer_currency TEXT;
ALTER TABLE returns ADD COLUMN offers_left BIGINT;

CREATE TABLE stock (
    shop_id TEXT NOT NULL, sku TEXT NOT NULL, kind TEXT NOT NULL, available BIGINT NOT NULL, as_of BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    PRIMARY KEY (shop_id, sku, kind)
) {rowid};

CREATE TABLE stock_holds (
    shop_id TEXT NOT NULL, remedy_id TEXT NOT NULL, sku TEXT NOT NULL, kind TEXT NOT NULL, quantity BIGINT NOT NULL,
    state TEXT NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, remedy_id)
) {rowid};
CREATE INDEX stock_holds_of_sku ON stock_holds (shop_id, sku, kind, state, at);
