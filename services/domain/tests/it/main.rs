//! The rules of the domain, each written down as arguments and an answer.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod case_steps;
mod case_table;
mod code;
mod delivery;
mod event;
mod guardrail;
mod id;
mod ledger;
mod make;
mod money;
mod order;
mod policy;
mod rate;
mod remedy;
mod reply;
mod returns;
mod review;
mod sla_calendar;
mod sla_calendar_oracle;
mod sla_clocks;
mod sla_explain;
mod sla_make;
mod sla_oracle;
mod sla_policy;
mod sla_record;
mod sla_rules;
mod sla_story;
mod sla_terms;
mod sla_told;
mod sla_wall;
mod subject;
mod suggestion;
mod tally;
mod template;
mod time;
