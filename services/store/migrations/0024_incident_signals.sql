-- What an incident was heard by, if the service opened it: the week and the weeks before it, as they were then.
ALTER TABLE incidents ADD COLUMN signal_from BIGINT;
ALTER TABLE incidents ADD COLUMN signal_until BIGINT;
ALTER TABLE incidents ADD COLUMN signal_count BIGINT;
ALTER TABLE incidents ADD COLUMN signal_units BIGINT;
ALTER TABLE incidents ADD COLUMN base_count BIGINT;
ALTER TABLE incidents ADD COLUMN base_units BIGINT;
ALTER TABLE incidents ADD COLUMN base_weeks BIGINT;
ALTER TABLE incidents ADD COLUMN signal_pairs BIGINT;
-- One is raised at a time for an article and a reason, whatever the code above believes.
CREATE UNIQUE INDEX incidents_raised ON incidents (shop_id, sku, reason)
    WHERE state = 'OPEN' AND signal_from IS NOT NULL;

-- Cases that a person took out of an incident that was raised: they do not join it again by themselves.
CREATE TABLE incident_left (
    shop_id TEXT NOT NULL, incident_id TEXT NOT NULL, case_id TEXT NOT NULL,
    PRIMARY KEY (shop_id, incident_id, case_id)
) {rowid};

-- Every shop is looked at once a day; one that is new is told so when it is created.
INSERT INTO deadlines (shop_id, kind, subject, due_at) SELECT shop_id, 'INCIDENT_LOOK', shop_id, 0 FROM shops;
