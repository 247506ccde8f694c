-- The first schema. {bytes}, {seq}, {events_key} and {rowid} differ by engine; nothing else does.
-- Times are microseconds since the epoch, money is minor units, enumerations are words.

CREATE TABLE shops (
    shop_id TEXT NOT NULL PRIMARY KEY, display_name TEXT NOT NULL, channel TEXT NOT NULL,
    region TEXT NOT NULL, currency TEXT NOT NULL, time_zone TEXT NOT NULL,
    buyer_salt {bytes} NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL
) {rowid};

CREATE TABLE policies (
    shop_id TEXT NOT NULL, version BIGINT NOT NULL, effective_from BIGINT NOT NULL,
    body TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, version)
) {rowid};

CREATE TABLE signals (
    shop_id TEXT NOT NULL, kind TEXT NOT NULL, signal_id TEXT NOT NULL, digest {bytes} NOT NULL,
    occurred_at BIGINT NOT NULL, received_at BIGINT NOT NULL, trace TEXT,
    case_id TEXT, case_opened BOOLEAN NOT NULL, detection TEXT,
    PRIMARY KEY (shop_id, kind, signal_id)
) {rowid};
CREATE INDEX signals_of_case ON signals (shop_id, case_id) WHERE case_id IS NOT NULL;

CREATE TABLE buyers (
    shop_id TEXT NOT NULL, buyer_key TEXT NOT NULL, buyer_ref TEXT NOT NULL, first_seen_at BIGINT NOT NULL,
    opted_out_at BIGINT, erased_at BIGINT,
    PRIMARY KEY (shop_id, buyer_key)
) {rowid};

CREATE TABLE texts (
    shop_id TEXT NOT NULL, owner TEXT NOT NULL, text_id TEXT NOT NULL, buyer_key TEXT, body TEXT NOT NULL,
    PRIMARY KEY (shop_id, owner, text_id)
) {rowid};

CREATE TABLE order_lines (
    shop_id TEXT NOT NULL, order_id TEXT NOT NULL, line_id TEXT NOT NULL, known BOOLEAN NOT NULL,
    said_at BIGINT, said_by TEXT, placed_at BIGINT, state TEXT, buyer_key TEXT, sku TEXT, title TEXT,
    category TEXT, quantity BIGINT, unit_price BIGINT, currency TEXT, language TEXT,
    delivered_at BIGINT, delivered_units BIGINT, intent_at BIGINT, requested_at BIGINT, requested_units BIGINT,
    counted_at BIGINT, counted_units BIGINT, help_kind TEXT, helped_at BIGINT, helped_units BIGINT,
    confirmed_at BIGINT,
    PRIMARY KEY (shop_id, order_id, line_id)
) {rowid};

CREATE TABLE shipments (
    shop_id TEXT NOT NULL, order_id TEXT NOT NULL, shipment_id TEXT NOT NULL, lines TEXT NOT NULL,
    state TEXT NOT NULL, state_at BIGINT NOT NULL, said_by TEXT NOT NULL, eta BIGINT, carrier TEXT NOT NULL,
    tracking TEXT NOT NULL, delivered_at BIGINT, for_remedy BOOLEAN NOT NULL,
    PRIMARY KEY (shop_id, order_id, shipment_id)
) {rowid};

