-- Agents of a shop: what they can take, and their presence. A presence is a lease: one whose time is over
-- says nothing any more. Who was never spoken of has no row.

CREATE TABLE agents (
    shop_id TEXT NOT NULL, agent_id TEXT NOT NULL, languages TEXT NOT NULL, channels TEXT NOT NULL, kinds TEXT NOT NULL,
    capacity BIGINT, presence TEXT, since BIGINT, expires_at BIGINT, version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, agent_id)
) {rowid};
