//! Which fields of each resource are written as JSON.

mod agent;
mod agent_performance;
mod attestation;
mod buyer;
mod case;
mod figures;
mod incident;
mod plan;
mod planning;
mod quality;
mod remedy;
mod remedy_policy;
mod reply;
mod response;
mod rules;
mod sla;
mod stock;
mod timeline;
mod watch;
