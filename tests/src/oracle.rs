//! An independent, slow count of the figures: plain loops over everything that was told and done.
//!
//! It is written from the definitions of the contract and of docs/metrics.md, and shares no code with the
//! service: ids are strings, times are microseconds, rules of channels are constants that were copied from
//! docs/channels.md by hand. What it reads is a [`Record`]: the signals that were taken in, in the order in
//! which they were, and what the log of the cases says that people did.

pub mod agents;
pub mod case;
pub mod count;
pub mod desk;
pub mod figure;
pub mod handling;
pub mod help;
pub mod hours;
pub mod lag;
pub mod line;
pub mod lives;
pub mod mature;
pub mod numbers;
pub mod record;
pub mod requests;
pub mod review;
pub mod satisfaction;
pub mod sla;
pub mod story;
pub mod told;
pub mod turns;

pub use count::{Bucket, Question, Row, ask};
pub use figure::{Figure, Kind};
pub use numbers::wilson;
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
    /// An answer that is told again counts again.
    AnswersCountTwice,
    /// A buyer's word counts when it is heard, not when it was written.
    WordsCountWhenHeard,
    /// Nobody is opened again.
    NobodyComesBack,
    /// Clocks run on while it is the buyer's turn.
    ClocksNeverPause,
    /// Who is gone is followed on.
    TheGoneStand,
    /// What is over today is mature today.
    NoWindows,
    /// The contacted and all are taken for two samples that share nobody.
    TwoSamples,
    /// Who tried to reach the buyer has reached them.
    WhoTriesReaches,
    /// Two cases at once are two times.
    TwoCasesTwice,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::RemovedIsReversed,
        Self::FellBackIsReversed,
        Self::ShortWindow,
        Self::NoWishes,
        Self::DaysOfUtc,
        Self::AnswersCountTwice,
        Self::WordsCountWhenHeard,
        Self::NobodyComesBack,
        Self::ClocksNeverPause,
        Self::TheGoneStand,
        Self::NoWindows,
        Self::TwoSamples,
        Self::WhoTriesReaches,
        Self::TwoCasesTwice,
    ];
}
