//! How long roll-ups are, and up to where the long ones are written.

use crate::Day;
use crate::code::codes;

codes! {
    /// How long a roll-up is.
    pub enum Grain {
        /// One civil day of the shop.
        Day = "DAY",
        /// One week of the shop, by its Monday.
        Week = "WEEK",
        /// One calendar month of the shop, by its first day.
        Month = "MONTH",
    }
}

impl Grain {
    /// The number it is stored as.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Day => 0,
            Self::Month => 1,
            Self::Week => 2,
        }
    }

    /// The grain of a stored number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|grain| grain.number() == number)
    }

    /// The first day of the period that a day falls into.
    #[must_use]
    pub const fn start(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Week => day.monday(),
            Self::Month => day.first_of_month(),
        }
    }

    /// The first day after the period that a day falls into.
    #[must_use]
    pub const fn end(self, day: Day) -> Day {
        match self {
            Self::Day => Day::from_number(day.number().saturating_add(1)),
            Self::Week => Day::from_number(day.monday().number().saturating_add(7)),
            Self::Month => day.first_of_next_month(),
        }
    }
}

/// Up to which day the weeks and months of a shop are summed as well as its days, and days count as old.
///
/// Most of what is heard is about the last days: it is added to rows of days alone, and their week or month is
/// summed once, when it is over. From then on it is sealed, and what comes late is added to it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sealed(Option<Day>);

/// How many days after its end a period is sealed: by then little more is heard of it, and wherever a shop is,
/// its day is over.
const SEALED_AFTER: i32 = 3;

impl Sealed {
    /// Of a shop in which nothing is.
    pub const NONE: Self = Self(None);

    /// All that ended before this day.
    #[must_use]
    pub const fn until(day: Day) -> Self {
        Self(Some(day))
    }

    /// As far as it may be on a day of the shop.
    #[must_use]
    pub const fn by(today: Day) -> Self {
        Self(Some(Day::from_number(today.number().saturating_sub(SEALED_AFTER))))
    }

    /// The first day that is not sealed; none if nothing is.
    #[must_use]
    pub const fn day(self) -> Option<Day> {
        self.0
    }

    /// Whether a day may be sealed by another day, with room for clocks that differ.
    #[must_use]
    pub const fn may_cover(day: Day, today: Day) -> bool {
        day.number() < today.number().saturating_sub(1)
    }

    /// Whether there is a row for the period of a day. For a day itself there always is.
    #[must_use]
    pub fn covers(self, grain: Grain, day: Day) -> bool {
        grain == Grain::Day || self.is_over(grain, day)
    }

    /// Whether the period of a day is sealed.
    #[must_use]
    pub fn is_over(self, grain: Grain, day: Day) -> bool {
        self.0.is_some_and(|until| grain.end(day) <= until)
    }
}
