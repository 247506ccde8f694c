//! How the cases of a day fall on its hours.

use super::filter::weekday;
use crate::Day;

/// Cases by which the hours of all days are drawn towards an even day.
const EVEN: f64 = 24.0;
/// Cases by which those of working days and of weekends are drawn towards all days together.
const TOGETHER: f64 = 48.0;

/// The share of a day's cases that comes in each of its hours by the wall clock, of working days (Monday
/// to Friday) and of weekends; each adds up to 1.
///
/// While there are few cases, the hours of a kind of day are those of all days, and those an even day.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    working: [f64; 24],
    weekend: [f64; 24],
}

impl Profile {
    /// From how many cases came in each local hour of working days and of weekends.
    #[must_use]
    pub fn of(working: &[u64; 24], weekend: &[u64; 24]) -> Self {
        let both: [f64; 24] = std::array::from_fn(|hour| {
            let of = |hours: &[u64; 24]| hours.get(hour).copied().unwrap_or(0) as f64;
            of(working) + of(weekend)
        });
        let all = drawn(&both, &[1.0 / 24.0; 24], EVEN);
        let floats = |hours: &[u64; 24]| hours.map(|count| count as f64);
        Self {
            working: drawn(&floats(working), &all, TOGETHER),
            weekend: drawn(&floats(weekend), &all, TOGETHER),
        }
    }

    /// The shares of a day's hours.
    #[must_use]
    pub fn shares(&self, day: Day) -> &[f64; 24] {
        if weekday(day) >= 5 { &self.weekend } else { &self.working }
    }

    /// How many of the cases that are expected on a day come in each of its hours.
    #[must_use]
    pub fn spread(&self, day: Day, expected: f64) -> [f64; 24] {
        self.shares(day).map(|share| share * expected)
    }
}

/// Shares, drawn towards others as if so many cases had come as those say.
fn drawn(counts: &[f64; 24], towards: &[f64; 24], weight: f64) -> [f64; 24] {
    let total = counts.iter().sum::<f64>() + weight;
    let mut shares = *towards;
    shares.iter_mut().zip(counts).for_each(|(share, count)| *share = (*share * weight + count) / total);
    shares
}
