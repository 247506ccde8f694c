-- How long an offer stands once another person approved it, until when it waits for them, and when it was
-- put to the buyer. One that waits already does so until 60 days after it was proposed.
ALTER TABLE remedies ADD COLUMN life BIGINT;
ALTER TABLE remedies ADD COLUMN offered_at BIGINT;
UPDATE remedies SET offered_at = proposed_at WHERE stage NOT IN ('PROPOSED', 'AWAITING_APPROVAL');
UPDATE remedies SET life = 259200000000, expires_at = proposed_at + 5184000000000 WHERE stage = 'AWAITING_APPROVAL';
INSERT INTO deadlines (shop_id, kind, subject, due_at)
SELECT shop_id, 'OFFER_EXPIRY', remedy_id, expires_at FROM remedies WHERE stage = 'AWAITING_APPROVAL'
ON CONFLICT (shop_id, kind, subject) DO NOTHING;

-- Suggestions for returns that nobody asked for are forgotten after a while.
CREATE INDEX suggestions_hypothetical ON suggestions (at) WHERE case_id = '';
