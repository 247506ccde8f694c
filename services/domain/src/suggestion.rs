//! What to offer instead of a return: eligible alternatives, priced and ranked,
//! and the ineligible ones with the rule that excludes each.
//!
//! The inputs are orders, reasons, policy and history. A review is not among
//! them and cannot be.

use crate::code::codes;
use crate::detection::{Flag, Reason};
use crate::ledger::{self, Grant, Request};
use crate::remedy::{RemedyKind, Takes, Terms};
use crate::remedy_policy::{Price, RemedyPolicy};
use crate::{Currency, Money, RemedyId};

codes! {
    /// Why an alternative is not on offer.
    pub enum Excluded {
        /// It does not answer this reason.
        DoesNotFitReason = "DOES_NOT_FIT_REASON",
        /// It needs an order line, and none is known.
        OrderUnknown = "ORDER_UNKNOWN",
        /// Another remedy holds the unit.
        UnitAlreadyRemedied = "UNIT_ALREADY_REMEDIED",
        /// It would give more than was paid.
        ExceedsPaid = "EXCEEDS_PAID",
        /// A danger to health or a fake is refunded at once, never negotiated.
        NoNegotiation = "NO_NEGOTIATION",
    }
}

/// The order line the trouble is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTerms {
    /// Units purchased.
    pub purchased: u32,
    /// Paid per unit.
    pub unit_price: Money,
    /// All grants the line ever had.
    pub grants: Vec<Grant>,
}

/// Everything a suggestion depends on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What went wrong.
    pub reason: Reason,
    /// What makes it delicate.
    pub flags: &'a [Flag],
    /// The order line, if known.
    pub line: Option<&'a LineTerms>,
    /// Units concerned.
    pub units: u32,
    /// The shop's currency, for what needs no order.
    pub currency: Currency,
    /// The shop's policy.
    pub policy: &'a RemedyPolicy,
    /// Whether a return of this line is already counted, so that avoiding it helps no metric.
    pub already_counted: bool,
}

/// One alternative that can be offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// What to give.
    pub kind: RemedyKind,
    /// The particulars.
    pub terms: Terms,
    /// What it costs the seller if the buyer accepts.
    pub cost: Money,
    /// Expected cost, with the return that may follow if the buyer declines.
    pub expected_cost: Money,
    /// How likely the buyer accepts, 0–1.
    pub accept_probability: f64,
    /// Whether it needs another person's approval.
    pub needs_approval: bool,
    /// Every number that entered, by name, so that it can be redone by hand.
    pub explanation: Vec<(&'static str, f64)>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What can be offered, best first.
    pub alternatives: Vec<Alternative>,
    /// What cannot, and why.
    pub excluded: Vec<(RemedyKind, Excluded)>,
}

/// What answers a reason, first thoughts first.
#[must_use]
pub const fn answers(reason: Reason) -> &'static [RemedyKind] {
    use RemedyKind::{
        Coupon, Exchange, Instructions, MissingPart, PartialRefund, PriceMatch, RefundWithoutReturn, Repair,
        Replacement, Reship, ReturnLabel,
    };
    match reason {
        Reason::MissingPart => &[MissingPart, PartialRefund, Replacement, ReturnLabel],
        Reason::WrongItem => &[Replacement, Exchange, PartialRefund, ReturnLabel],
        Reason::Damaged => &[Replacement, PartialRefund, RefundWithoutReturn, ReturnLabel],
        Reason::Defective => &[Instructions, Replacement, Repair, PartialRefund, ReturnLabel],
        Reason::NotAsDescribed | Reason::Quality => {
            &[PartialRefund, Exchange, RefundWithoutReturn, ReturnLabel]
        }
        Reason::WrongSize => &[Exchange, PartialRefund, ReturnLabel],
        Reason::NotReceived => &[Reship, Replacement, RefundWithoutReturn],
        Reason::Late => &[Reship, PartialRefund, Coupon],
        Reason::Counterfeit => &[RefundWithoutReturn],
        Reason::ChangedMind | Reason::Price => &[PriceMatch, Coupon, Exchange, ReturnLabel],
        Reason::Service | Reason::Other => &[Coupon, Instructions, PartialRefund, ReturnLabel],
    }
}

