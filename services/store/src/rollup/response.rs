//! The tables of response and handling.

use super::tables::KEY;
use crate::bulk::{Kind, Table};

/// Cases by the day they were opened.
pub(super) const HANDLING: Table = Table {
    name: "handling_rollups",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("grain", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("shard", Kind::Int),
        ("cases_opened", Kind::Int),
        ("cases_open", Kind::Int),
        ("cases_solved", Kind::Int),
        ("cases_closed", Kind::Int),
        ("cases_merged", Kind::Int),
        ("cases_cancelled", Kind::Int),
        ("cases_reopened", Kind::Int),
        ("cases_one_touch", Kind::Int),
        ("first_waiting", Kind::Int),
        ("first_without", Kind::Int),
        ("next_waiting", Kind::Int),
        ("next_without", Kind::Int),
        ("agreement_waiting", Kind::Int),
        ("agreement_without", Kind::Int),
        ("resolution_waiting", Kind::Int),
        ("resolution_without", Kind::Int),
    ],
    key: KEY,
};

/// Lengths of time: a row for each bucket of a histogram.
pub(super) const TIMES: Table = Table {
    name: "time_rollups",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("grain", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("shard", Kind::Int),
        ("first_calendar", Kind::Int),
        ("first_business", Kind::Int),
        ("next_calendar", Kind::Int),
        ("next_business", Kind::Int),
        ("agreement_calendar", Kind::Int),
        ("agreement_business", Kind::Int),
        ("resolution_calendar", Kind::Int),
        ("resolution_business", Kind::Int),
    ],
    key: KEY,
};

/// Promises of time by the day they began.
pub(super) const PROMISES: Table = Table {
    name: "sla_rollups",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("grain", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("shard", Kind::Int),
        ("first_met", Kind::Int),
        ("first_missed", Kind::Int),
        ("first_running", Kind::Int),
        ("first_withdrawn", Kind::Int),
        ("first_paused", Kind::Int),
        ("next_met", Kind::Int),
        ("next_missed", Kind::Int),
        ("next_running", Kind::Int),
        ("next_withdrawn", Kind::Int),
        ("next_paused", Kind::Int),
        ("update_met", Kind::Int),
        ("update_missed", Kind::Int),
        ("update_running", Kind::Int),
        ("update_withdrawn", Kind::Int),
        ("update_paused", Kind::Int),
        ("agreed_met", Kind::Int),
        ("agreed_missed", Kind::Int),
        ("agreed_running", Kind::Int),
        ("agreed_withdrawn", Kind::Int),
        ("agreed_paused", Kind::Int),
        ("solution_met", Kind::Int),
        ("solution_missed", Kind::Int),
        ("solution_running", Kind::Int),
        ("solution_withdrawn", Kind::Int),
        ("solution_paused", Kind::Int),
    ],
    key: KEY,
};

/// What buyers said, by the day they said it.
pub(super) const ANSWERS: Table = Table {
    name: "satisfaction_rollups",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("grain", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("shard", Kind::Int),
        ("csat_1", Kind::Int),
        ("csat_2", Kind::Int),
        ("csat_3", Kind::Int),
        ("csat_4", Kind::Int),
        ("csat_5", Kind::Int),
        ("promoters", Kind::Int),
        ("passives", Kind::Int),
        ("detractors", Kind::Int),
        ("solutions", Kind::Int),
        ("solutions_judged", Kind::Int),
    ],
    key: KEY,
};
