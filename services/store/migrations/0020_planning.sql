-- What planning looks at: who wrote when, replies the channel took, and which cases were solved lately.
CREATE INDEX messages_by_time ON messages (shop_id, occurred_at) WHERE NOT public;
CREATE INDEX replies_sent ON replies (shop_id, at) WHERE stage = 'SENT' AND NOT public;
CREATE INDEX events_solved ON events (shop_id, occurred_at) WHERE word = 'case.solved';
