-- Agents of a shop: what they can take, and their presence. A presence is a lease: one whose time is over
-- says nothing any more. Who was never spoken of has no row.

CREATE TABLE agents (
    shop_id TEXT NOT NULL, agent_id TEXT NOT NULL, languages TEXT NOT NULL, channels TEXT NOT NULL, kinds TEXT NOT NULL,
    capacity BIGINT, presence TEXT, since BIGINT, expires_at BIGINT, version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, agent_id)
) {rowid};

-- What agents can take is read off the index: a case far back in the queue is found without reading those before it.
DROP INDEX cases_queue;
CREATE INDEX cases_queue ON cases
    (shop_id, (CASE WHEN hard_deadline IS NULL OR sla_due < hard_deadline
        THEN COALESCE(sla_due, 9223372036854775807) ELSE hard_deadline END), priority DESC, queued_at, case_id,
        level, kind, language)
    WHERE state = 'QUEUED';
