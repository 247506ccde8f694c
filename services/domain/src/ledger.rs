//! The ledger: which unit of an order line was remedied with what.
//!
//! A grant reserves, a fulfilment confirms, a failure or withdrawal releases.
//! Two rules hold whoever asks and however often: the value granted on a line
//! never exceeds what was paid for it, and no unit gets both money and goods.
//! What the channel refunds by itself counts as given; [`crate::refund`] says how.

use std::collections::BTreeSet;

use crate::code::codes;
use crate::refund::Refunded;
use crate::remedy::Takes;
use crate::{Money, RemedyId, ReturnId};

codes! {
    /// Where a grant stands.
    pub enum GrantState {
        /// Promised or offered: the unit is taken.
        Reserved = "RESERVED",
        /// Given.
        Confirmed = "CONFIRMED",
        /// Not given after all: the unit is free.
        Released = "RELEASED",
    }
}

/// One unit given to one remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The remedy that holds it.
    pub remedy: RemedyId,
    /// The unit of the line, from 1.
    pub unit: u32,
    /// Whether goods are sent; else money is given back.
    pub goods: bool,
    /// Its worth to the buyer in minor units of the line's currency.
    pub value: i64,
    /// Where it stands.
    pub state: GrantState,
}

/// What a remedy asks of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub remedy: RemedyId,
    /// What it takes from each unit.
    pub takes: Takes,
    /// How many units.
    pub units: u32,
    /// The money given back over all units, for the kinds that give money.
    pub amount: Option<Money>,
    /// The earlier remedy of the same units, when that one did not hold: the
    /// latest of the chain, whose goods were all given.
    pub after: Option<RemedyId>,
}

/// Why the ledger refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerRefused {
    /// Fewer units are free than asked for.
    #[error("{asked} units asked for, {free} of {purchased} are free of another remedy")]
    UnitsTaken {
        /// Units asked for.
        asked: u32,
        /// Units without a remedy of the other kind or an open one.
        free: u32,
        /// Units purchased.
        purchased: u32,
    },
    /// The channel refunded units, and any of these may be one of them.
    #[error(
        "{asked} units asked for, {free} of {purchased} are left beside the {refunded} that the channel refunded"
    )]
    UnitsRefunded {
        /// Units asked for.
        asked: u32,
        /// Units that are neither taken nor may be refunded.
        free: u32,
        /// Units that the channel refunded, or for goods agreed to, and no remedy of ours explains.
        refunded: u32,
        /// Units purchased.
        purchased: u32,
    },
    /// The channel refunds since the remedy was promised.
    #[error("the channel refunds the units by return {return_id}: what was promised must not leave")]
    RefundedSince {
        /// The return request.
        return_id: ReturnId,
    },
    /// More money than was paid.
    #[error("{granted} minor units would be granted of {paid} paid")]
    ExceedsPaid {
        /// What would be granted on the line, in minor units.
        granted: i64,
        /// What was paid for the line, in minor units.
        paid: i64,
    },
    /// A refund names no amount.
    #[error("a remedy that gives money back must name an amount above zero")]
    AmountMissing,
    /// Another currency than the order's.
    #[error("the amount must be in the currency of the order")]
    CurrencyMismatch,
}

/// Everything that was bought and taken of a line.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Units purchased.
    pub purchased: u32,
    /// What was paid for each.
    pub unit_price: Money,
    /// All grants the line ever had.
    pub grants: &'a [Grant],
    /// What the channel refunded besides: [`crate::refund::beside`].
    pub refunded: Refunded,
}

/// Reserves units for a remedy where the channel refunded nothing: see [`Account::reserve`].
///
/// # Errors
/// As there.
pub fn reserve(
    purchased: u32,
    unit_price: Money,
    grants: &[Grant],
    request: &Request,
) -> Result<Vec<Grant>, LedgerRefused> {
    Account { purchased, unit_price, grants, refunded: Refunded::default() }.reserve(request)
}

impl Account<'_> {
    /// Reserves units for a remedy: the new grants, or why not. A remedy that takes nothing gets none.
    ///
    /// # Errors
    /// When fewer units are free than asked for, more would be granted than was
    /// paid, or the amount is missing or in another currency.
    pub fn reserve(&self, request: &Request) -> Result<Vec<Grant>, LedgerRefused> {
        reserve_in(self, request)
    }

    /// Whether what a remedy has reserved can still be given beside what the channel refunded.
    ///
    /// # Errors
    /// When a unit of the line would be compensated twice, or more given than was paid.
    pub fn stands(&self, remedy: RemedyId) -> Result<(), LedgerRefused> {
        let active: Vec<&Grant> = self.active().collect();
        let units = |grants: &mut dyn Iterator<Item = &&Grant>| {
            let units: BTreeSet<u32> = grants.map(|g| g.unit).collect();
            u32::try_from(units.len()).unwrap_or(u32::MAX)
        };
        let taken = units(&mut active.iter());
        let asked = units(&mut active.iter().filter(|g| g.remedy == remedy));
        let goods = active.iter().any(|g| g.remedy == remedy && g.goods);
        let refunded = self.refunded.units_for(goods);
        let purchased = self.purchased;
        if asked > 0 && refunded > 0 && taken.saturating_add(refunded) > purchased {
            let free = purchased.saturating_sub(refunded).saturating_sub(taken - asked);
            return Err(LedgerRefused::UnitsRefunded { asked, free, refunded, purchased });
        }
        if asked > 0 { self.check_value(0) } else { Ok(()) }
    }

    /// The same, without what the channel only agreed to.
    #[must_use]
    pub const fn beside_paid(self) -> Self {
        Self { refunded: Refunded { agreed: 0, ..self.refunded }, ..self }
    }

    /// What of the value paid is neither granted nor refunded, in minor units.
    #[must_use]
    pub fn free_value(&self) -> i64 {
        clamp((self.paid() - self.spent()).max(0))
    }

    fn active(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|g| g.state != GrantState::Released)
    }

    // Wider than an amount, so that no sum can saturate its way under the limit.
    fn paid(&self) -> i128 {
        i128::from(self.unit_price.minor_units) * i128::from(self.purchased)
    }

    fn spent(&self) -> i128 {
        self.active().map(|g| i128::from(g.value)).sum::<i128>() + i128::from(self.refunded.amount)
    }

    fn check_value(&self, more: i128) -> Result<(), LedgerRefused> {
        let (granted, paid) = (self.spent() + more, self.paid());
        if granted > paid {
            return Err(LedgerRefused::ExceedsPaid { granted: clamp(granted), paid: clamp(paid) });
        }
        Ok(())
    }
}

