//! What to offer instead of a return: eligible alternatives, priced and ranked,
//! and the ineligible ones with the rule that excludes each.
//!
//! The inputs are orders, reasons, policy, stock and history. A review is not
//! among them and cannot be.

mod answers;
mod eligible;
mod permit;
mod price;
mod rank;
mod rules;
mod terms;

use crate::code::codes;
use crate::counter::OfferBounds;
use crate::counting::{CountingEffect, Counts, ReturnSoFar, ShadowPrice, Standing};
use crate::detection::{Flag, Reason};
use crate::learning::Evidence;
use crate::ledger::Grant;
use crate::policy::CountingRule;
use crate::refund::Refunded;
use crate::remedy::{RemedyKind, Terms};
use crate::remedy_policy::{EvidenceNeed, RemedyPolicy};
use crate::scrutiny::{Asked, Claims};
use crate::{Currency, Money, Sku, Span, Time};

pub use answers::{accept_prior, answers};
pub use permit::{Permit, most, permit};
pub use terms::{cost, default_amount, disposal, worth};

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
        /// A rule of the shop excludes it.
        PolicyRule = "POLICY_RULE",
        /// The category is not taken back where the seller is not at fault.
        FinalSale = "FINAL_SALE",
        /// Too long after delivery.
        OutsideWindow = "OUTSIDE_WINDOW",
        /// The channel decides before an offer could end.
        TooLate = "TOO_LATE",
        /// Fewer are in stock than are needed.
        OutOfStock = "OUT_OF_STOCK",
        /// It is worth more than the shop gives.
        AboveCeiling = "ABOVE_CEILING",
        /// The channel takes no amount that the shop would give, or no further offer.
        OutsideChannelBounds = "OUTSIDE_CHANNEL_BOUNDS",
    }
}

/// The order line the trouble is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTerms {
    /// Units purchased.
    pub purchased: u32,
    /// Paid per unit.
    pub unit_price: Money,
    /// The article; none if it is not known.
    pub sku: Option<Sku>,
    /// Its category; may be empty.
    pub category: String,
    /// When it was first delivered; none if it was not, as far as known.
    pub delivered_at: Option<Time>,
    /// All grants the line ever had.
    pub grants: Vec<Grant>,
    /// What the channel refunded besides.
    pub refunded: Refunded,
}

/// What the channel says and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// When it counts a return.
    pub rule: CountingRule,
    /// After how long it approves a request by itself.
    pub auto_approval: Option<Span>,
    /// The return so far.
    pub so_far: ReturnSoFar,
    /// Which amounts it takes, and how many offers.
    pub bounds: OfferBounds,
    /// Where the shop stands with it.
    pub standing: Standing,
}

/// The buyer, as far as orders and remedies tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Buyer {
    /// Orders before this one.
    pub orders: u32,
    /// What was given within the policy's window.
    pub claims: Claims,
}

/// How the order of a case is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// Whether the case keeps the fixed order.
    pub holdout: bool,
    /// The seed, of the case.
    pub seed: u64,
    /// What came first before, and how likely that was: a case is drawn for once.
    pub first: Option<(RemedyKind, f64)>,
}

/// Everything a suggestion depends on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The instant it is made for.
    pub now: Time,
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
    /// The channel.
    pub channel: Channel,
    /// How many can be shipped by way of a remedy, where that is known.
    pub stock: &'a [(RemedyKind, i64)],
    /// The buyer.
    pub buyer: Buyer,
    /// What was learned about this reason and band of value.
    pub evidence: &'a [Evidence],
    /// How the order is drawn.
    pub draw: Draw,
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
    /// What the buyer shows first.
    pub evidence: Vec<EvidenceNeed>,
    /// What it does to the count of returns.
    pub effect: CountingEffect,
    /// How likely it was to come first, 0–1.
    pub propensity: f64,
    /// Every number that entered, by name, so that it can be redone by hand.
    pub explanation: Vec<(&'static str, f64)>,
}

/// One alternative that cannot be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ineligible {
    /// Which.
    pub kind: RemedyKind,
    /// The rule.
    pub why: Excluded,
    /// What the rule saw, by name.
    pub facts: Vec<(&'static str, String)>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What can be offered, best first.
    pub alternatives: Vec<Alternative>,
    /// What cannot, and why.
    pub excluded: Vec<Ineligible>,
    /// How likely this one was to come first; 1 where nothing was drawn.
    pub propensity: f64,
    /// When a return counts.
    pub counts: Counts,
    /// What one more counted return costs, where the shop has a target.
    pub shadow_price: Option<ShadowPrice>,
    /// What is asked of a buyer who claims often.
    pub asked: Asked,
    /// The rules of the shop that fit, by name.
    pub rules: Vec<String>,
}

/// Suggests what to offer.
#[must_use]
pub fn suggest(input: &Input<'_>) -> Suggestion {
    let given = eligible::Given::of(input);
    let mut alternatives = Vec::new();
    let mut excluded = Vec::new();
    for &kind in RemedyKind::ALL {
        match eligible::terms(kind, &given) {
            Ok(terms) => alternatives.push(price::alternative(kind, terms, &given)),
            Err(not) => excluded.push(not),
        }
    }
    let (alternatives, propensity) = rank::order(alternatives, &given);
    Suggestion {
        alternatives,
        excluded,
        propensity,
        counts: given.counts,
        shadow_price: given.shadow,
        asked: given.asked,
        rules: given.applied.names.iter().map(|name| (*name).to_owned()).collect(),
    }
}
