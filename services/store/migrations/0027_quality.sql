-- When agents were there and what they held, as the log says it, and what they did at a moment. What is older than
-- these tables is filled in by `amends recompute --repair`.
CREATE TABLE agent_spans (
    shop_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, number BIGINT NOT NULL, agent_id TEXT NOT NULL,
    started_at BIGINT NOT NULL, ended_at BIGINT,
    PRIMARY KEY (shop_id, kind, subject, number)
) {rowid};
-- What is asked about is recent: what ended before it is passed over.
CREATE INDEX agent_spans_by_end ON agent_spans (shop_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX agent_spans_open ON agent_spans (shop_id, kind, subject) WHERE ended_at IS NULL;
CREATE TABLE agent_marks (
    shop_id TEXT NOT NULL, event_id TEXT NOT NULL, kind TEXT NOT NULL, agent_id TEXT, case_id TEXT NOT NULL,
    at BIGINT NOT NULL, value BIGINT NOT NULL, solution BIGINT,
    PRIMARY KEY (shop_id, event_id)
) {rowid};
CREATE INDEX agent_marks_by_time ON agent_marks (shop_id, at);
CREATE INDEX agent_marks_of_case ON agent_marks (shop_id, case_id, at);
-- By what the work of agents is judged, version by version.
CREATE TABLE quality_forms (
    shop_id TEXT NOT NULL, version BIGINT NOT NULL, dispute_within BIGINT NOT NULL, body TEXT NOT NULL,
    set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
    PRIMARY KEY (shop_id, version)
) {rowid};
-- What was drawn of each agent's week: it is there once the week was drawn.
CREATE TABLE quality_draws (
    shop_id TEXT NOT NULL, week BIGINT NOT NULL, agent_id TEXT NOT NULL, solved BIGINT NOT NULL, drawn BIGINT NOT NULL,
    form BIGINT NOT NULL,
    PRIMARY KEY (shop_id, week, agent_id)
) {rowid};
-- A case that was drawn, and how it was judged. What reviewers wrote stands in texts, under the id of their event.
CREATE TABLE quality_samples (
    shop_id TEXT NOT NULL, sample_id TEXT NOT NULL, case_id TEXT NOT NULL, agent_id TEXT NOT NULL, week BIGINT NOT NULL,
    form BIGINT NOT NULL, drawn_at BIGINT NOT NULL, state TEXT NOT NULL, reviewer TEXT, reviewed_at BIGINT,
    review_event TEXT, scores TEXT, score BIGINT, disputed_at BIGINT, dispute_event TEXT, resolver TEXT,
    resolved_at BIGINT, resolve_event TEXT, new_scores TEXT, new_score BIGINT, standing BIGINT, version BIGINT NOT NULL,
    PRIMARY KEY (shop_id, sample_id)
) {rowid};
CREATE INDEX quality_samples_by_time ON quality_samples (shop_id, drawn_at, sample_id);
CREATE INDEX quality_samples_by_state ON quality_samples (shop_id, state, drawn_at, sample_id);
CREATE INDEX quality_samples_of_agent ON quality_samples (shop_id, agent_id, drawn_at, sample_id);
CREATE INDEX quality_samples_of_week ON quality_samples (shop_id, week, agent_id);
CREATE INDEX quality_samples_of_case ON quality_samples (shop_id, case_id);
-- Whoever worked a case that was merged into another had a part in that one.
CREATE INDEX cases_merged ON cases (shop_id, merged_into) WHERE merged_into IS NOT NULL;
