-- The clocks of cases, and what the nearest of their promises means to the queue.

CREATE TABLE clocks (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, priority BIGINT NOT NULL,
    standing TEXT NOT NULL, buyer_waits BOOLEAN NOT NULL, answered BOOLEAN NOT NULL, last_at BIGINT NOT NULL,
    tells_at BIGINT, due_at BIGINT,
    PRIMARY KEY (shop_id, case_id)
) {rowid};

CREATE TABLE clock_instances (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, metric TEXT NOT NULL, number BIGINT NOT NULL,
    is_latest BOOLEAN NOT NULL, started_at BIGINT NOT NULL, target BIGINT, hours TEXT, policy_from BIGINT,
    policy_row BIGINT, consumed BIGINT NOT NULL, phase TEXT NOT NULL, phase_at BIGINT NOT NULL,
    paused_by TEXT, warned_at BIGINT, breached_at BIGINT,
    PRIMARY KEY (shop_id, case_id, metric, number)
) {rowid};

ALTER TABLE cases ADD COLUMN sla_due BIGINT;

-- The order in which agents take cases: the nearest of both deadlines first, none last.
DROP INDEX cases_queue;
CREATE INDEX cases_queue ON cases
    (shop_id, (CASE WHEN hard_deadline IS NULL OR sla_due < hard_deadline
        THEN COALESCE(sla_due, 9223372036854775807) ELSE hard_deadline END), priority DESC, queued_at, case_id)
    WHERE state = 'QUEUED';
