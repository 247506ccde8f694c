//! What exactly an alternative gives, and what that costs.

use super::Input;
use crate::Money;
use crate::detection::{Flag, Reason};
use crate::remedy::{Disposal, RemedyKind, Takes, Terms};
use crate::remedy_policy::{Price, RemedyPolicy};

/// The money an alternative names by default.
#[must_use]
pub fn default_amount(kind: RemedyKind, total: Money, policy: &RemedyPolicy) -> Option<Money> {
    let share = |points| at_least_one(total.basis_points(points));
    match kind {
        RemedyKind::RefundWithoutReturn => Some(total),
        RemedyKind::PartialRefund => Some(share(policy.partial_refund.first)),
        RemedyKind::PriceMatch => Some(share(policy.coupon)),
        RemedyKind::Coupon if total.minor_units > 0 => Some(share(policy.coupon)),
        _ => None,
    }
}

fn at_least_one(money: Money) -> Money {
    Money { minor_units: money.minor_units.max(1), ..money }
}

/// What the buyer does with the article at hand, where there is one.
#[must_use]
pub fn disposal(kind: RemedyKind, reason: Reason, paid: Money, policy: &RemedyPolicy) -> Option<Disposal> {
    let by_value = || {
        // Fetching back what is worth less than the way costs nobody anything but time.
        if paid.minor_units < policy.keep_below { Disposal::Keep } else { Disposal::HandToCourier }
    };
    match kind {
        RemedyKind::Exchange => Some(by_value()),
        RemedyKind::Replacement if reason == Reason::WrongItem => Some(by_value()),
        RemedyKind::Replacement if reason == Reason::NotReceived => None,
        RemedyKind::Replacement
        | RemedyKind::MissingPart
        | RemedyKind::PartialRefund
        | RemedyKind::RefundWithoutReturn
        | RemedyKind::PriceMatch => Some(Disposal::Keep),
        RemedyKind::Repair | RemedyKind::ReturnLabel => Some(Disposal::SendBack),
        RemedyKind::Reship | RemedyKind::Instructions | RemedyKind::Coupon => None,
    }
}

/// A coupon on top, where the seller is at fault and the buyer came back before.
pub(super) fn gift(kind: RemedyKind, input: &Input<'_>, paid: Money) -> Option<Money> {
    let gift = input.policy.gift.filter(|gift| input.buyer.orders >= gift.orders_from)?;
    let fits = input.reason.is_sellers_fault()
        && !input.flags.contains(&Flag::Extortion)
        && !matches!(kind, RemedyKind::Coupon | RemedyKind::ReturnLabel);
    let worth = paid.basis_points(gift.share);
    (fits && worth.minor_units > 0).then_some(worth)
}

/// What a remedy costs the seller once the buyer accepts, without what the channel makes of it.
#[must_use]
pub fn cost(
    kind: RemedyKind,
    reason: Reason,
    total: Money,
    units: u32,
    terms: &Terms,
    policy: &RemedyPolicy,
) -> Money {
    let costs = &policy.costs;
    let of = |price: Price| price.of(total, units);
    let sum = |parts: &[i64]| parts.iter().copied().fold(0, i64::saturating_add);
    let amount = || terms.amount.map_or(0, |amount| amount.minor_units);
    let comes_back = matches!(terms.disposal, Some(Disposal::HandToCourier | Disposal::SendBack));
    let own = match kind {
        // What is handed over is sold again, but for what it lost.
        RemedyKind::Exchange | RemedyKind::Replacement if comes_back => {
            let lost = Returned::of(reason).lost(total, units, policy);
            sum(&[of(costs.freight), of(costs.return_freight), lost])
        }
        RemedyKind::Replacement | RemedyKind::Reship | RemedyKind::Exchange => {
            sum(&[of(costs.article), of(costs.freight)])
        }
        RemedyKind::MissingPart => sum(&[of(costs.part), of(costs.freight)]),
        RemedyKind::Repair => sum(&[of(costs.repair), of(costs.freight), of(costs.return_freight)]),
        RemedyKind::PartialRefund
        | RemedyKind::RefundWithoutReturn
        | RemedyKind::PriceMatch
        | RemedyKind::Coupon => amount(),
        RemedyKind::Instructions => 0,
        RemedyKind::ReturnLabel => Returned::of(reason).loss(total, units, policy),
    };
    Money::new(own.saturating_add(terms.gift.map_or(0, |gift| gift.minor_units)), total.currency)
}

/// What comes back with a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Returned {
    /// An article that can be sold again, but for what it lost.
    Sellable,
    /// An article that nobody can be sold.
    Worthless,
    /// Nothing: it never arrived.
    Nothing,
}

impl Returned {
    pub(super) const fn of(reason: Reason) -> Self {
        match reason {
            Reason::NotReceived => Self::Nothing,
            Reason::Damaged | Reason::Defective | Reason::Counterfeit => Self::Worthless,
            _ => Self::Sellable,
        }
    }

    /// The way back.
    pub(super) fn freight(self, total: Money, units: u32, policy: &RemedyPolicy) -> i64 {
        if self == Self::Nothing { 0 } else { policy.costs.return_freight.of(total, units) }
    }

    /// What the article is worth that comes back, if nothing were lost.
    pub(super) fn article(self, total: Money, units: u32, policy: &RemedyPolicy) -> i64 {
        if self == Self::Nothing { 0 } else { policy.costs.article.of(total, units) }
    }

    /// What is lost of that.
    pub(super) fn lost(self, total: Money, units: u32, policy: &RemedyPolicy) -> i64 {
        match self {
            Self::Sellable => policy.costs.unsellable.of(total, units),
            Self::Worthless => policy.costs.article.of(total, units),
            Self::Nothing => 0,
        }
    }

    /// What a return costs without what the channel makes of it: the refund, the way back and what
    /// the article lost, less what the article was worth.
    pub(super) fn loss(self, total: Money, units: u32, policy: &RemedyPolicy) -> i64 {
        let given = [total.minor_units, self.freight(total, units, policy), self.lost(total, units, policy)];
        given.into_iter().fold(0, i64::saturating_add).saturating_sub(self.article(total, units, policy))
    }
}

/// What a remedy is worth to the buyer in minor units, which decides about approval.
#[must_use]
pub fn worth(kind: RemedyKind, total: Money, units: u32, terms: &Terms, policy: &RemedyPolicy) -> i64 {
    let own = match (kind, kind.takes()) {
        // A screw is no shelf.
        (RemedyKind::MissingPart, _) => policy.costs.part.of(total, units).min(total.minor_units),
        (RemedyKind::Repair, _) => policy.costs.repair.of(total, units).min(total.minor_units),
        (_, Takes::Goods) => total.minor_units,
        (_, Takes::Money | Takes::Nothing) => terms.amount.map_or(0, |amount| amount.minor_units),
    };
    own.saturating_add(terms.gift.map_or(0, |gift| gift.minor_units))
}
