//! What a shop offers instead of a return: windows, costs, limits, rules and
//! how it learns. A dated document of the shop, never constants in code.
//!
//! Money is in minor units of the shop's currency, shares are in
//! ten-thousandths ("points").

mod check;
mod rules;
use crate::code::codes;
use crate::detection::{Flag, Reason};
use crate::remedy::RemedyKind;
use crate::{Sku, Span, Time};
pub use check::{AMOUNT_MAX, LIST_MAX, NAME_CHARS_MAX, Problem, RULES_MAX, problems, word};

codes! {
    /// What a buyer should show before a remedy is given.
    pub enum EvidenceNeed {
        /// A picture of the damage or of the article.
        Photo = "PHOTO",
        /// A video of the fault.
        Video = "VIDEO",
    }
}

codes! {
    /// How a channel compares a shop's share of counted returns with its target.
    pub enum Comparator {
        /// At most the target is well.
        AtMost = "AT_MOST",
        /// Only less than the target is well.
        Below = "BELOW",
    }
}

/// A price that is fixed or a share of what was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// So many minor units for each unit of the line.
    Fixed(i64),
    /// So many ten-thousandths of what was paid for the units concerned.
    Share(i64),
}

/// How long after delivery something can be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Where the seller is not at fault; none for any time.
    pub no_fault: Option<Span>,
    /// Where the seller is at fault; none for any time.
    pub fault: Option<Span>,
}

/// What things cost the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// The article itself.
    pub article: Price,
    /// A parcel to the buyer.
    pub freight: Price,
    /// A parcel back from the buyer.
    pub return_freight: Price,
    /// What a returned article has lost.
    pub unsellable: Price,
    /// A part of the article.
    pub part: Price,
    /// A repair.
    pub repair: Price,
    /// One more counted return, besides what the target makes of it.
    pub counted_return: i64,
}

/// Where the channel punishes too many returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The share of units delivered that may be counted as returned, in ten-thousandths.
    pub share: i64,
    /// How it is compared.
    pub comparator: Comparator,
    /// Over the deliveries of how many days, 1–365.
    pub days: u32,
    /// What it costs the shop to be beyond it.
    pub penalty: i64,
}

/// Money offered with the article kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialRefund {
    /// What is offered first, in ten-thousandths of what was paid.
    pub first: i64,
    /// The most, whoever asks for it.
    pub most: i64,
}

/// A coupon on top of a remedy for a buyer who comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gift {
    /// From how many earlier orders on.
    pub orders_from: u32,
    /// Its worth in ten-thousandths of what was paid.
    pub share: i64,
}

/// How the order of suggestions is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learning {
    /// Share of buyers kept in the fixed order, in ten-thousandths.
    pub holdout: i64,
    /// Most of the suggestions that may begin with another alternative than
    /// the one that looks best, in ten-thousandths; 0 stops exploring.
    pub explore: i64,
    /// Least share with which each alternative comes first while exploring,
    /// in ten-thousandths.
    pub floor: i64,
    /// How many answers the coarser knowledge is worth against the finer.
    pub weight: u32,
}

/// From which number of claims of one buyer on what changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrutiny {
    /// How far back claims count.
    pub window: Span,
    /// From this many on, evidence is asked for.
    pub evidence_from: u32,
    /// From this many on, another person approves and the ceiling is lower.
    pub approval_from: u32,
    /// The most that is given then, in ten-thousandths of what was paid.
    pub ceiling: i64,
}

/// When a rule fits; what is empty or none does not restrict.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct When {
    /// One of these reasons.
    pub reasons: Vec<Reason>,
    /// One of these categories.
    pub categories: Vec<String>,
    /// One of these articles.
    pub skus: Vec<Sku>,
    /// One of these flags.
    pub flags: Vec<Flag>,
    /// What was paid for the units is at least this.
    pub paid_from: Option<i64>,
    /// What was paid for the units is less than this.
    pub paid_below: Option<i64>,
    /// At least so long after delivery.
    pub delivered_for: Option<Span>,
    /// Whether a return request exists on the channel.
    pub requested: Option<bool>,
    /// The buyer has at least so many earlier orders.
    pub orders_from: Option<u32>,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Then {
    /// These are not offered.
    pub exclude: Vec<RemedyKind>,
    /// Only these are offered; empty for no restriction.
    pub only: Vec<RemedyKind>,
    /// These come first in the fixed order, in this order.
    pub prefer: Vec<RemedyKind>,
    /// The buyer shows these first.
    pub evidence: Vec<EvidenceNeed>,
    /// What a partial refund begins at, in ten-thousandths.
    pub partial_refund: Option<i64>,
    /// The most that is given, in ten-thousandths of what was paid.
    pub ceiling: Option<i64>,
    /// Whether another person approves whatever it is worth.
    pub approval: bool,
}

