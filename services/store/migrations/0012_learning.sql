-- What buyers answered, which case began with which alternative by which chance, and what came of it.

-- What a remedy was put against when it was proposed: a later policy or merge does not move it. NULL for what is
-- older than this.
ALTER TABLE remedies ADD COLUMN trial_case TEXT;
ALTER TABLE remedies ADD COLUMN paid BIGINT;
ALTER TABLE remedies ADD COLUMN band BIGINT;
ALTER TABLE remedies ADD COLUMN worth BIGINT;
CREATE INDEX remedies_of_trial ON remedies (shop_id, trial_case) WHERE trial_case IS NOT NULL;

-- The remedy that the buyer had taken when they judged the solution.
ALTER TABLE surveys ADD COLUMN remedy_kind TEXT;

-- A level is '' for all reasons together, REASON, or REASON/band. Scores stand at '' alone.
CREATE TABLE remedy_answers (
    shop_id TEXT NOT NULL, level_key TEXT NOT NULL, kind TEXT NOT NULL, answered BIGINT NOT NULL,
    accepted BIGINT NOT NULL, scored BIGINT NOT NULL, low BIGINT NOT NULL,
    PRIMARY KEY (shop_id, level_key, kind)
) {rowid};

-- One row for each case that was given a suggestion. Propensities are in thousand-millionths. What stands from
-- offered_kind on is derived.
CREATE TABLE trials (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, at BIGINT NOT NULL, day BIGINT NOT NULL, channel TEXT NOT NULL,
    reason TEXT NOT NULL, band BIGINT NOT NULL, holdout BOOLEAN NOT NULL, first_kind TEXT NOT NULL,
    propensity BIGINT NOT NULL, units BIGINT NOT NULL, order_id TEXT, line_id TEXT, loss BIGINT NOT NULL,
    currency TEXT NOT NULL, matures_at BIGINT NOT NULL,
    offered_kind TEXT, accepted_kind TEXT, helped BOOLEAN NOT NULL, cost BIGINT NOT NULL,
    returned_units BIGINT NOT NULL,
    PRIMARY KEY (shop_id, case_id)
) {rowid};
CREATE INDEX trials_by_day ON trials (shop_id, day);
CREATE INDEX trials_of_line ON trials (shop_id, order_id, line_id) WHERE order_id IS NOT NULL;

CREATE TABLE trial_arms (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, kind TEXT NOT NULL, propensity BIGINT NOT NULL,
    PRIMARY KEY (shop_id, case_id, kind)
) {rowid};