fn reserve_in(account: &Account<'_>, request: &Request) -> Result<Vec<Grant>, LedgerRefused> {
    let Account { purchased, unit_price, refunded, .. } = *account;
    if request.takes == Takes::Nothing {
        return Ok(Vec::new());
    }
    let goods = request.takes == Takes::Goods;
    let active: Vec<&Grant> = account.active().collect();
    // A chain stays on the units of the remedy that did not hold. Where that one holds
    // none (instructions that did not help), the request is like any first one.
    let chain = request.after.filter(|after| active.iter().any(|g| g.remedy == *after));
    let (free, units) = free_units(purchased, &active, goods, chain, request.units);
    if request.units == 0 || free < request.units {
        return Err(LedgerRefused::UnitsTaken { asked: request.units, free, purchased });
    }
    // Any of the units may be one that the channel meant.
    let refunded = refunded.units_for(goods);
    let left = free.saturating_sub(refunded);
    if left < request.units {
        let asked = request.units;
        return Err(LedgerRefused::UnitsRefunded { asked, free: left, refunded, purchased });
    }
    let mut values = values(unit_price, request, goods)?;
    if chain.is_some() {
        // A replacement that follows a broken replacement is worth nothing more to
        // the buyer: the first one was.
        values.fill(0);
    }
    account.check_value(values.iter().copied().map(i128::from).sum())?;
    Ok(units
        .into_iter()
        .zip(values)
        .map(|(unit, value)| Grant {
            remedy: request.remedy,
            unit,
            goods,
            value,
            state: GrantState::Reserved,
        })
        .collect())
}

/// How many units the request may have, and the lowest so many of them as are wanted.
fn free_units(
    purchased: u32,
    active: &[&Grant],
    goods: bool,
    chain: Option<RemedyId>,
    wanted: u32,
) -> (u32, Vec<u32>) {
    let taken: BTreeSet<u32> =
        active.iter().map(|g| g.unit).filter(|u| (1..=purchased).contains(u)).collect();
    let size = |units: &BTreeSet<u32>| u32::try_from(units.len()).unwrap_or(u32::MAX);
    let first = |units: &mut dyn Iterator<Item = u32>| units.zip(0..wanted).map(|(unit, _)| unit).collect();
    let Some(after) = chain else {
        let free = purchased.saturating_sub(size(&taken));
        return (free, first(&mut (1..=purchased).filter(|unit| !taken.contains(unit))));
    };
    // Only goods after the very goods that did not hold; money never follows
    // goods nor goods money.
    let follows = |unit: &u32| goods && ends_with(active.iter().filter(|g| g.unit == *unit), after);
    let followed: BTreeSet<u32> = taken.into_iter().filter(follows).collect();
    (size(&followed), first(&mut followed.iter().copied()))
}

/// Whether these grants of one unit are goods that were all given, and none came after that remedy's.
fn ends_with<'a>(mut grants: impl Iterator<Item = &'a &'a Grant> + Clone, after: RemedyId) -> bool {
    let followed = grants.clone().any(|g| g.remedy == after);
    let made_later = |g: &Grant| made_ms(g.remedy) > made_ms(after);
    followed && grants.all(|g| g.goods && g.state == GrantState::Confirmed && !made_later(g))
}

/// When a remedy was made, by its identifier: a UUIDv7 begins with its millisecond.
const fn made_ms(remedy: RemedyId) -> u128 {
    remedy.bits() >> 80
}

fn clamp(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(if wide < 0 { i64::MIN } else { i64::MAX })
}

/// What each unit is worth; money is split evenly, the first units take the rest.
fn values(unit_price: Money, request: &Request, goods: bool) -> Result<Vec<i64>, LedgerRefused> {
    let units = i64::from(request.units);
    if goods {
        return Ok((0..units).map(|_| unit_price.minor_units).collect());
    }
    let amount = request.amount.filter(|a| a.minor_units > 0).ok_or(LedgerRefused::AmountMissing)?;
    if amount.currency != unit_price.currency {
        return Err(LedgerRefused::CurrencyMismatch);
    }
    let (share, rest) = (amount.minor_units / units, amount.minor_units % units);
    Ok((0..units).map(|i| share + i64::from(i < rest)).collect())
}