/// A rule of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, unique in the policy: what an agent is told.
    pub name: String,
    /// When it fits.
    pub when: When,
    /// What it does then.
    pub then: Then,
}

/// What a shop offers instead of a return.
///
/// Every rule that fits applies, from the first to the last: what they exclude
/// and ask for adds up, of one value the last that is set holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyPolicy {
    /// From when it holds; the version it replaces holds until then.
    pub effective_from: Time,
    /// How long something can be claimed.
    pub windows: Windows,
    /// Categories that are not taken back where the seller is not at fault.
    pub final_sale: Vec<String>,
    /// What things cost.
    pub costs: Costs,
    /// How likely a buyer who gets none of this returns the article, in
    /// ten-thousandths, for all reasons that have no entry of their own.
    pub return_share: i64,
    /// The same by reason.
    pub return_shares: Vec<(Reason, i64)>,
    /// Where the channel punishes; none if it does not.
    pub target: Option<Target>,
    /// A remedy worth more needs another person's approval.
    pub approval_limit: i64,
    /// The most that one remedy may be worth; none for what was paid.
    pub ceiling: Option<i64>,
    /// Below this the first article is not wanted back in an exchange.
    pub keep_below: i64,
    /// How long an offer stands.
    pub offer_life: Span,
    /// How long after an acceptance a remedy should be fulfilled.
    pub fulfilment_within: Span,
    /// Money with the article kept.
    pub partial_refund: PartialRefund,
    /// The worth of a coupon and of a price match, in ten-thousandths of what was paid.
    pub coupon: i64,
    /// A coupon on top for who comes back; none for nobody.
    pub gift: Option<Gift>,
    /// Whether the article comes first where the buyer never had the right one.
    pub owed_first: bool,
    /// The fixed order by reason, where it is not the one that ships with the service.
    pub order: Vec<(Reason, Vec<RemedyKind>)>,
    /// What was paid, cut into bands that learn apart: the least of each band but the first, rising.
    pub bands: Vec<i64>,
    /// How it learns.
    pub learning: Learning,
    /// How often one buyer may claim before more is asked.
    pub scrutiny: Scrutiny,
    /// The rules.
    pub rules: Vec<Rule>,
}

impl Default for RemedyPolicy {
    fn default() -> Self {
        Self {
            effective_from: Time::MIN,
            windows: Windows { no_fault: Some(Span::from_days(30)), fault: Some(Span::from_days(730)) },
            final_sale: Vec::new(),
            costs: Costs {
                article: Price::Share(6_000),
                freight: Price::Share(1_500),
                return_freight: Price::Share(1_500),
                unsellable: Price::Share(2_500),
                part: Price::Share(1_500),
                repair: Price::Share(1_500),
                counted_return: 0,
            },
            return_share: 7_000,
            return_shares: Vec::new(),
            target: None,
            approval_limit: 10_000,
            ceiling: None,
            keep_below: 2_500,
            offer_life: Span::from_days(3),
            fulfilment_within: Span::from_days(7),
            partial_refund: PartialRefund { first: 3_000, most: 7_000 },
            coupon: 1_000,
            gift: None,
            owed_first: true,
            order: Vec::new(),
            bands: vec![2_500, 5_000, 10_000],
            learning: Learning { holdout: 500, explore: 2_000, floor: 100, weight: 20 },
            scrutiny: Scrutiny {
                window: Span::from_days(180),
                evidence_from: 2,
                approval_from: 4,
                ceiling: 5_000,
            },
            rules: Vec::new(),
        }
    }
}

impl Price {
    /// Its amount for so many units that cost so much together.
    #[must_use]
    pub fn of(self, paid: crate::Money, units: u32) -> i64 {
        match self {
            Self::Fixed(each) => each.saturating_mul(i64::from(units)),
            Self::Share(points) => paid.basis_points(points).minor_units,
        }
    }
}

impl RemedyPolicy {
    /// How likely a buyer with this reason returns the article if nothing else is agreed, 0–1.
    #[must_use]
    pub fn return_probability(&self, reason: Reason) -> f64 {
        let own = self.return_shares.iter().find(|(of, _)| *of == reason);
        own.map_or(self.return_share, |(_, share)| *share) as f64 / 10_000.0
    }

    /// Which band an amount paid belongs to: named by its least amount, so that what was learned of a band
    /// is not taken for another when a later policy cuts anew. 0 for the first.
    #[must_use]
    pub fn band(&self, paid: i64) -> u32 {
        let least = self.bands.iter().rfind(|least| paid >= **least).copied().unwrap_or(0);
        u32::try_from(least).unwrap_or(u32::MAX)
    }
}
