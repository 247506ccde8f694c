//! Wire types to domain types and back, one file per noun.

pub mod agent;
pub mod attestation;
pub mod buyer;
pub mod case;
pub mod decision;
pub mod delivery;
pub mod detection;
pub mod enums;
pub mod event;
pub mod incident;
pub mod link;
pub mod lint;
pub mod metrics;
pub mod money;
pub mod plan;
pub mod planning;
pub mod policy;
pub mod quality;
pub mod refund;
pub mod remedy;
pub mod remedy_policy;
pub mod reply;
pub mod returns;
pub mod review;
pub mod shop;
pub mod signal;
pub mod sla;
pub mod stock;
pub mod suggestion;
pub mod survey;
pub mod time;
pub mod timeline;
pub mod view;
pub mod watch;

pub(crate) use enums::Word;

#[cfg(test)]
mod tests;
