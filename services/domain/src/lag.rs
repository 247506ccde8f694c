//! How long negative reviews take until they are reversed, in a form that needs no daily rewriting.
//!
//! Each review is followed from the day it was first observed, and from the day its case was first solved. Who
//! left is counted by the days that passed; who did not, by the day of the entry alone: how long they were
//! followed so far is known whenever somebody asks. So a count changes only when something happens.

use crate::review::ReviewHistory;
use crate::rollup::Place;
use crate::tally::ReviewHandling;
use crate::zone::Zone;
use crate::{Day, Time};

use crate::code::codes;

codes! {
    /// From when on a review is followed.
    pub enum Origin {
        /// Its first observation.
        Observed = "OBSERVED",
        /// The first solution of its case.
        Solved = "SOLVED",
    }
}

codes! {
    /// What became of a review that is followed.
    pub enum Ending {
        /// Nothing yet: it stands as it was.
        Still = "STILL",
        /// It was reversed; what became of it later is another question.
        Reversed = "REVERSED",
        /// It was taken down or vanished: whether it would have been reversed will never be known.
        Gone = "GONE",
    }
}

/// Days after the last at which a curve is told; everything later is counted here.
pub const BEYOND: i32 = 91;

/// One review, followed from one origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lag {
    /// The day on which it was first observed: its cohort, whatever the origin.
    pub cohort: Day,
    /// From when on.
    pub origin: Origin,
    /// What became of it.
    pub ending: Ending,
    /// Of who still stands: days from the cohort to the entry. Of who left: days from the entry, at most `BEYOND`.
    pub days: i32,
}

/// What one row of the roll-up is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LagCell {
    /// Of which of them.
    pub place: Place,
    /// Their entry and ending.
    pub lag: Lag,
}

impl Origin {
    /// The number it is stored as.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Observed => 0,
            Self::Solved => 1,
        }
    }

    /// The origin of a stored number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|origin| origin.number() == number)
    }
}

impl Ending {
    /// The number it is stored as.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Still => 0,
            Self::Reversed => 1,
            Self::Gone => 2,
        }
    }

    /// The ending of a stored number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|ending| ending.number() == number)
    }
}

impl std::fmt::Display for LagCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Lag { cohort, origin, ending, days } = self.lag;
        let Place { split, a, b } = &self.place;
        write!(f, "{cohort}, {split} {a:?} {b:?}, {origin} {ending} {days}")
    }
}

/// How a review is followed; not at all unless it was negative when first seen.
///
/// The end of its edit window ends nothing: a review that cannot be edited any more is known not to be
/// reversed, which is another thing than not knowing. What was reversed or gone before it was solved
/// is not followed from its solution.
#[must_use]
pub fn of_review(review: &ReviewHistory, handling: &ReviewHandling, zone: &Zone) -> Vec<Lag> {
    let Some(first) = review.first_observed_at.filter(|_| review.negative) else { return Vec::new() };
    let cohort = zone.day(first);
    let left = match (review.reversed_at, review.gone_since) {
        (Some(at), _) => Some((Ending::Reversed, at)),
        (None, Some(at)) => Some((Ending::Gone, at)),
        (None, None) => None,
    };
    let follow = |origin, entered: Time| {
        let entry = zone.day(entered);
        let (ending, days) = match left {
            None => (Ending::Still, between(cohort, entry)),
            Some((ending, at)) => (ending, between(entry, zone.day(at)).min(BEYOND)),
        };
        Lag { cohort, origin, ending, days }
    };
    let solved = handling.solved_at.filter(|solved| left.is_none_or(|(_, at)| at >= *solved));
    let solved = solved.map(|at| follow(Origin::Solved, at.max(first)));
    std::iter::once(follow(Origin::Observed, first)).chain(solved).collect()
}

/// Whole days from one to another, never less than none.
const fn between(from: Day, to: Day) -> i32 {
    let days = to.number().saturating_sub(from.number());
    if days < 0 { 0 } else { days }
}
