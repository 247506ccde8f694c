-- When the buyer said yes, and what was told because the channel refunds.

ALTER TABLE remedies ADD COLUMN accepted_at BIGINT;
ALTER TABLE remedies ADD COLUMN told TEXT NOT NULL DEFAULT '';
-- The time of an earlier yes is not kept beside a later state; a later time is the safe one: no refund is taken for
-- a remedy that it was not.
UPDATE remedies SET accepted_at = at WHERE stage IN ('ACCEPTED', 'EXECUTING', 'FULFILLED', 'FAILED');
UPDATE remedies SET told = 'STOP ' || stopped_by WHERE stopped_by IS NOT NULL;
