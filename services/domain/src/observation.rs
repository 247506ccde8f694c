//! When to look at a review again.
//!
//! Channels do not tell when a buyer edits a review: somebody has to look. Most
//! that changes does so soon, so the first looks are close together; then one a
//! day for as long as the buyer can edit; and one long after, which tells what
//! stayed, and finds what the channel removed since.

use crate::policy::EditWindow;
use crate::review::ReviewVersion;
use crate::{Span, Time};

const DAY: Span = Span::from_days(1);

/// The looks before the first daily one, after the first observation.
pub const EARLY_LOOKS: [Span; 2] = [Span::from_hours(1), Span::from_hours(6)];

/// For how long a review is looked at daily that can be edited at any time, or
/// of which it is not known whether it can.
pub const OPEN_WINDOW_LOOKS: Span = Span::from_days(30);

/// The longest that a review is looked at daily, however long it can be edited.
pub const DAILY_LOOKS_MAX: Span = Span::from_days(366);

/// How long after the last daily look the last one of all is.
pub const LAST_LOOK_AFTER: Span = Span::from_days(90);

/// The looks at one review: 1 hour, 6 hours and 1 day after it was first
/// observed, daily until the end of its window, at that end, and 90 days later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    first: Time,
    daily_until: Time,
}

impl Plan {
    /// The plan of a review that was first observed then, of something delivered then if known.
    ///
    /// A window without an end, and none at all, count as 30 days: reviews that
    /// nobody may edit are removed all the same. Every review is looked at for a
    /// day, also when its window had ended before it was heard of, and daily for
    /// no more than 366.
    #[must_use]
    pub fn of(window: EditWindow, first_observed_at: Time, delivered_at: Option<Time>) -> Self {
        let first = first_observed_at;
        let end = match window {
            EditWindow::None | EditWindow::Always => None,
            EditWindow::Days { .. } => window.ends_at(first, delivered_at),
        };
        let end = end.unwrap_or(first + OPEN_WINDOW_LOOKS);
        Self { first, daily_until: end.max(first + DAY).min(first + DAILY_LOOKS_MAX) }
    }

    /// The last look that is planned.
    #[must_use]
    pub fn ends_at(&self) -> Time {
        self.daily_until + LAST_LOOK_AFTER
    }

    /// The first planned look after the review was last observed; none after the last of them.
    ///
    /// Looks that were missed are not made up for: one look tells what all of them would have.
    #[must_use]
    pub fn next_after(&self, last_observed_at: Time) -> Option<Time> {
        let early = EARLY_LOOKS.iter().map(|after| self.first + *after);
        let days = last_observed_at.since(self.first).micros().div_euclid(DAY.micros()).max(0);
        let next_day = Span::from_micros(days.saturating_add(1).saturating_mul(DAY.micros()));
        let daily = Some(self.first + next_day).filter(|at| *at <= self.daily_until);
        early
            .chain(daily)
            .chain([self.daily_until, self.ends_at()])
            .filter(|at| *at > last_observed_at && *at <= Time::MAX)
            .min()
    }
}

/// When to look next at a review that was observed so, in order; none when the
/// plan has ended, or its author or the channel took it away. One that vanished
/// without a word may come back, and is looked at as before.
#[must_use]
pub fn next_look(versions: &[ReviewVersion], window: EditWindow, delivered_at: Option<Time>) -> Option<Time> {
    let (first, last) = (versions.first()?, versions.last()?);
    // An addition that was taken away leaves the review where it was.
    let of_review = versions.iter().rev().filter(|version| version.is_of_the_review());
    let mut since_gone = of_review.take_while(|version| !version.visible);
    if since_gone.any(|version| version.removed_by.is_some()) {
        return None;
    }
    Plan::of(window, first.observed_at, delivered_at).next_after(last.observed_at)
}
