//! What came back in the channel's count, and what was avoided.

use amends_domain::rate::Rate;
use amends_domain::tally::Measure;

use super::bucket::{Days, Sums};
use super::closing::Closed;
use super::{Key, MatureRate};

/// Returns of one cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnsRow {
    /// The days of the cohort.
    pub days: Days,
    /// The values it is about; empty if there is no split.
    pub key: Key,
    /// Units counted within the window, of those delivered.
    pub return_rate_units: MatureRate,
    /// Order lines with a counting event within the window, of those delivered.
    pub return_rate_lines: MatureRate,
    /// Units requested back within the window, of those delivered.
    pub requested_rate: MatureRate,
    /// Units wanted back in words within the window, of those delivered.
    pub intent_rate: MatureRate,
    /// Lines whose help was confirmed, of those wanted back.
    pub rescue_rate: MatureRate,
    /// Units wanted back in words only.
    pub avoided_intent: Avoided,
    /// Units requested back.
    pub avoided_request: Avoided,
}

/// Units whose return did not enter the channel's count after help. Naive: some of them would not
/// have been returned anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Avoided {
    /// The window is still open.
    pub provisional: i64,
    /// The window closed without a counting event.
    pub confirmed: i64,
    /// Counted after all.
    pub failed: i64,
}

impl ReturnsRow {
    /// Wanted in words and requested together.
    #[must_use]
    pub const fn avoided(&self) -> Avoided {
        let (a, b) = (&self.avoided_intent, &self.avoided_request);
        Avoided {
            provisional: a.provisional + b.provisional,
            confirmed: a.confirmed + b.confirmed,
            failed: a.failed + b.failed,
        }
    }
}

pub(super) fn row(days: Days, key: Key, sums: &Sums, closed: Closed) -> ReturnsRow {
    let mature = closed.returns;
    let of = |numerator, denominator| MatureRate {
        rate: Rate::of(sums.get(numerator), sums.get(denominator)),
        mature,
    };
    let avoided_intent = Avoided {
        provisional: sums.get(Measure::IntentProvisional),
        confirmed: sums.get(Measure::IntentConfirmed),
        failed: sums.get(Measure::IntentFailed),
    };
    let avoided_request = Avoided {
        provisional: sums.get(Measure::RequestProvisional),
        confirmed: sums.get(Measure::RequestConfirmed),
        failed: sums.get(Measure::RequestFailed),
    };
    // Help may come late: as long as one window is open, the cohort is not mature.
    let rescue_mature = closed.help && avoided_intent.provisional == 0 && avoided_request.provisional == 0;
    let mut rescue_rate = of(Measure::LinesRescued, Measure::LinesWanted);
    rescue_rate.mature = rescue_mature;
    ReturnsRow {
        days,
        key,
        return_rate_units: of(Measure::UnitsReturned, Measure::UnitsDelivered),
        return_rate_lines: of(Measure::LinesReturned, Measure::LinesDelivered),
        requested_rate: of(Measure::UnitsRequested, Measure::UnitsDelivered),
        intent_rate: of(Measure::UnitsIntent, Measure::UnitsDelivered),
        rescue_rate,
        avoided_intent,
        avoided_request,
    }
}