CREATE TABLE reviews (
    shop_id TEXT NOT NULL, review_id TEXT NOT NULL, order_id TEXT, line_id TEXT, sku TEXT, buyer_key TEXT,
    case_id TEXT, language TEXT NOT NULL, negative BOOLEAN NOT NULL, hidden_negative BOOLEAN NOT NULL,
    first_rating BIGINT, rating BIGINT, first_observed_at BIGINT, last_observed_at BIGINT NOT NULL,
    visible BOOLEAN NOT NULL, last_diff TEXT NOT NULL,
    reversed_at BIGINT, first_human_action_at BIGINT, contacted_at BIGINT, solved_at BIGINT, asked_at BIGINT,
    delivered_at BIGINT,
    PRIMARY KEY (shop_id, review_id)
) {rowid};
CREATE INDEX reviews_of_order ON reviews (shop_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX reviews_by_time ON reviews (shop_id, last_observed_at, review_id);
CREATE INDEX reviews_of_case ON reviews (shop_id, case_id) WHERE case_id IS NOT NULL;

CREATE TABLE review_versions (
    shop_id TEXT NOT NULL, review_id TEXT NOT NULL, observed_at BIGINT NOT NULL, signal_id TEXT NOT NULL,
    rating BIGINT, text_hash BIGINT NOT NULL, visible BOOLEAN NOT NULL, removed_by TEXT, edit_state TEXT,
    platform_modified_at BIGINT, follow_up BOOLEAN NOT NULL,
    PRIMARY KEY (shop_id, review_id, observed_at, signal_id)
) {rowid};

CREATE TABLE messages (
    shop_id TEXT NOT NULL, message_id TEXT NOT NULL, conversation_id TEXT NOT NULL, order_id TEXT, line_id TEXT,
    buyer_key TEXT NOT NULL, direction TEXT NOT NULL, author TEXT NOT NULL, public BOOLEAN NOT NULL,
    occurred_at BIGINT NOT NULL, language TEXT NOT NULL, case_id TEXT, signal_id TEXT NOT NULL,
    return_intent BOOLEAN NOT NULL,
    PRIMARY KEY (shop_id, message_id)
) {rowid};
CREATE INDEX messages_of_case ON messages (shop_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX messages_of_order ON messages (shop_id, order_id) WHERE order_id IS NOT NULL;

CREATE TABLE returns (
    shop_id TEXT NOT NULL, order_id TEXT NOT NULL, return_id TEXT NOT NULL, line_id TEXT, quantity BIGINT NOT NULL,
    status TEXT NOT NULL, raw_status TEXT NOT NULL, reason TEXT, raw_reason TEXT NOT NULL,
    requested_at BIGINT NOT NULL, last_event_at BIGINT NOT NULL, withdrawn_at BIGINT, counted_at BIGINT, deadline BIGINT,
    refund BIGINT, currency TEXT, seller_fault BOOLEAN, buyer_key TEXT, case_id TEXT,
    PRIMARY KEY (shop_id, order_id, return_id)
) {rowid};
CREATE UNIQUE INDEX returns_by_id ON returns (shop_id, return_id);
CREATE INDEX returns_by_time ON returns (shop_id, requested_at, return_id);

CREATE TABLE return_events (
    shop_id TEXT NOT NULL, order_id TEXT NOT NULL, return_id TEXT NOT NULL, occurred_at BIGINT NOT NULL,
    signal_id TEXT NOT NULL, status TEXT NOT NULL, raw_status TEXT NOT NULL, quantity BIGINT NOT NULL,
    seller_fault BOOLEAN,
    PRIMARY KEY (shop_id, order_id, return_id, occurred_at, signal_id)
) {rowid};

CREATE TABLE surveys (
    shop_id TEXT NOT NULL, survey_id TEXT NOT NULL, case_id TEXT, order_id TEXT, kind TEXT NOT NULL,
    score BIGINT NOT NULL, occurred_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, survey_id)
) {rowid};

CREATE TABLE cases (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, subject TEXT NOT NULL, anchor TEXT NOT NULL, kind TEXT NOT NULL,
    origin TEXT, is_open BOOLEAN NOT NULL, state TEXT NOT NULL, owner TEXT, lease_id TEXT, lease_expires_at BIGINT,
    until_at BIGINT, outcome TEXT, ended_at BIGINT, close_at BIGINT, merged_into TEXT,
    version BIGINT NOT NULL, fence BIGINT NOT NULL, level BIGINT NOT NULL, priority BIGINT NOT NULL,
    reasons TEXT NOT NULL, flags TEXT NOT NULL, buyer_key TEXT, language TEXT NOT NULL, opened_at BIGINT NOT NULL,
    queued_at BIGINT NOT NULL, hard_deadline BIGINT, first_human_action_at BIGINT, waiting_since BIGINT,
    preferred_agent TEXT, reopen_count BIGINT NOT NULL, abandon_count BIGINT NOT NULL, follow_up_of TEXT,
    PRIMARY KEY (shop_id, case_id)
) {rowid};
-- One open case per subject, whatever the code above believes.
CREATE UNIQUE INDEX cases_open ON cases (shop_id, subject) WHERE is_open;
CREATE INDEX cases_of_anchor ON cases (shop_id, anchor);
CREATE INDEX cases_of_buyer ON cases (shop_id, buyer_key) WHERE buyer_key IS NOT NULL;
CREATE INDEX cases_opened ON cases (shop_id, opened_at);
-- The order in which agents take cases: the nearest hard deadline first, none last.
CREATE INDEX cases_queue ON cases
    (shop_id, (COALESCE(hard_deadline, 9223372036854775807)), priority DESC, queued_at, case_id)
    WHERE state = 'QUEUED';
-- The condition is worded unlike the one above, so that a query can name the one index or the other.
CREATE INDEX cases_queue_preferred ON cases (preferred_agent, shop_id)
    WHERE state >= 'QUEUED' AND state <= 'QUEUED' AND preferred_agent IS NOT NULL;
CREATE INDEX cases_held ON cases (shop_id, owner) WHERE owner IS NOT NULL;

CREATE TABLE remedies (
    shop_id TEXT NOT NULL, remedy_id TEXT NOT NULL, case_id TEXT NOT NULL, order_id TEXT, line_id TEXT,
    units BIGINT NOT NULL, kind TEXT NOT NULL, amount BIGINT, currency TEXT, article TEXT NOT NULL, note TEXT NOT NULL,
    reason TEXT NOT NULL, cost BIGINT, cost_currency TEXT, proposed_by TEXT NOT NULL, proposed_at BIGINT NOT NULL,
    after_remedy TEXT, stage TEXT NOT NULL, at BIGINT, expires_at BIGINT, due_at BIGINT, tracking TEXT, why TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, remedy_id)
) {rowid};
CREATE INDEX remedies_of_case ON remedies (shop_id, case_id);
CREATE INDEX remedies_proposed ON remedies (shop_id, proposed_at);

