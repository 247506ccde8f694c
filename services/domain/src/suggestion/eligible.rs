//! Which alternatives can be offered, and the first rule that says no.

use super::rules::Applied;
use super::{Excluded, Ineligible, Input, answers, terms};
use crate::counting::{self, Counts, ShadowPrice};
use crate::detection::{Flag, Reason};
use crate::ledger::{Account, LedgerRefused, Request};
use crate::remedy::{MARGIN, RemedyKind, Takes, Terms};
use crate::scrutiny::{self, Asked};
use crate::{Money, RemedyId, Span};

/// What follows from the inputs for all alternatives alike.
pub(super) struct Given<'a> {
    pub(super) input: &'a Input<'a>,
    /// What was paid for the units; none while no order is known.
    pub(super) paid: Option<Money>,
    /// A danger or a fake: refunded at once.
    pub(super) no_negotiation: bool,
    /// The shop's rules that fit.
    pub(super) applied: Applied<'a>,
    /// What is asked of the buyer.
    pub(super) asked: Asked,
    /// The fixed order.
    pub(super) fixed: Vec<RemedyKind>,
    pub(super) counts: Counts,
    pub(super) shadow: Option<ShadowPrice>,
}

impl<'a> Given<'a> {
    pub(super) fn of(input: &'a Input<'a>) -> Self {
        let paid = input.line.and_then(|line| line.unit_price.times(input.units).ok());
        let no_negotiation = input.reason == Reason::Counterfeit || input.flags.contains(&Flag::Safety);
        let applied = Applied::of(input, paid);
        let fault = input.reason.is_sellers_fault();
        let channel = &input.channel;
        Self {
            fixed: fixed(input, no_negotiation, &applied),
            asked: scrutiny::asked(&input.policy.scrutiny, &input.buyer.claims),
            counts: counting::counts(channel.rule, fault, &channel.so_far, channel.auto_approval),
            shadow: input.policy.target.map(|target| counting::shadow_price(&target, channel.standing)),
            input,
            paid,
            no_negotiation,
            applied,
        }
    }

    /// What was paid, or nothing of the shop's currency.
    pub(super) fn total(&self) -> Money {
        self.paid.unwrap_or(Money::new(0, self.input.currency))
    }

    /// The most that may be given in minor units: what was paid at most, but for a danger or a fake
    /// less where the shop says so.
    pub(super) fn ceiling(&self, for_money: bool) -> i64 {
        let total = self.total();
        let share = |points: i64| total.basis_points(points).minor_units;
        let of_buyer = self.asked.ceiling.filter(|_| for_money).map(share);
        let all = [self.input.policy.ceiling, self.applied.ceiling.map(share), of_buyer];
        if self.no_negotiation {
            return i64::MAX;
        }
        all.into_iter().flatten().min().unwrap_or(i64::MAX)
    }
}

/// The fixed order: of the shop's policy, what rules prefer before it, and the return at the end.
fn fixed(input: &Input<'_>, no_negotiation: bool, applied: &Applied<'_>) -> Vec<RemedyKind> {
    if no_negotiation {
        return vec![RemedyKind::RefundWithoutReturn];
    }
    let shipped = answers::answers(input.reason);
    let own = input.policy.order.iter().find(|(reason, _)| *reason == input.reason);
    let base: &[RemedyKind] = own.map_or(shipped, |(_, kinds)| kinds);
    let mut order: Vec<RemedyKind> = Vec::with_capacity(base.len() + 1);
    let preferred = applied.prefer.iter().filter(|kind| base.contains(kind));
    for &kind in preferred.chain(base) {
        if kind.is_alternative() && !order.contains(&kind) {
            order.push(kind);
        }
    }
    // The return stays open to the buyer, whatever the shop would rather.
    if shipped.contains(&RemedyKind::ReturnLabel) || base.contains(&RemedyKind::ReturnLabel) {
        order.push(RemedyKind::ReturnLabel);
    }
    order
}

/// The terms of an alternative, or the first rule against it.
pub(super) fn terms(kind: RemedyKind, given: &Given<'_>) -> Result<Terms, Ineligible> {
    let against = |why, facts| Ineligible { kind, why, facts };
    fits(kind, given)
        .and_then(|()| shop_allows(kind, given))
        .and_then(|()| in_time(kind, given))
        .and_then(|()| in_stock(kind, given))
        .and_then(|()| amounts(kind, given))
        .and_then(|terms| ledger_allows(kind, terms, given))
        .map_err(|(why, facts)| against(why, facts))
}

