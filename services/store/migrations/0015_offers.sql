-- How long an offer stands once another person approved it, and until when it waits for them.
-- One that waits already waits three days more from now on, as far as the log knows; then anyone may take it back.
ALTER TABLE remedies ADD COLUMN life BIGINT;
UPDATE remedies SET life = 259200000000, expires_at = proposed_at + 5184000000000 WHERE stage = 'AWAITING_APPROVAL';

-- Suggestions for returns that nobody asked for are forgotten after a while.
CREATE INDEX suggestions_hypothetical ON suggestions (at) WHERE case_id IS NULL;