CREATE TABLE grants (
    shop_id TEXT NOT NULL, order_id TEXT NOT NULL, line_id TEXT NOT NULL, unit BIGINT NOT NULL,
    remedy_id TEXT NOT NULL, goods BOOLEAN NOT NULL, value BIGINT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (shop_id, order_id, line_id, unit, remedy_id)
) {rowid};
-- A unit is reserved by one remedy at most, whatever the code above believes.
CREATE UNIQUE INDEX grants_reserved ON grants (shop_id, order_id, line_id, unit) WHERE state = 'RESERVED';

CREATE TABLE suggestions (
    shop_id TEXT NOT NULL, suggestion_id TEXT NOT NULL, case_id TEXT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (shop_id, suggestion_id)
) {rowid};

CREATE TABLE decisions (
    shop_id TEXT NOT NULL, decision_id TEXT NOT NULL, case_id TEXT, review_id TEXT, action TEXT NOT NULL,
    allowed BOOLEAN NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (shop_id, decision_id)
) {rowid};

-- The timeline and the outbox in one: append-only, but for the position that the relay gives out.
CREATE TABLE events (
    seq {seq}, shop_id TEXT NOT NULL, event_id TEXT NOT NULL, case_id TEXT, word TEXT NOT NULL, facts TEXT NOT NULL,
    actor_kind TEXT NOT NULL, actor_name TEXT NOT NULL, cause TEXT NOT NULL, trace TEXT,
    occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, position BIGINT{events_key}
);
CREATE INDEX events_of_case ON events (shop_id, case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX events_pending ON events (seq) WHERE position IS NULL;
CREATE INDEX events_by_position ON events (shop_id, position) WHERE position IS NOT NULL;
CREATE INDEX events_of_all_shops ON events (position) WHERE position IS NOT NULL;

CREATE TABLE relay (
    relay_id BIGINT NOT NULL PRIMARY KEY, last_position BIGINT NOT NULL
);
INSERT INTO relay (relay_id, last_position) VALUES (1, 0);

CREATE TABLE deadlines (
    shop_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, due_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, kind, subject)
) {rowid};
CREATE INDEX deadlines_due ON deadlines (due_at);

CREATE TABLE tallies (
    shop_id TEXT NOT NULL, day BIGINT NOT NULL, measure TEXT NOT NULL, shard BIGINT NOT NULL, value BIGINT NOT NULL,
    PRIMARY KEY (shop_id, day, measure, shard)
) {rowid};

CREATE TABLE requests (
    shop_id TEXT NOT NULL, principal TEXT NOT NULL, request_id TEXT NOT NULL, digest {bytes} NOT NULL,
    answer {bytes} NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, principal, request_id)
) {rowid};
CREATE INDEX requests_by_age ON requests (at);

CREATE TABLE api_keys (
    key_id TEXT NOT NULL PRIMARY KEY, prefix TEXT NOT NULL UNIQUE, hash {bytes} NOT NULL, name TEXT NOT NULL,
    roles TEXT NOT NULL, shops TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, revoked_at BIGINT
) {rowid};
