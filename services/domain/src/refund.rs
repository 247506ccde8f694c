//! Money that the channel paid back for a line by itself.
//!
//! The rule, in the order it is applied:
//!
//! 1. A return request takes money as soon as one of its events says that it is
//!    settled, and keeps it: money that was paid is not unpaid by a later word.
//!    It takes as many units as the latest settled event names, and the most
//!    that a settled event named, else what was named before it; where none was
//!    ever named, what was paid for these units. One that was settled with a
//!    named amount of zero takes nothing.
//! 2. A request that names no line may mean any line of its order, so it is
//!    counted on each of them. Nobody gets too much for that; at worst someone
//!    is asked to look.
//! 3. Where a money remedy of the line was promised or given (ACCEPTED,
//!    EXECUTING, FULFILLED), the channel began to pay no sooner than the buyer
//!    said yes, and the refund is not larger than what is left of it, the refund is that money on its way through the channel, and is not
//!    counted again. An equal amount is preferred, then the smallest that is
//!    large enough, then the oldest remedy. One remedy may be paid in parts,
//!    each of which is for its own units; units beyond these came on top.
//! 4. What is left came on top. Which unit the channel meant is not known, so
//!    it may be any: so many units fewer are free, for first remedies and for
//!    chains, and what is granted and what was refunded together never exceed
//!    what was paid.
//! 5. What the channel agreed to pay and has not paid yet takes no money, but
//!    its units are free for no goods: they would leave before it pays.
//!
//! All of it is worked out from the events of return requests and from grants
//! each time it is asked, so late, repeated and swapped signals end the same.

use crate::ledger::{Grant, GrantState};
use crate::{RemedyId, ReturnId, Time};

/// What the channel pays back on a line by one return request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The request.
    pub return_id: ReturnId,
    /// Since when the channel pays it: when it agreed to, else when it paid.
    pub at: Time,
    /// Whether it was paid; else the channel only agreed to.
    pub paid: bool,
    /// Units it is paid for.
    pub units: u32,
    /// Minor units of the line's currency, above zero.
    pub amount: i64,
}

/// A money remedy that the buyer accepted and that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Which.
    pub remedy: RemedyId,
    /// When the buyer said yes: no refund before that can be it.
    pub accepted_at: Time,
}

/// What the channel paid back on a line that no remedy of ours explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refunded {
    /// Units.
    pub units: u32,
    /// Minor units of the line's currency.
    pub amount: i64,
    /// Units that it only agreed to refund.
    pub agreed: u32,
}

impl Refunded {
    /// Whether anything was paid.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.units > 0 || self.amount > 0
    }

    /// Units that are free for nothing else; goods leave before what was agreed to is paid.
    #[must_use]
    pub const fn units_for(self, goods: bool) -> u32 {
        if goods { self.units.saturating_add(self.agreed) } else { self.units }
    }

    /// Whether more was paid than before.
    #[must_use]
    pub const fn exceeds(self, before: Self) -> bool {
        self.units > before.units || self.amount > before.amount
    }
}

/// Money of ours that a refund can be.
struct Ours {
    remedy: RemedyId,
    since: Time,
    units: u32,
    value: i64,
}

/// What is left of the refunds once the money is taken off that we gave ourselves.
///
/// `promised` are the remedies of the line that the buyer accepted and that did
/// not fail; those that give goods are never taken for money.
#[must_use]
pub fn beside(refunds: &[Refund], grants: &[Grant], promised: &[Promise]) -> Refunded {
    let mut ours = ours(grants, promised);
    let mut sorted: Vec<&Refund> = refunds.iter().filter(|refund| refund.amount > 0).collect();
    // What was paid finds its remedy before what may still be taken back.
    sorted.sort_by(|a, b| (!a.paid, a.at, &a.return_id).cmp(&(!b.paid, b.at, &b.return_id)));
    sorted.into_iter().fold(Refunded::default(), |left, refund| {
        let can_be = |own: &&mut Ours| own.value >= refund.amount && refund.at >= own.since;
        let found = ours.iter_mut().filter(can_be).min_by_key(|own| (own.value, own.remedy));
        let (units, amount) = match found {
            Some(own) => {
                own.value -= refund.amount;
                // Each part is for the remedy's own units, however many parts there are.
                (refund.units.saturating_sub(own.units), 0)
            }
            None => (refund.units, refund.amount),
        };
        if !refund.paid {
            return Refunded { agreed: left.agreed.saturating_add(units), ..left };
        }
        let (units, amount) = (left.units.saturating_add(units), left.amount.saturating_add(amount));
        Refunded { units, amount, ..left }
    })
}

fn ours(grants: &[Grant], promised: &[Promise]) -> Vec<Ours> {
    let mut ours: Vec<Ours> = Vec::new();
    let given = grants.iter().filter(|g| !g.goods && g.state != GrantState::Released);
    for grant in given {
        let Some(promise) = promised.iter().find(|one| one.remedy == grant.remedy) else { continue };
        match ours.iter_mut().find(|own| own.remedy == grant.remedy) {
            Some(own) => {
                own.units = own.units.saturating_add(1);
                own.value = own.value.saturating_add(grant.value);
            }
            None => ours.push(Ours {
                remedy: grant.remedy,
                since: promise.accepted_at,
                units: 1,
                value: grant.value,
            }),
        }
    }
    ours
}
