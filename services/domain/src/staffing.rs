//! How many people a load needs.
//!
//! Two kinds of work, two answers. Where somebody waits at the other end (chat,
//! calls), what counts is how long: Erlang's formula for a queue that nobody
//! leaves ([`Load`], [`least`]). Where an answer may take hours or days (mail,
//! returns), what counts is that everything is done when it is due
//! ([`workload`]); to staff that by Erlang would pay people to sit and wait.

mod erlang;
mod figures;
mod workload;

pub use erlang::{blocked, waits};
pub use figures::{
    Figures, Goal, Load, LoadProblem, OCCUPANCY_MIN, Outlook, SEATS_MAX, Staff, hours, least, outlook,
};
pub use workload::{Batch, DAYS_MAX, Done, Need, WorkloadProblem, batches, workload};

/// How many people to put on the roster so that so many are at work, when a share of the paid time
/// goes to breaks, meetings, training and sickness (the shrinkage).
///
/// # Errors
/// When the share is not from 0 up to, but not, 1.
pub fn rostered(at_work: u32, shrinkage: f64) -> Result<u32, LoadProblem> {
    if !(0.0..1.0).contains(&shrinkage) {
        return Err(LoadProblem::Shrinkage);
    }
    // Less a hair, so that 14/0.7 is 20 people and not, by the last bit, 21.
    let people = (f64::from(at_work) / (1.0 - shrinkage) - 1e-9).ceil();
    Ok(if people >= f64::from(u32::MAX) { u32::MAX } else { people.max(0.0) as u32 })
}
