//! The channel pays a buyer back: what was promised or given for the same units is told at once.

use std::collections::{BTreeMap, HashSet};

use amends_domain::case::{Handling, State, Verb};
use amends_domain::event::Event;
use amends_domain::ledger::{Account, Grant};
use amends_domain::refund::{Promise, Refunded, beside};
use amends_domain::remedy::{NoticeKind, Remedy, RemedyStage, Takes};
use amends_domain::returns::Pays;
use amends_domain::signal::ReturnSignal;
use amends_domain::{CaseId, LineId, OrderId, RemedyId, ShopId};

use crate::facts::refunds_of;
use crate::ingest::world::{Now, OrderWorld, World};
use crate::remedy::{promise, stopped, twice};

/// Why a case is raised whose remedy the channel refunds.
const RAISED: &str = "CHANNEL_REFUND";

/// How often a case that was merged into was merged itself.
const MERGES_MAX: u32 = 8;

/// What was refunded on each line before a signal, and whether its request paid already.
#[derive(Debug)]
pub(super) struct RefundsBefore {
    lines: BTreeMap<LineId, Refunded>,
    pays: Pays,
}

/// What is to be told about a remedy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tell {
    /// It cannot be accepted any more; nothing has to be stopped yet.
    Refuse,
    /// It must not leave.
    Stop,
    /// It was given already.
    Twice,
}

impl Tell {
    const fn kind(self) -> NoticeKind {
        match self {
            Self::Refuse | Self::Stop => NoticeKind::Stop,
            Self::Twice => NoticeKind::Twice,
        }
    }
}

/// A signal whose refund is told about, on one line.
#[derive(Clone, Copy)]
struct Told<'a> {
    shop: &'a ShopId,
    seen: &'a ReturnSignal,
    line: &'a LineId,
    /// Whether its request paid nothing until now: what was told before that is told anew.
    anew: bool,
}

impl World {
    /// Where refunds stand before a word about a request is taken in.
    pub(super) fn refunds_before(&self, shop: &ShopId, seen: &ReturnSignal) -> RefundsBefore {
        RefundsBefore { lines: self.refunds(shop, &seen.order), pays: self.pays(shop, seen) }
    }

    fn pays(&self, shop: &ShopId, seen: &ReturnSignal) -> Pays {
        let facts = self.orders.get(&(shop.clone(), seen.order.clone()));
        let request = facts.and_then(|order| order.returns.get(&seen.return_id));
        request.map_or(Pays::Nothing, |kept| kept.value.pays())
    }

    /// What the channel refunded on each line of an order besides what we gave.
    fn refunds(&self, shop: &ShopId, order: &OrderId) -> BTreeMap<LineId, Refunded> {
        let key = (shop.clone(), order.clone());
        let Some(facts) = self.orders.get(&key) else { return BTreeMap::new() };
        let remedies = self.promised.get(&key).into_iter().flatten().map(|kept| &kept.value);
        let promised: Vec<Promise> = remedies.filter_map(promise).collect();
        let one = |id: &LineId| {
            let grants = self.grants_of(&key, id);
            (id.clone(), beside(&refunds_on(facts, id), &grants, &promised))
        };
        facts.lines.keys().map(one).collect()
    }

    fn grants_of(&self, order: &(ShopId, OrderId), line: &LineId) -> Vec<Grant> {
        let all = self.grants.get(order).into_iter().flatten();
        all.filter(|(of, _)| of == line).map(|(_, grant)| grant.clone()).collect()
    }

