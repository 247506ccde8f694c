//! What is given for a line: never more than was paid, never two things for one unit, whatever the
//! channel refunds meanwhile.

use std::collections::BTreeSet;

use amends_app::facts::refunds_of;
use amends_domain::ledger::{Grant, GrantState};
use amends_domain::refund::{Promise, beside};
use amends_domain::remedy::{Remedy, RemedyStage, Takes};
use amends_domain::stock::hold_of;

use super::Verdict;
use crate::simulation::seen::{OneLine, Seen};

/// Invariant 16, of grants alone.
pub(super) fn no_more_is_granted_than_was_paid_and_nothing_twice(seen: &Seen) -> Verdict {
    seen.lines.iter().try_for_each(|line| {
        let Some(purchase) = &line.line.purchase else { return Ok(()) };
        let name = format!("{}/{}", line.line.order, line.line.line);
        let active: Vec<&Grant> = line.grants.iter().filter(|g| g.state != GrantState::Released).collect();
        let (paid, value) = (
            purchase.unit_price.times(purchase.quantity).unwrap(),
            active.iter().map(|g| g.value).sum::<i64>(),
        );
        if value > paid.minor_units {
            return Err(format!("{name}: {value} granted of {paid}"));
        }
        for unit in active.iter().map(|g| g.unit) {
            let on_unit = active.iter().filter(|g| g.unit == unit);
            if on_unit.clone().any(|g| g.goods) && on_unit.clone().any(|g| !g.goods) {
                return Err(format!("{name}: money and goods for unit {unit}"));
            }
            if on_unit.filter(|g| g.state == GrantState::Reserved).count() > 1 {
                return Err(format!("{name}: unit {unit} is promised twice"));
            }
        }
        Ok(())
    })
}

/// Beside what the channel refunded, what was promised and not told to stop is within what was
/// bought and paid.
pub(super) fn what_may_leave_is_within_what_is_left_of_refunds(seen: &Seen) -> Verdict {
    seen.lines.iter().try_for_each(|line| {
        let Some(purchase) = &line.line.purchase else { return Ok(()) };
        let given = |r: &&Remedy| r.state.stage().is_given();
        let money = line.remedies.iter().filter(given).filter(|r| r.kind.takes() == Takes::Money);
        let promise = |r: &Remedy| Some(Promise { remedy: r.id, accepted_at: r.accepted_at? });
        let promised: Vec<Promise> = money.filter_map(promise).collect();
        let refunded = beside(&refunds_of(&line.line, line.returns.iter()), &line.grants, &promised);
        if !refunded.is_some() {
            return Ok(());
        }
        let goes_on: Vec<&Grant> = left(line).collect();
        let units: BTreeSet<u32> = goes_on.iter().map(|g| g.unit).collect();
        let units = u32::try_from(units.len()).unwrap();
        let value = goes_on.iter().map(|g| g.value).sum::<i64>();
        let paid = purchase.unit_price.times(purchase.quantity).unwrap();
        let whose = format!("{}/{}", line.line.order, line.line.line);
        // The channel may pay more than everything by itself; then nothing more may go on.
        if units > 0 && units + refunded.units > purchase.quantity {
            return Err(format!("{whose}: {units} units and {refunded:?} of {}", purchase.quantity));
        }
        if value > 0 && value + refunded.amount > paid.minor_units {
            return Err(format!("{whose}: {value} and {refunded:?} of {paid}"));
        }
        Ok(())
    })
}

/// What was promised and nobody said to stop, on units nobody was told of.
fn left(line: &OneLine) -> impl Iterator<Item = &Grant> {
    let of = |grant: &Grant| line.remedies.iter().find(|r| r.id == grant.remedy);
    let told: BTreeSet<u32> = line
        .grants
        .iter()
        .filter(|g| of(g).is_some_and(|r| r.stopped_by.is_some()))
        .map(|g| g.unit)
        .collect();
    line.grants.iter().filter(move |grant| {
        let goes_on = |r: &Remedy| {
            matches!(r.state.stage(), RemedyStage::Accepted | RemedyStage::Executing)
                && r.stopped_by.is_none()
        };
        grant.state != GrantState::Released && !told.contains(&grant.unit) && of(grant).is_some_and(goes_on)
    })
}

/// What is held of the stock is what the remedies that are under way would send.
pub(super) fn holds_follow_their_remedies(seen: &Seen) -> Verdict {
    let remedies: Vec<&Remedy> = seen.lines.iter().flat_map(|line| &line.remedies).collect();
    seen.stock_holds.iter().try_for_each(|hold| {
        let Some(remedy) = remedies.iter().find(|r| r.id == hold.remedy) else { return Ok(()) };
        let expected = hold_of(remedy.state.stage());
        if hold.state == expected && hold.quantity == remedy.units {
            return Ok(());
        }
        Err(format!("{}: {} is held as {}, not {expected}", remedy.id, hold.item.sku, hold.state))
    })
}
