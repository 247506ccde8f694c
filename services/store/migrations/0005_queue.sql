-- The place of a case in the queue, by columns alone, so that a page can begin anywhere in it.
-- {least}, {most} and {generated} differ by engine.

-- How long a case may wait without a nearer deadline; see the domain's `patience`.
ALTER TABLE cases ADD COLUMN patience_ends_at BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET patience_ends_at =
    queued_at + 604800000000 - 5184000000 * (CASE WHEN priority < 100 THEN priority ELSE 100 END);

ALTER TABLE cases ADD COLUMN take_by BIGINT GENERATED ALWAYS AS ({most}(queued_at, {least}(
    COALESCE(hard_deadline, patience_ends_at), COALESCE(sla_due, patience_ends_at), patience_ends_at))) {generated};
-- What rises is what a page can go on from, and the highest priority is to come first.
ALTER TABLE cases ADD COLUMN calmness BIGINT GENERATED ALWAYS AS (-priority) {generated};

DROP INDEX cases_queue;
-- What agents can take is read off the index: a case far back is found without reading those before it.
CREATE INDEX cases_queue ON cases (shop_id, take_by, calmness, queued_at, case_id, level, kind, language)
    WHERE state = 'QUEUED';
-- What a board shows beside the queue itself.
CREATE INDEX cases_board ON cases (shop_id, take_by, calmness, queued_at, case_id) WHERE is_open;

-- How many cases an agent holds is counted from the index alone.
DROP INDEX cases_held;
CREATE INDEX cases_held ON cases (shop_id, owner, state) WHERE owner IS NOT NULL;