    /// Tells what this signal's refund means for what was promised and given.
    pub(super) fn stop_promises(&mut self, at: Now<'_>, seen: &ReturnSignal, before: &RefundsBefore) {
        let shop = at.info.shop.id.clone();
        let now = self.refunds(&shop, &seen.order);
        let pays = self.pays(&shop, seen);
        let anew = before.pays == Pays::Nothing;
        let named = self.line_of(&shop, seen);
        let mut cases = HashSet::new();
        for (line, refunded) in now {
            let was = before.lines.get(&line).copied().unwrap_or_default();
            let meant = named.as_ref().is_none_or(|named| *named == line);
            let of = Told { shop: &shop, seen, line: &line, anew };
            let told_now = if refunded.exceeds(was) {
                self.to_tell(of, refunded, was)
            } else if anew && pays == Pays::Agreed && meant {
                self.goods_under_way(of)
            } else {
                continue;
            };
            for (remedy, tell) in told_now {
                cases.extend(self.tell_of(at, seen, remedy, tell));
            }
        }
        for case in cases {
            self.raise(at, case);
        }
    }

    /// The line that the request is about, by whatever word named it.
    fn line_of(&self, shop: &ShopId, seen: &ReturnSignal) -> Option<LineId> {
        let facts = self.orders.get(&(shop.clone(), seen.order.clone()))?;
        facts.returns.get(&seen.return_id)?.value.row.line.clone()
    }

    /// The remedies on a line of which that was not told for this refund yet, the newest first.
    fn untold(&self, of: Told<'_>, kind: NoticeKind) -> impl Iterator<Item = &Remedy> {
        let all = self.promised.get(&(of.shop.clone(), of.seen.order.clone()));
        let on_line = move |r: &&Remedy| r.line.as_ref().is_some_and(|(_, line)| line == of.line);
        let fresh = move |r: &&Remedy| of.anew || !r.was_told(&of.seen.return_id, kind);
        all.into_iter().flatten().rev().map(|kept| &kept.value).filter(on_line).filter(fresh)
    }

    /// Goods that are offered or promised.
    fn goods_under_way(&self, of: Told<'_>) -> Vec<(RemedyId, Tell)> {
        let goods = self.untold(of, NoticeKind::Stop).filter(|r| r.kind.takes() == Takes::Goods);
        let tell = |remedy: &Remedy| match remedy.state.stage() {
            RemedyStage::Proposed | RemedyStage::AwaitingApproval | RemedyStage::Offered => {
                Some((remedy.id, Tell::Refuse))
            }
            stage => stage.is_promised().then_some((remedy.id, Tell::Stop)),
        };
        goods.filter_map(tell).collect()
    }

    /// Any of the promises may be for the unit that was refunded; of what was given, the newest
    /// are, and those first of which no refund was told yet.
    fn to_tell(&self, of: Told<'_>, refunded: Refunded, was: Refunded) -> Vec<(RemedyId, Tell)> {
        let mut told = self.goods_under_way(of);
        let over = |r: &&Remedy| {
            r.kind.takes() == Takes::Money && !self.stands(of.shop, of.seen, of.line, refunded, r.id)
        };
        let paying = |r: &&Remedy| matches!(r.state.stage(), RemedyStage::Accepted | RemedyStage::Executing);
        let to_stop = self.untold(of, NoticeKind::Stop).filter(paying).filter(over);
        told.extend(to_stop.map(|remedy| (remedy.id, Tell::Stop)));
        let fulfilled = |r: &&Remedy| r.state.stage() == RemedyStage::Fulfilled;
        let given: Vec<&Remedy> = self.untold(of, NoticeKind::Twice).filter(fulfilled).collect();
        told.extend(given.iter().copied().filter(over).map(|remedy| (remedy.id, Tell::Twice)));
        let (later, first): (Vec<&Remedy>, Vec<&Remedy>) = given
            .into_iter()
            .filter(|r| r.kind.takes() == Takes::Goods)
            .partition(|r| r.was_ever_told(NoticeKind::Twice));
        let mut left = refunded.units.saturating_sub(was.units);
        for remedy in first.into_iter().chain(later) {
            if left > 0 {
                left = left.saturating_sub(remedy.units);
                told.push((remedy.id, Tell::Twice));
            }
        }
        told
    }