/// How likely a buyer accepts before anything was learned, by place in the order of first thoughts.
fn accept_prior(kind: RemedyKind, place: usize) -> f64 {
    let base: f64 = match kind {
        RemedyKind::RefundWithoutReturn => 0.95,
        RemedyKind::Replacement | RemedyKind::MissingPart | RemedyKind::Reship | RemedyKind::Exchange => 0.75,
        RemedyKind::PartialRefund => 0.60,
        RemedyKind::Repair | RemedyKind::PriceMatch => 0.50,
        RemedyKind::Instructions | RemedyKind::Coupon => 0.35,
        RemedyKind::ReturnLabel => 0.95,
    };
    (base - 0.05 * place as f64).max(0.05)
}

/// How likely a buyer who declines returns the article.
const RETURN_PRIOR: f64 = 0.70;

/// Suggests what to offer.
#[must_use]
pub fn suggest(input: &Input<'_>) -> Suggestion {
    let no_negotiation = input.reason == Reason::Counterfeit || input.flags.contains(&Flag::Safety);
    let fitting: &[RemedyKind] =
        if no_negotiation { &[RemedyKind::RefundWithoutReturn] } else { answers(input.reason) };
    let mut alternatives = Vec::new();
    let mut excluded = Vec::new();
    for kind in RemedyKind::ALL {
        match fitting.iter().position(|fit| fit == kind) {
            None if no_negotiation => excluded.push((*kind, Excluded::NoNegotiation)),
            None => excluded.push((*kind, Excluded::DoesNotFitReason)),
            Some(place) => match price(*kind, place, input) {
                Ok(alternative) => alternatives.push((place, alternative)),
                Err(why) => excluded.push((*kind, why)),
            },
        }
    }
    // Cheapest in expectation first; the order of first thoughts breaks ties.
    let leads = |place: usize| place == 0 && owes_the_article(input.reason);
    alternatives.sort_by_key(|(place, a)| {
        (a.kind == RemedyKind::ReturnLabel, !leads(*place), a.expected_cost.minor_units, *place)
    });
    Suggestion { alternatives: alternatives.into_iter().map(|(_, a)| a).collect(), excluded }
}

/// Where another thing than the one that was paid for arrived, or nothing did,
/// sending the right one comes first: money for it may cost less, and is not
/// what the buyer bought.
const fn owes_the_article(reason: Reason) -> bool {
    matches!(reason, Reason::WrongItem | Reason::MissingPart | Reason::NotReceived)
}

/// The expected cost of one alternative:
/// `P(accept)·cost + (1 − P(accept))·P(return)·loss(return)`.
fn price(kind: RemedyKind, place: usize, input: &Input<'_>) -> Result<Alternative, Excluded> {
    let policy = input.policy;
    if input.line.is_some_and(|line| !(1..=line.purchased).contains(&input.units)) {
        return Err(Excluded::ExceedsPaid);
    }
    let total = match input.line {
        Some(line) => line.unit_price.times(input.units).map_err(|_| Excluded::ExceedsPaid)?,
        None if kind.takes() == Takes::Nothing && kind != RemedyKind::ReturnLabel => {
            Money::new(0, input.currency)
        }
        None => return Err(Excluded::OrderUnknown),
    };
    let terms = Terms { amount: default_amount(kind, total, policy), ..Terms::default() };
    check_ledger(kind, &terms, input)?;
    let cost = cost(kind, total, input.units, &terms, policy);
    let counted = if input.already_counted { 0 } else { policy.costs.counted_return };
    let of = |price: Price| price.of(total, input.units);
    let (freight, unsellable) = (of(policy.costs.return_freight), of(policy.costs.unsellable));
    let article = of(policy.costs.article);
    // The article that comes back is worth its cost again, but for the unsellable share.
    let loss = [freight, unsellable, counted].into_iter().fold(total.minor_units, i64::saturating_add);
    let loss = loss.saturating_sub(article);
    let accept = accept_prior(kind, place);
    let expected = accept * cost.minor_units as f64 + (1.0 - accept) * RETURN_PRIOR * loss as f64;
    Ok(Alternative {
        kind,
        expected_cost: Money::new(expected.round() as i64, cost.currency),
        accept_probability: accept,
        needs_approval: worth(kind, total, &terms) > policy.approval_limit,
        explanation: vec![
            ("p_accept", accept),
            ("cost", cost.minor_units as f64),
            ("p_return", RETURN_PRIOR),
            ("loss_of_return", loss as f64),
            ("refund", total.minor_units as f64),
            ("freight", freight as f64),
            ("unsellable", unsellable as f64),
            ("article_cost", article as f64),
            ("counted_return_cost", counted as f64),
        ],
        cost,
        terms,
    })
}

