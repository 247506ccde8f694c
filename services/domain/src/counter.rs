//! What may be offered where the channel bounds it, and what answers a buyer who wants more.

use crate::Money;
use crate::remedy::{Remedy, RemedyKind, RemedyStage, RemedyState};

/// What the channel allows in negotiating a return request, by its latest word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfferBounds {
    /// The least amount; none for no bound.
    pub min: Option<Money>,
    /// The most; none for no bound.
    pub max: Option<Money>,
    /// How many more offers it takes; none if it does not count them.
    pub left: Option<u32>,
}

/// What a counter-offer is bounded by besides the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most that the shop gives here by all of its rules, in minor units.
    pub most: i64,
    /// What is still free of the value paid, in minor units.
    pub free: i64,
    /// Whether the buyer was already asked once more after declining.
    pub countered: bool,
}

/// What may be offered next to a buyer who wants another amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextOffer {
    /// The amount nearest to the wish; none where the bounds leave no room.
    pub amount: Option<Money>,
    /// Whether another offer may be made at all.
    pub allowed: bool,
}

/// Why the channel would not take an offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoundsRefused {
    /// The amount lies outside.
    #[error("the channel takes an amount of {} to {}", print(.min), print(.max))]
    Outside {
        /// What was to be offered.
        amount: Money,
        /// The least amount, if bounded.
        min: Option<Money>,
        /// The most, if bounded.
        max: Option<Money>,
    },
    /// The channel takes no further offer.
    #[error("the channel takes no further offer on this request")]
    NoOffersLeft,
}

fn print(bound: &Option<Money>) -> String {
    bound.map_or_else(|| "any".to_owned(), |money| money.to_string())
}

/// Whether a buyer who declined was offered another alternative since, or will be when somebody approves
/// it: they are asked once more at most. What was taken back before they saw it was no pressing, and the
/// return itself is none.
#[must_use]
pub fn is_countered(remedies: &[Remedy]) -> bool {
    let declined = remedies.iter().filter_map(|remedy| match remedy.state {
        RemedyState::Declined { at, .. } => Some((at, remedy.id)),
        _ => None,
    });
    let Some((at, first)) = declined.min() else { return false };
    let unseen = |r: &Remedy| r.offered_at.is_none() && r.state.stage() == RemedyStage::Withdrawn;
    let since = |r: &&Remedy| r.id != first && r.proposed_at >= at;
    remedies.iter().filter(since).any(|r| r.kind.is_alternative() && !unseen(r))
}

/// Whether the buyer can name another amount for this kind, and the channel bounds it.
#[must_use]
pub const fn is_negotiable(kind: RemedyKind) -> bool {
    matches!(kind, RemedyKind::PartialRefund | RemedyKind::Coupon | RemedyKind::PriceMatch)
}

impl OfferBounds {
    /// The later word over this one, field by field: what it does not say again stays.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self { min: later.min.or(self.min), max: later.max.or(self.max), left: later.left.or(self.left) }
    }

    /// What holds where two requests are open at once: the narrower of each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let narrower = |a: Option<Money>, b: Option<Money>, pick: fn(i64, i64) -> i64| match (a, b) {
            (Some(a), Some(b)) => Some(Money { minor_units: pick(a.minor_units, b.minor_units), ..a }),
            (a, b) => a.or(b),
        };
        Self {
            min: narrower(self.min, other.min, i64::max),
            max: narrower(self.max, other.max, i64::min),
            left: match (self.left, other.left) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// Whether the channel would take an offer of this kind and amount.
    ///
    /// # Errors
    /// When the amount lies outside, or no further offer is taken.
    pub fn check(&self, kind: RemedyKind, amount: Option<Money>) -> Result<(), BoundsRefused> {
        if !is_negotiable(kind) {
            return Ok(());
        }
        if self.left == Some(0) {
            return Err(BoundsRefused::NoOffersLeft);
        }
        let Some(amount) = amount else { return Ok(()) };
        let low = self.min.is_some_and(|min| amount.minor_units < min.minor_units);
        let high = self.max.is_some_and(|max| amount.minor_units > max.minor_units);
        if low || high {
            return Err(BoundsRefused::Outside { amount, min: self.min, max: self.max });
        }
        Ok(())
    }

    /// The wish of a buyer, brought within every bound; and whether it may be offered.
    ///
    /// A buyer who declined is asked once more at most, and only while the
    /// channel takes another offer.
    #[must_use]
    pub fn answer(&self, wish: Money, limits: &Limits) -> NextOffer {
        let shop = limits.most.min(limits.free);
        let most = self.max.map_or(shop, |max| max.minor_units.min(shop));
        let least = self.min.map_or(1, |min| min.minor_units.max(1));
        let amount =
            (least <= most).then(|| Money { minor_units: wish.minor_units.clamp(least, most), ..wish });
        let allowed = amount.is_some() && !limits.countered && self.left != Some(0);
        NextOffer { amount, allowed }
    }
}
