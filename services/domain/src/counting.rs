//! When a channel counts a return, what an alternative does to that count, and
//! what one more counted return costs.
//!
//! The rule is a dated row of the channel's policy; what follows from it stands
//! in the table below.

use crate::code::codes;
use crate::policy::CountingRule;
use crate::remedy::{RemedyKind, Takes};
use crate::remedy_policy::{Comparator, Target};
use crate::{Span, Time};

codes! {
    /// What a remedy does to the count of returns.
    pub enum CountingEffect {
        /// If it is accepted, nothing is counted.
        StillAvoids = "STILL_AVOIDS",
        /// Counted already: it can only cost less.
        CountsAlready = "COUNTS_ALREADY",
        /// This very remedy is counted.
        Counts = "COUNTS",
        /// The channel does not say; priced as if it were counted.
        Unsure = "UNSURE",
    }
}

codes! {
    /// What makes a return count.
    pub enum CountsOn {
        /// It counts already.
        Already = "ALREADY",
        /// The buyer asks the channel for it.
        Request = "REQUEST",
        /// It is approved, at the latest when the channel does so by itself.
        Approval = "APPROVAL",
        /// The channel finds the seller at fault.
        Verification = "VERIFICATION",
        /// The goods come back.
        Receipt = "RECEIPT",
        /// It is processed in the books.
        Processing = "PROCESSING",
        /// Never: the seller is not at fault, and nothing else counts.
        Never = "NEVER",
    }
}

/// What is known of the return so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReturnSoFar {
    /// When the buyer asked the channel for it; none if only the wish is known.
    pub requested_at: Option<Time>,
    /// When the channel counted it.
    pub counted_at: Option<Time>,
    /// When the channel decides by itself.
    pub deadline: Option<Time>,
}

/// What makes a return count, and when at the latest where time alone does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// What.
    pub on: CountsOn,
    /// When at the latest without anyone's doing; none if time alone does nothing.
    pub at: Option<Time>,
}

/// What happens to the count when a request that exists ends another way.
struct Fate {
    rule: CountingRule,
    /// Settled in words, and withdrawn by the buyer.
    withdrawn: CountingEffect,
    /// Money, and the article is kept.
    keep_item: CountingEffect,
    /// Goods, sent outside the channel.
    goods: CountingEffect,
}

// One row to a rule of the channel catalogue.
#[rustfmt::skip]
const FATES: &[Fate] = {
    use CountingEffect::{Counts as C, StillAvoids as A, Unsure as U};
    use CountingRule as R;
    &[
        Fate { rule: R::RequestOpened,         withdrawn: C, keep_item: C, goods: C },
        Fate { rule: R::ListedUnlessWithdrawn, withdrawn: A, keep_item: C, goods: A },
        Fate { rule: R::SellerFaultVerified,   withdrawn: A, keep_item: C, goods: A },
        Fate { rule: R::SellerFaultReturn,     withdrawn: A, keep_item: U, goods: A },
        Fate { rule: R::GoodsReceived,         withdrawn: A, keep_item: A, goods: A },
        Fate { rule: R::Processed,             withdrawn: A, keep_item: A, goods: A },
        Fate { rule: R::Approved,              withdrawn: A, keep_item: C, goods: A },
    ]
};

/// Whether the rule counts only what the seller is at fault for.
const fn asks_for_fault(rule: CountingRule) -> bool {
    matches!(rule, CountingRule::SellerFaultVerified | CountingRule::SellerFaultReturn)
}

/// When a return counts, if it comes to one.
#[must_use]
pub fn counts(rule: CountingRule, sellers_fault: bool, so_far: &ReturnSoFar, auto: Option<Span>) -> Counts {
    let only = |on| Counts { on, at: None };
    if so_far.counted_at.is_some() {
        return Counts { on: CountsOn::Already, at: so_far.counted_at };
    }
    if asks_for_fault(rule) && !sellers_fault {
        return only(CountsOn::Never);
    }
    match rule {
        CountingRule::RequestOpened | CountingRule::ListedUnlessWithdrawn => only(CountsOn::Request),
        CountingRule::SellerFaultVerified => only(CountsOn::Verification),
        CountingRule::GoodsReceived => only(CountsOn::Receipt),
        CountingRule::Processed => only(CountsOn::Processing),
        CountingRule::SellerFaultReturn | CountingRule::Approved => {
            let by_itself = so_far.requested_at.zip(auto).map(|(at, auto)| at + auto);
            let at = so_far.requested_at.and(so_far.deadline).or(by_itself);
            Counts { on: CountsOn::Approval, at }
        }
    }
}

/// What a remedy does to the count, if it is accepted.
#[must_use]
pub fn effect(
    rule: CountingRule,
    sellers_fault: bool,
    so_far: &ReturnSoFar,
    kind: RemedyKind,
) -> CountingEffect {
    if so_far.counted_at.is_some() {
        return CountingEffect::CountsAlready;
    }
    if asks_for_fault(rule) && !sellers_fault {
        return CountingEffect::StillAvoids;
    }
    if !kind.is_alternative() {
        return CountingEffect::Counts;
    }
    // What is settled before a request exists never shows on the channel.
    let Some(fate) = FATES.iter().find(|fate| fate.rule == rule && so_far.requested_at.is_some()) else {
        return CountingEffect::StillAvoids;
    };
    match kind.takes() {
        Takes::Money => fate.keep_item,
        Takes::Goods => fate.goods,
        Takes::Nothing => fate.withdrawn,
    }
}

/// Where the shop stands with its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Units delivered within the target's days.
    pub delivered: i64,
    /// Of those, counted as returned.
    pub counted: i64,
}

/// What one more counted return costs, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShadowPrice {
    /// The price in minor units.
    pub price: i64,
    /// How many more counted returns bring the penalty; 0 beyond the target
    /// already, none if nothing was delivered that a share could be of.
    pub until_penalty: Option<i64>,
}

/// The shadow price of one more counted return: the penalty, spread evenly over
/// the returns that are left until it comes.
///
/// With share s of n units delivered, so many may be counted: `⌊s·n⌋` where at
/// most s is well, `⌈s·n⌉ − 1` where only less is. What is left and one make
/// the penalty come: `until = allowed − counted + 1`, `price = penalty / until`,
/// and all of the penalty beyond the target.
#[must_use]
pub fn shadow_price(target: &Target, standing: Standing) -> ShadowPrice {
    let Standing { delivered, counted } = standing;
    if delivered <= 0 {
        return ShadowPrice { price: 0, until_penalty: None };
    }
    let product = i128::from(delivered) * i128::from(target.share);
    let allowed = match target.comparator {
        Comparator::AtMost => product / 10_000,
        Comparator::Below => (product + 9_999) / 10_000 - 1,
    };
    let until = i64::try_from((allowed - i128::from(counted) + 1).max(0)).unwrap_or(i64::MAX);
    let price = if until == 0 { target.penalty } else { (target.penalty + until / 2) / until };
    ShadowPrice { price, until_penalty: Some(until) }
}
