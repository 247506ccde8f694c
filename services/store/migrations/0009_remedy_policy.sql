-- What shops offer instead of a return, as documents with a date, and the way to the latest suggestions.

CREATE TABLE remedy_policies (
    shop_id TEXT NOT NULL, version BIGINT NOT NULL, effective_from BIGINT NOT NULL, document TEXT NOT NULL,
    changed_by TEXT NOT NULL, changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, version)
) {rowid};
CREATE INDEX remedy_policies_dates ON remedy_policies (shop_id, effective_from, version);

-- Those of cases only: a back end may ask before every form of a return.
CREATE INDEX suggestions_by_time ON suggestions (shop_id, at, suggestion_id) WHERE case_id <> '';
CREATE INDEX suggestions_of_case ON suggestions (shop_id, case_id, at, suggestion_id);
