-- When a case was solved last: its end says so only until it is closed. Of older cases the log tells it; a case
-- whose log is older than its solution keeps its end, the nearest that is known.
ALTER TABLE cases ADD COLUMN solved_at BIGINT;
UPDATE cases SET solved_at = (
    SELECT MAX(e.occurred_at) FROM events e
    WHERE e.shop_id = cases.shop_id AND e.case_id = cases.case_id AND e.word = 'case.solved'
);
UPDATE cases SET solved_at = ended_at WHERE solved_at IS NULL AND state IN ('SOLVED', 'CLOSED');
-- What the roll-ups of a shop hold: figures of tables that begin empty are told once `amends recompute --repair` has
-- counted what is older.
ALTER TABLE rollup_bases ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