pub(super) type No = (Excluded, Vec<(&'static str, String)>);

pub(super) fn fits(kind: RemedyKind, given: &Given<'_>) -> Result<(), No> {
    if !given.fixed.contains(&kind) {
        let why = if given.no_negotiation { Excluded::NoNegotiation } else { Excluded::DoesNotFitReason };
        return Err((why, vec![("reason", given.input.reason.to_string())]));
    }
    Ok(())
}

/// Whether the shop's own rules leave it.
pub(super) fn shop_allows(kind: RemedyKind, given: &Given<'_>) -> Result<(), No> {
    if given.no_negotiation {
        return Ok(());
    }
    if let Some(rule) = given.applied.against(kind) {
        return Err((Excluded::PolicyRule, vec![("rule", rule.to_owned())]));
    }
    let category = given.input.line.map_or("", |line| line.category.as_str());
    let final_sale = given.input.policy.final_sale.iter().any(|sold| sold == category);
    let gives = kind.takes() != Takes::Nothing || !kind.is_alternative();
    if final_sale && gives && !given.input.reason.is_sellers_fault() {
        return Err((Excluded::FinalSale, vec![("category", category.to_owned())]));
    }
    Ok(())
}

pub(super) fn in_time(kind: RemedyKind, given: &Given<'_>) -> Result<(), No> {
    let (input, windows) = (given.input, &given.input.policy.windows);
    let left = input.channel.so_far.deadline.map(|deadline| deadline.since(input.now));
    if let Some(left) = left.filter(|left| *left <= MARGIN) {
        let minutes = left.micros() / Span::from_minutes(1).micros();
        return Err((Excluded::TooLate, vec![("minutes_until_channel_decides", minutes.to_string())]));
    }
    let window = if input.reason.is_sellers_fault() { windows.fault } else { windows.no_fault };
    let delivered_at = input.line.and_then(|line| line.delivered_at);
    let Some(ended) = delivered_at.zip(window).map(|(at, window)| at + window) else { return Ok(()) };
    // Help costs nothing and is never too late.
    if given.no_negotiation || kind == RemedyKind::Instructions || input.now < ended {
        return Ok(());
    }
    Err((Excluded::OutsideWindow, vec![("window_ended_on", ended.day().to_string())]))
}

pub(super) fn in_stock(kind: RemedyKind, given: &Given<'_>) -> Result<(), No> {
    let known = given.input.stock.iter().find(|(of, _)| *of == kind);
    match known.map(|(_, free)| *free) {
        Some(free) if free < i64::from(given.input.units) => {
            Err((Excluded::OutOfStock, vec![("free", free.to_string())]))
        }
        _ => Ok(()),
    }
}

/// What it gives, within what the shop and the channel allow.
fn amounts(kind: RemedyKind, given: &Given<'_>) -> Result<Terms, No> {
    let (input, total) = (given.input, given.total());
    let needs_line = kind.takes() != Takes::Nothing || kind == RemedyKind::ReturnLabel;
    if given.paid.is_none() && needs_line {
        let why = if input.line.is_some() { Excluded::ExceedsPaid } else { Excluded::OrderUnknown };
        return Err((why, Vec::new()));
    }
    if total.minor_units < 1 && kind.takes() == Takes::Money {
        return Err((Excluded::ExceedsPaid, vec![("paid", total.minor_units.to_string())]));
    }
    let ceiling = given.ceiling(kind.takes() == Takes::Money);
    let above = |worth: i64| {
        Err((Excluded::AboveCeiling, vec![("worth", worth.to_string()), ("ceiling", ceiling.to_string())]))
    };
    let mut terms = Terms {
        amount: default_amount(kind, given),
        disposal: given.paid.and_then(|paid| terms::disposal(kind, input.reason, paid, input.policy)),
        ..Terms::default()
    };
    let worth = |terms: &Terms| terms::worth(kind, total, input.units, terms, input.policy);
    match kind {
        RemedyKind::PartialRefund => terms.amount = Some(partial_refund(given, total, ceiling)?),
        RemedyKind::Coupon | RemedyKind::PriceMatch => {
            let most = if given.paid.is_some() { most_of(kind, total).max(1) } else { i64::MAX };
            let clamp = |m: Money| Money { minor_units: m.minor_units.min(ceiling).min(most), ..m };
            terms.amount = terms.amount.map(clamp);
        }
        _ if kind.is_alternative() && worth(&terms) > ceiling => return above(worth(&terms)),
        _ => {}
    }
    if let Err(refused) = input.channel.bounds.check(kind, terms.amount) {
        return Err((Excluded::OutsideChannelBounds, vec![("channel", refused.to_string())]));
    }
    if terms.amount.is_some_and(|amount| amount.minor_units < 1) {
        return above(1);
    }
    let with = Terms { gift: terms::gift(kind, input, total), ..terms.clone() };
    // A gift that would not fit is left out: what is suggested may be offered as it stands.
    Ok(if worth(&with) <= ceiling.min(most_of(kind, total)) { with } else { terms })
}

/// The most that may be given besides the shop's ceilings: no more money and coupons than was paid, and
/// with goods no more on top than they are worth.
pub(super) const fn most_of(kind: RemedyKind, paid: Money) -> i64 {
    match kind.takes() {
        Takes::Goods => paid.minor_units.saturating_mul(2),
        Takes::Money | Takes::Nothing => paid.minor_units,
    }
}

fn default_amount(kind: RemedyKind, given: &Given<'_>) -> Option<Money> {
    terms::default_amount(kind, given.total(), given.input.policy)
}

/// A partial refund between the channel's least and the least of all limits.
fn partial_refund(given: &Given<'_>, total: Money, ceiling: i64) -> Result<Money, No> {
    let (policy, bounds) = (given.input.policy, given.input.channel.bounds);
    let share = |points: i64| total.basis_points(points).minor_units;
    let first = share(given.applied.partial_refund.unwrap_or(policy.partial_refund.first)).max(1);
    let most =
        [Some(share(policy.partial_refund.most)), Some(ceiling), bounds.max.map(|max| max.minor_units)];
    let most = most.into_iter().flatten().min().unwrap_or(ceiling);
    let least = bounds.min.map_or(1, |min| min.minor_units.max(1));
    if least > most {
        let facts = vec![("channel_least", least.to_string()), ("most", most.to_string())];
        let why = if most < 1 { Excluded::AboveCeiling } else { Excluded::OutsideChannelBounds };
        return Err((why, facts));
    }
    Ok(Money { minor_units: first.clamp(least, most), ..total })
}

/// Whether the units are free, and what is left of the money paid.
fn ledger_allows(kind: RemedyKind, terms: Terms, given: &Given<'_>) -> Result<Terms, No> {
    let (input, Some(line)) = (given.input, given.input.line) else { return Ok(terms) };
    if !(1..=line.purchased).contains(&input.units) {
        return Err((Excluded::ExceedsPaid, vec![("purchased", line.purchased.to_string())]));
    }
    let request = Request {
        remedy: RemedyId::from_bits(0),
        takes: kind.takes(),
        units: input.units,
        amount: terms.amount,
        after: None,
    };
    let account = Account {
        purchased: line.purchased,
        unit_price: line.unit_price,
        grants: &line.grants,
        refunded: line.refunded,
    };
    match account.reserve(&request) {
        Ok(_) => Ok(terms),
        Err(LedgerRefused::UnitsTaken { free, .. }) => {
            Err((Excluded::UnitAlreadyRemedied, vec![("free_units", free.to_string())]))
        }
        Err(LedgerRefused::ExceedsPaid { granted, paid }) => {
            let facts = vec![("granted", granted.to_string()), ("paid", paid.to_string())];
            Err((Excluded::ExceedsPaid, facts))
        }
        Err(LedgerRefused::UnitsRefunded { free, refunded, .. }) => {
            let facts = vec![("free_units", free.to_string()), ("refunded_units", refunded.to_string())];
            Err((Excluded::UnitAlreadyRemedied, facts))
        }
        Err(LedgerRefused::RefundedSince { return_id }) => {
            Err((Excluded::UnitAlreadyRemedied, vec![("refunded_by", return_id.to_string())]))
        }
        Err(LedgerRefused::AmountMissing | LedgerRefused::CurrencyMismatch) => {
            Err((Excluded::ExceedsPaid, Vec::new()))
        }
    }
}
