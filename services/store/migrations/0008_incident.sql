-- Parcels that should have arrived, satisfaction with a solution, links of cases, and incidents.

ALTER TABLE shipments ADD COLUMN eta_said_at BIGINT;
ALTER TABLE shipments ADD COLUMN first_eta BIGINT;
ALTER TABLE shipments ADD COLUMN first_eta_said_at BIGINT;
ALTER TABLE shipments ADD COLUMN late_told BIGINT;
ALTER TABLE shipments ADD COLUMN remedy_id TEXT;

-- What is under way now is looked after as well, unless it is too long ago to be news: a month before the last
-- thing that was written. 86400000000 is the grace that every shop begins with.
UPDATE shipments SET eta_said_at = state_at, first_eta = eta, first_eta_said_at = state_at WHERE eta IS NOT NULL;
INSERT INTO deadlines (shop_id, kind, subject, due_at)
    SELECT shop_id, 'DELIVERY_DUE', order_id || '/' || shipment_id, eta + 86400000000 FROM shipments
    WHERE eta > (SELECT COALESCE(MAX(recorded_at), 0) FROM events) - 2592000000000
        AND delivered_at IS NULL AND NOT for_remedy
        AND state NOT IN ('DELIVERED', 'LOST', 'RETURNED_TO_SENDER');

-- How often a case was solved; a case that a message brought back is not counted here, as nobody counted it.
ALTER TABLE cases ADD COLUMN solutions BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET solutions = reopen_count + CASE WHEN state IN ('SOLVED', 'CLOSED') THEN 1 ELSE 0 END;

ALTER TABLE surveys ADD COLUMN solution BIGINT;
CREATE INDEX surveys_of_case ON surveys (shop_id, case_id) WHERE case_id IS NOT NULL;
-- One solution is judged once, whatever the code above believes.
CREATE UNIQUE INDEX surveys_csat ON surveys (shop_id, case_id, solution) WHERE kind = 'CSAT' AND solution IS NOT NULL;

CREATE TABLE case_links (
    shop_id TEXT NOT NULL, from_case_id TEXT NOT NULL, to_case_id TEXT NOT NULL, relation TEXT NOT NULL,
    linked_by TEXT NOT NULL, linked_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, from_case_id, to_case_id, relation)
) {rowid};
CREATE INDEX case_links_to ON case_links (shop_id, to_case_id);

CREATE TABLE incidents (
    shop_id TEXT NOT NULL, incident_id TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL, reason TEXT,
    product TEXT NOT NULL, variant TEXT NOT NULL, sku TEXT, carrier TEXT NOT NULL, opened_by TEXT NOT NULL,
    opened_at BIGINT NOT NULL, state TEXT NOT NULL, resolved_by TEXT, resolved_at BIGINT, resolution TEXT,
    cases BIGINT NOT NULL, version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, incident_id)
) {rowid};
CREATE INDEX incidents_opened ON incidents (shop_id, opened_at, incident_id);
CREATE INDEX incidents_open ON incidents (shop_id, opened_at, incident_id) WHERE state = 'OPEN';

CREATE TABLE incident_cases (
    shop_id TEXT NOT NULL, incident_id TEXT NOT NULL, case_id TEXT NOT NULL, added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL, is_open BOOLEAN NOT NULL,
    PRIMARY KEY (shop_id, incident_id, case_id)
) {rowid};
CREATE INDEX incident_cases_of_case ON incident_cases (shop_id, case_id);
-- A case is in one open incident at most, whatever the code above believes.
CREATE UNIQUE INDEX incident_cases_open ON incident_cases (shop_id, case_id) WHERE is_open;
