//! When reviews were seen: it stands beside the chain and is no part of it.

use super::Happened;
use crate::event::Event;
use crate::{ReviewId, Time};

/// The times of one review, without what it said or how many stars it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Which.
    pub review: ReviewId,
    /// When something new was first seen of it on this timeline.
    pub first_observed_at: Option<Time>,
    /// When something new was last seen of it.
    pub last_observed_at: Option<Time>,
    /// When the buyer was told that it can be updated.
    pub asked_at: Option<Time>,
}

pub(super) fn of(events: &[&Happened]) -> Vec<Beside> {
    let mut all: Vec<Beside> = Vec::new();
    for one in events {
        let (review, seen, asked) = match &one.event {
            Event::ReviewObserved { review, observed_at, .. } => (review, Some(*observed_at), None),
            Event::AskSent { review, .. } => (review, None, Some(one.at)),
            _ => continue,
        };
        let known = all.iter().position(|beside| beside.review == *review);
        let new = Beside {
            review: review.clone(),
            first_observed_at: None,
            last_observed_at: None,
            asked_at: None,
        };
        let place = known.unwrap_or_else(|| {
            all.push(new);
            all.len() - 1
        });
        if let Some(beside) = all.get_mut(place) {
            let first = beside.first_observed_at;
            beside.first_observed_at = seen.map(|at| first.map_or(at, |first| first.min(at))).or(first);
            beside.last_observed_at = beside.last_observed_at.max(seen);
            beside.asked_at = beside.asked_at.or(asked);
        }
    }
    all
}
