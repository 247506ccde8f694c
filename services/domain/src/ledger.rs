//! The ledger: which unit of an order line was remedied with what.
//!
//! A grant reserves, a fulfilment confirms, a failure or withdrawal releases.
//! Two rules hold whoever asks and however often: the value granted on a line
//! never exceeds what was paid for it, and no unit gets both money and goods.

use crate::code::codes;
use crate::remedy::Takes;
use crate::{Money, RemedyId};

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
    /// The earlier remedy of the same units, when that one did not hold.
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

/// Reserves units for a remedy: the new grants, or why not.
///
/// `purchased` and `unit_price` are those of the line, `grants` all grants it
/// ever had. A remedy that takes nothing gets no grant.
///
/// # Errors
/// When fewer units are free than asked for, more would be granted than was
/// paid, or the amount is missing or in another currency.
pub fn reserve(
    purchased: u32,
    unit_price: Money,
    grants: &[Grant],
    request: &Request,
) -> Result<Vec<Grant>, LedgerRefused> {
    if request.takes == Takes::Nothing {
        return Ok(Vec::new());
    }
    let goods = request.takes == Takes::Goods;
    let active = |g: &&Grant| g.state != GrantState::Released;
    let free: Vec<u32> = (1..=purchased)
        .filter(|unit| grants.iter().filter(active).filter(|g| g.unit == *unit).all(|g| may_follow(g, goods, request)))
        .collect();
    let wanted = usize::try_from(request.units).unwrap_or(usize::MAX);
    if wanted == 0 || free.len() < wanted {
        let free = u32::try_from(free.len()).unwrap_or(u32::MAX);
        return Err(LedgerRefused::UnitsTaken { asked: request.units, free, purchased });
    }
    let values = values(unit_price, request, goods)?;
    let paid = unit_price.minor_units.saturating_mul(i64::from(purchased));
    // A replacement that follows a broken replacement is worth nothing more to
    // the buyer: the first one was.
    let granted = grants
        .iter()
        .filter(active)
        .map(|g| g.value)
        .chain(values.iter().copied().filter(|_| request.after.is_none()))
        .fold(0_i64, i64::saturating_add);
    if granted > paid {
        return Err(LedgerRefused::ExceedsPaid { granted, paid });
    }
    let value = |v: i64| if request.after.is_some() { 0 } else { v };
    Ok(free
        .into_iter()
        .zip(values)
        .map(|(unit, v)| Grant { remedy: request.remedy, unit, goods, value: value(v), state: GrantState::Reserved })
        .collect())
}

/// Whether a unit that has this active grant can get another of the wanted sort.
fn may_follow(grant: &Grant, goods: bool, request: &Request) -> bool {
    // Only goods after the very goods that did not hold; money never follows
    // goods nor goods money.
    goods && grant.goods && grant.state == GrantState::Confirmed && request.after == Some(grant.remedy)
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
