//! An independent, slow count of the figures: plain loops over everything that was told and done.
//!
//! It is written from the definitions of the contract and of docs/metrics.md, and shares no code with the
//! service: ids are strings, times are microseconds, rules of channels are constants that were copied from
//! docs/channels.md by hand. What it reads is a [`Record`]: the signals that were taken in, in the order in
//! which they were, and what the log of the cases says that people did.

pub mod count;
pub mod desk;
pub mod line;
pub mod record;
pub mod requests;
pub mod review;
pub mod story;

pub use count::{Bucket, Question, Row, ask, wilson};
pub use record::{Counting, Entry, Record, Removed, Rules, Status, Window};

/// Microseconds since 1970.
pub type At = i64;

/// Microseconds of a day.
pub const DAY: At = 86_400_000_000;

/// One rule that can be got wrong on purpose, to see that it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wrong {
    /// None: as it is defined.
    #[default]
    Nothing,
    /// A removed review counts as reversed.
    RemovedIsReversed,
    /// Who fell back is still reversed.
    FellBackIsReversed,
    /// The window of returns has one day less.
    ShortWindow,
    /// A wish counts from the request alone.
    NoWishes,
    /// Days are those of UTC.
    DaysOfUtc,
}
