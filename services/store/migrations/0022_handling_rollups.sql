-- How long buyers waited, what became of cases, whether promises were kept and what buyers said of it: sums by
-- civil day and month of the shop. `amends recompute --repair` fills them for cases that are older than this.
CREATE TABLE handling_rollups (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    a TEXT NOT NULL, b TEXT NOT NULL, shard BIGINT NOT NULL,
    cases_opened BIGINT NOT NULL, cases_open BIGINT NOT NULL, cases_solved BIGINT NOT NULL,
    cases_closed BIGINT NOT NULL, cases_merged BIGINT NOT NULL, cases_cancelled BIGINT NOT NULL,
    cases_reopened BIGINT NOT NULL, cases_one_touch BIGINT NOT NULL, first_given BIGINT NOT NULL,
    first_waiting BIGINT NOT NULL, first_without BIGINT NOT NULL, next_given BIGINT NOT NULL,
    next_waiting BIGINT NOT NULL, next_without BIGINT NOT NULL, agreement_given BIGINT NOT NULL,
    agreement_waiting BIGINT NOT NULL, agreement_without BIGINT NOT NULL, resolution_given BIGINT NOT NULL,
    resolution_waiting BIGINT NOT NULL, resolution_without BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, grain, period, a, b, shard)
) {rowid};
CREATE TABLE time_rollups (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    a TEXT NOT NULL, b TEXT NOT NULL, shard BIGINT NOT NULL,
    first_calendar BIGINT NOT NULL, first_business BIGINT NOT NULL, next_calendar BIGINT NOT NULL,
    next_business BIGINT NOT NULL, agreement_calendar BIGINT NOT NULL, agreement_business BIGINT NOT NULL,
    resolution_calendar BIGINT NOT NULL, resolution_business BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, grain, period, a, b, shard)
) {rowid};
CREATE TABLE sla_rollups (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    a TEXT NOT NULL, b TEXT NOT NULL, shard BIGINT NOT NULL,
    first_met BIGINT NOT NULL, first_missed BIGINT NOT NULL, first_running BIGINT NOT NULL,
    first_withdrawn BIGINT NOT NULL, first_paused BIGINT NOT NULL, next_met BIGINT NOT NULL,
    next_missed BIGINT NOT NULL, next_running BIGINT NOT NULL, next_withdrawn BIGINT NOT NULL,
    next_paused BIGINT NOT NULL, update_met BIGINT NOT NULL, update_missed BIGINT NOT NULL,
    update_running BIGINT NOT NULL, update_withdrawn BIGINT NOT NULL, update_paused BIGINT NOT NULL,
    agreed_met BIGINT NOT NULL, agreed_missed BIGINT NOT NULL, agreed_running BIGINT NOT NULL,
    agreed_withdrawn BIGINT NOT NULL, agreed_paused BIGINT NOT NULL, solution_met BIGINT NOT NULL,
    solution_missed BIGINT NOT NULL, solution_running BIGINT NOT NULL, solution_withdrawn BIGINT NOT NULL,
    solution_paused BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, grain, period, a, b, shard)
) {rowid};
CREATE TABLE satisfaction_rollups (
    shop_id TEXT NOT NULL, split BIGINT NOT NULL, grain BIGINT NOT NULL, period BIGINT NOT NULL,
    a TEXT NOT NULL, b TEXT NOT NULL, shard BIGINT NOT NULL,
    csat_1 BIGINT NOT NULL, csat_2 BIGINT NOT NULL, csat_3 BIGINT NOT NULL, csat_4 BIGINT NOT NULL,
    csat_5 BIGINT NOT NULL, promoters BIGINT NOT NULL, passives BIGINT NOT NULL, detractors BIGINT NOT NULL,
    surveys_due BIGINT NOT NULL, surveys_answered BIGINT NOT NULL,
    PRIMARY KEY (shop_id, split, grain, period, a, b, shard)
) {rowid};
-- What happened to a case, as far as these figures ask, and what was known of it when it was counted last.
CREATE TABLE courses (
    shop_id TEXT NOT NULL, case_id TEXT NOT NULL, reason TEXT, remedy TEXT, agent TEXT, language TEXT NOT NULL,
    priority BIGINT NOT NULL, steps TEXT NOT NULL,
    PRIMARY KEY (shop_id, case_id)
) {rowid};