fn check_ledger(kind: RemedyKind, terms: &Terms, input: &Input<'_>) -> Result<(), Excluded> {
    let Some(line) = input.line else { return Ok(()) };
    let request = Request {
        remedy: RemedyId::from_bits(0),
        takes: kind.takes(),
        units: input.units,
        amount: terms.amount,
        after: None,
    };
    match ledger::reserve(line.purchased, line.unit_price, &line.grants, &request) {
        Ok(_) => Ok(()),
        Err(ledger::LedgerRefused::UnitsTaken { .. }) => Err(Excluded::UnitAlreadyRemedied),
        Err(_) => Err(Excluded::ExceedsPaid),
    }
}

/// The money an alternative names by default.
#[must_use]
pub fn default_amount(kind: RemedyKind, total: Money, policy: &RemedyPolicy) -> Option<Money> {
    match kind {
        RemedyKind::RefundWithoutReturn => Some(total),
        RemedyKind::PartialRefund => Some(at_least_one(total.basis_points(policy.partial_refund.first))),
        RemedyKind::PriceMatch => Some(at_least_one(total.basis_points(policy.coupon))),
        RemedyKind::Coupon if total.minor_units > 0 => Some(at_least_one(total.basis_points(policy.coupon))),
        _ => None,
    }
}

fn at_least_one(money: Money) -> Money {
    Money { minor_units: money.minor_units.max(1), ..money }
}

/// What a remedy costs the seller once the buyer accepts.
#[must_use]
pub fn cost(kind: RemedyKind, total: Money, units: u32, terms: &Terms, policy: &RemedyPolicy) -> Money {
    let article = policy.costs.article.of(total, units);
    let freight = policy.costs.freight.of(total, units);
    let minor = match kind {
        RemedyKind::Replacement | RemedyKind::Reship | RemedyKind::Exchange => {
            article.saturating_add(freight)
        }
        RemedyKind::MissingPart | RemedyKind::Repair => (article / 4).saturating_add(freight),
        RemedyKind::PartialRefund
        | RemedyKind::RefundWithoutReturn
        | RemedyKind::PriceMatch
        | RemedyKind::Coupon => terms.amount.map_or(0, |amount| amount.minor_units),
        RemedyKind::Instructions => 0,
        RemedyKind::ReturnLabel => total
            .minor_units
            .saturating_sub(article)
            .saturating_add(freight)
            .saturating_add(policy.costs.unsellable.of(total, units)),
    };
    Money::new(minor, total.currency)
}

/// What a remedy is worth to the buyer in minor units, which decides about approval.
#[must_use]
pub fn worth(kind: RemedyKind, total: Money, terms: &Terms) -> i64 {
    match kind.takes() {
        Takes::Goods => total.minor_units,
        Takes::Money | Takes::Nothing => terms.amount.map_or(0, |amount| amount.minor_units),
    }
}
