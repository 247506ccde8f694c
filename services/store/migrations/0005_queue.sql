-- The place of a case in the queue, by columns alone, so that a page can begin anywhere in it.
-- {least}, {most} and {generated} differ by engine.

-- The nearest deadline, but never before the case came, and never after its patience ends: a week, a day for
-- the highest priority (see the domain's `take_by`). The database works it out, whoever writes the row.
ALTER TABLE cases ADD COLUMN take_by BIGINT GENERATED ALWAYS AS ({most}(queued_at, {least}(
    COALESCE(hard_deadline, queued_at + 604800000000 - 5184000000 * {least}(priority, 100)),
    COALESCE(sla_due, queued_at + 604800000000 - 5184000000 * {least}(priority, 100)),
    queued_at + 604800000000 - 5184000000 * {least}(priority, 100)))) {generated};
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
