-- Buyers whose data were erased: how far that has come, and what was erased. The row stays, so that what is
-- said about them later brings nothing back.

CREATE TABLE erasures (
    shop_id TEXT NOT NULL, buyer_key TEXT NOT NULL, asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL,
    done_at BIGINT, reached TEXT, messages BIGINT NOT NULL, reviews BIGINT NOT NULL, surveys BIGINT NOT NULL,
    notes BIGINT NOT NULL, replies BIGINT NOT NULL, withdrawn BIGINT NOT NULL, remedies BIGINT NOT NULL,
    shipments BIGINT NOT NULL, returns BIGINT NOT NULL, events BIGINT NOT NULL, answers BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, buyer_key)
) {rowid};

-- Few of many: what ingest looks at with every order.
CREATE INDEX buyers_erased ON buyers (shop_id, buyer_key) WHERE erased_at IS NOT NULL;

-- What stands of a buyer, wherever it is not found through an order or a case.
CREATE INDEX texts_of_buyer ON texts (shop_id, buyer_key) WHERE buyer_key IS NOT NULL;
CREATE INDEX reviews_of_buyer ON reviews (shop_id, buyer_key) WHERE buyer_key IS NOT NULL;
CREATE INDEX returns_of_buyer ON returns (shop_id, buyer_key) WHERE buyer_key IS NOT NULL;
CREATE INDEX surveys_of_order ON surveys (shop_id, order_id) WHERE order_id IS NOT NULL;

-- About which case an answer was given that is kept for a day. Answers from before this are found by nobody
-- and are gone after that day.
ALTER TABLE requests ADD COLUMN case_id TEXT;
CREATE INDEX requests_of_case ON requests (shop_id, case_id) WHERE case_id IS NOT NULL;
