-- Replies of agents to buyers, and the templates they are made from. The words of a reply stand in texts.

CREATE TABLE replies (
    shop_id TEXT NOT NULL, reply_id TEXT NOT NULL, case_id TEXT NOT NULL, fence BIGINT NOT NULL, author TEXT NOT NULL,
    drafted_at BIGINT NOT NULL, public BOOLEAN NOT NULL, order_id TEXT, line_id TEXT, conversation_id TEXT,
    review_id TEXT, language TEXT NOT NULL, template_id TEXT, attempts BIGINT NOT NULL, approved_by TEXT,
    message_id TEXT, stage TEXT NOT NULL, at BIGINT, until_at BIGINT, why TEXT, version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, reply_id)
) {rowid};
CREATE INDEX replies_of_case ON replies (shop_id, case_id);
CREATE INDEX replies_drafted ON replies (shop_id, drafted_at);
-- One message of the channel is one reply, whatever the code above believes.
CREATE UNIQUE INDEX replies_by_message ON replies (shop_id, message_id) WHERE message_id IS NOT NULL;

CREATE TABLE reply_templates (
    shop_id TEXT NOT NULL, template_id TEXT NOT NULL, texts TEXT NOT NULL, version BIGINT NOT NULL,
    changed_by TEXT NOT NULL, changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, template_id)
) {rowid};
