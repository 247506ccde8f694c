//! The rules of Amends: values in, values out.
//!
//! Nothing here reads a clock, draws a random number, waits, serialises or
//! knows that a database exists. Whatever a rule needs is one of its
//! arguments, so every rule can be tested by writing the arguments down.

mod code;
mod rows;

pub mod agent;
pub mod agent_performance;
pub mod attestation;
pub mod case;
pub mod counter;
pub mod counting;
pub mod deadline;
pub mod delivery;
pub mod detection;
pub mod event;
pub mod forecast;
pub mod guardrail;
pub mod id;
pub mod incident;
pub mod lag;
pub mod learning;
pub mod ledger;
pub mod link;
pub mod money;
pub mod observation;
pub mod order;
pub mod plan;
pub mod policy;
pub mod quality;
pub mod rate;
pub mod refund;
pub mod remedy;
pub mod remedy_policy;
pub mod reply;
pub mod response;
pub mod returns;
pub mod review;
pub mod rollup;
pub mod saving;
pub mod scrutiny;
pub mod shop;
pub mod signal;
pub mod sla;
pub mod staffing;
pub mod statistics;
pub mod stock;
pub mod subject;
pub mod suggestion;
pub mod tally;
pub mod time;
pub mod twin;
pub mod zone;

pub use id::*;
pub use money::{Currency, Money};
pub use time::{Day, Span, Time};
