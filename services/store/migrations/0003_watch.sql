-- Who has a case open on a screen. Rows are leases: one whose time is over says nothing any more.

CREATE TABLE viewers (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, agent TEXT NOT NULL, screen TEXT NOT NULL,
    since BIGINT NOT NULL, expires_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, case_id, agent, screen)
) {rowid};
CREATE INDEX viewers_expired ON viewers (expires_at);
