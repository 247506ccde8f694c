//! The rules of the domain, each written down as arguments and an answer.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod case_steps;
mod case_table;
mod code;
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
mod subject;
mod suggestion;
mod tally;
mod template;
mod time;
