//! What each case began with, by which chance, and what came of it.

use crate::detection::Reason;
use crate::order::Units;
use crate::remedy::RemedyKind;
use crate::{CaseId, Currency, LineId, OrderId, Time};

/// A propensity of 1: they are kept in thousand-millionths, so that what is stored is exact.
pub const CERTAIN: i64 = 1_000_000_000;

/// What a remedy was put against when it was proposed. Neither a later policy nor a merge moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stake {
    /// The case it was proposed on.
    pub case: CaseId,
    /// What was paid for the units, in minor units.
    pub paid: i64,
    /// Which band of value that was.
    pub band: u32,
    /// What the remedy is worth to the buyer, in minor units.
    pub worth: i64,
}

/// A case and what it was suggested first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The case.
    pub case: CaseId,
    /// When its first suggestion was made.
    pub at: Time,
    /// The channel of the shop.
    pub channel: String,
    /// The reason it was made for.
    pub reason: Reason,
    /// The band of what was paid for the units.
    pub band: u32,
    /// Whether the case is kept in the fixed order.
    pub holdout: bool,
    /// What came first.
    pub first: RemedyKind,
    /// How likely each was to come first, in thousand-millionths, before it was known whether the
    /// case is held out; those that could not are left out.
    pub chances: Vec<(RemedyKind, i64)>,
    /// Units concerned.
    pub units: u32,
    /// The order line, if it was known.
    pub line: Option<(OrderId, LineId)>,
    /// What a return of the units would lose, in minor units.
    pub loss: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// When it is known whether a return was counted.
    pub matures_at: Time,
}

/// What came of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// What was put forward first.
    pub offered: Option<RemedyKind>,
    /// What was accepted first.
    pub accepted: Option<RemedyKind>,
    /// Whether an alternative to the return was fulfilled.
    pub helped: bool,
    /// What was fulfilled cost so much. A return label costs nothing here: the return does.
    pub cost: i64,
    /// Units counted as returned after the suggestion and within the window.
    pub returned: u32,
}

impl Trial {
    /// The propensity of what came first, in thousand-millionths.
    #[must_use]
    pub fn propensity(&self) -> i64 {
        self.chances.iter().find(|(kind, _)| *kind == self.first).map_or(0, |(_, chance)| *chance)
    }

    /// The same, 0–1.
    #[must_use]
    pub fn chance(&self) -> f64 {
        self.propensity() as f64 / CERTAIN as f64
    }

    /// How many of the units a counting event makes returned.
    #[must_use]
    pub fn returned(&self, counted: Option<Units>) -> u32 {
        let within = |counted: &Units| (self.at..=self.matures_at).contains(&counted.at);
        counted.filter(within).map_or(0, |counted| counted.units.min(self.units))
    }
}

/// How likely each alternative is to come first: by its share where the order is learned, by the fixed
/// order in the `holdout` (ten-thousandths) of cases.
#[must_use]
pub fn chances(shares: &[(RemedyKind, f64)], fixed: RemedyKind, holdout: i64) -> Vec<(RemedyKind, i64)> {
    let held = (holdout as f64 / 10_000.0).clamp(0.0, 1.0);
    let chance = |(kind, share): &(RemedyKind, f64)| {
        let fixed = if *kind == fixed { held } else { 0.0 };
        (*kind, (((1.0 - held) * share + fixed) * CERTAIN as f64).round() as i64)
    };
    shares.iter().map(chance).filter(|(_, chance)| *chance > 0).collect()
}