    fn stands(
        &self,
        shop: &ShopId,
        seen: &ReturnSignal,
        line: &LineId,
        refunded: Refunded,
        remedy: RemedyId,
    ) -> bool {
        let key = (shop.clone(), seen.order.clone());
        let found = self.orders.get(&key).and_then(|facts| facts.lines.get(line));
        let Some(purchase) = found.and_then(|one| one.line.purchase.as_ref()) else { return true };
        let grants = self.grants_of(&key, line);
        let (purchased, unit_price) = (purchase.quantity, purchase.unit_price);
        Account { purchased, unit_price, grants: &grants, refunded }.stands(remedy).is_ok()
    }

    /// Marks a remedy and writes what was promised or given on the timeline of its case; answers
    /// which that is.
    fn tell_of(&mut self, at: Now<'_>, seen: &ReturnSignal, id: RemedyId, tell: Tell) -> Option<CaseId> {
        let shop = at.info.shop.id.clone();
        let paid = self.pays(&shop, seen) == Pays::Paid;
        let refund = self.refund_of(&shop, seen);
        let all = self.promised.get_mut(&(shop.clone(), seen.order.clone()))?;
        let kept = all.iter_mut().find(|kept| kept.value.id == id)?;
        kept.value.tell(seen.return_id.clone(), tell.kind());
        kept.value.version += i64::from(!kept.changed);
        kept.changed = true;
        let (remedy, return_id) = (kept.value.clone(), seen.return_id.clone());
        let case = self.heir_of(&shop, remedy.case);
        let (amount, currency) = refund.unzip();
        let event = match tell {
            Tell::Refuse => return None,
            Tell::Stop => stopped(&remedy, return_id, (amount, currency), paid),
            Tell::Twice => twice(&remedy, return_id, (amount, currency)),
        };
        self.happened(at, Some(case), event);
        Some(case)
    }

    fn refund_of(&self, shop: &ShopId, seen: &ReturnSignal) -> Option<(i64, String)> {
        let facts = self.orders.get(&(shop.clone(), seen.order.clone()))?;
        let refund = facts.returns.get(&seen.return_id)?.value.row.refund?;
        Some((refund.minor_units, refund.currency.to_string()))
    }

    /// The case, or the one it became part of, as far as this batch knows.
    fn heir_of(&self, shop: &ShopId, mut case: CaseId) -> CaseId {
        for _ in 0..MERGES_MAX {
            let place = self.cases.by_id.get(&(shop.clone(), case));
            match place.and_then(|place| self.cases.get(*place)).map(|one| &one.case.handling) {
                Some(Handling::Merged { into, .. }) => case = *into,
                _ => break,
            }
        }
        case
    }

    /// A person has to look: the case is raised, and comes back if it was put aside.
    fn raise(&mut self, at: Now<'_>, case: CaseId) {
        let place = self.cases.by_id.get(&(at.info.shop.id.clone(), case)).copied();
        let Some(one) = place.and_then(|place| self.cases.get_mut(place)) else { return };
        if !one.case.is_open() {
            return;
        }
        match one.case.clone().apply(Verb::Escalate { version: None }, at.now) {
            Ok(raised) => one.case = raised,
            // Every open state has this arrow.
            Err(refused) => return tracing::error!(%refused, "a case could not be raised"),
        }
        let (level, subject, state) = (one.case.level, one.case.subject.clone(), one.case.handling.state());
        self.happened(at, Some(case), Event::CaseEscalated { level, reason: RAISED.to_owned() });
        if matches!(state, State::WaitingBuyer | State::WaitingThirdParty | State::Snoozed | State::Solved) {
            self.wake_case(at, &subject);
        }
    }
}

fn refunds_on(facts: &OrderWorld, line: &LineId) -> Vec<amends_domain::refund::Refund> {
    let returns = facts.returns.values().map(|kept| &kept.value);
    facts.lines.get(line).map(|one| refunds_of(&one.line, returns)).unwrap_or_default()
}
