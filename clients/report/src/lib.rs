//! The report of a shop's figures as one page: answers of the service in, HTML out.
//!
//! Pure functions: no clock, no file, no network. The page needs nothing but
//! itself: its pictures are drawn here, it has no script and asks for no other
//! file, and its policy forbids both. Everything that somebody else wrote goes
//! through one door, `html`, which escapes it.

mod chart;
mod html;
mod number;
mod page;
mod section;
mod table;

use amends_proto::v1;

pub use number::Currency;

/// What `meta name="generator"` of a report says.
pub const GENERATOR: &str = "Amends report";

/// Everything that a report tells; the figures are the service's own answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The shop.
    pub shop: v1::Shop,
    /// The days of the cohorts; the end is the first day after them.
    pub days: v1::DateRange,
    /// Review reversal of all the days, in one row.
    pub reversal: v1::GetReviewReversalResponse,
    /// The same, cut in time.
    pub reversal_over_time: v1::GetReviewReversalResponse,
    /// Returns of all the days, in one row.
    pub returns: v1::GetReturnsResponse,
    /// The same, cut in time.
    pub returns_over_time: v1::GetReturnsResponse,
    /// Remedies by kind, and what they caused.
    pub remedies: v1::GetRemedyPerformanceResponse,
    /// Whether stars made a difference.
    pub fairness: v1::GetRemedyFairnessResponse,
    /// The currency of amounts.
    pub currency: Currency,
    /// What became of promises to buyers.
    pub promises: Promises,
    /// How long buyers waited, and what became of cases, in one row.
    pub handling: v1::GetHandlingResponse,
    /// Incidents that were open in these days, the newest first.
    pub incidents: Vec<v1::Incident>,
}

/// What became of the clocks of the cases that were opened in these days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Promises {
    /// How many cases were looked at, the newest first.
    pub cases: i64,
    /// There are older ones that were not.
    pub more: bool,
    /// One of each kind of clock.
    pub rows: Vec<Promise>,
}

/// Clocks of one kind, by what they came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// What they measure.
    pub metric: v1::SlaMetric,
    /// Stopped in time.
    pub met: i64,
    /// The promised time passed.
    pub breached: i64,
    /// Promised, and neither stopped nor broken.
    pub running: i64,
}

/// The page.
#[must_use]
pub fn render(report: &Report) -> String {
    page::page(report).into_page()
}
