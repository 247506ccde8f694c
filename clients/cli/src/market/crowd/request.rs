//! How a return request goes its way.

use super::Standing;
use crate::market::{
    agenda::{Act, Agenda},
    buyer::Buyer,
    letter::{Letter, Moved, request as letter},
    time::{DAY, HOUR},
    truth::Said,
};

impl Standing {
    /// Whether a request is pursued.
    pub(super) fn requested(&self) -> bool {
        let over = [Said::Withdrawn, Said::Declined, Said::Settled];
        self.request.is_some_and(|request| !over.contains(&request.said))
    }
}

/// A request is opened, unless one is open.
pub(super) fn open(
    buyer: &Buyer,
    standing: &mut Standing,
    agenda: &mut Agenda,
    serial: &str,
    at: i64,
) -> Option<Letter> {
    if standing.requested() || standing.request.is_some_and(|earlier| earlier.number >= 2) {
        return None;
    }
    let number = standing.request.map_or(1, |earlier| earlier.number + 1);
    let mut chance = buyer.chance(&format!("request {number}"));
    let pieces = if chance.percent(70) { buyer.first.quantity } else { 1 };
    let moved = Moved { number, opened: at, said: Said::Requested, pieces, fault: None };
    let (after, said) = match chance.between(0, 100) {
        0..12 => (chance.between(DAY, 4 * DAY), Said::Withdrawn),
        12..22 => (chance.between(2 * DAY, 4 * DAY), Said::Declined),
        22..27 => (DAY, Said::Unknown),
        27..47 => (DAY, Said::Negotiating),
        _ => (chance.between(3 * DAY, 5 * DAY), Said::Approved),
    };
    agenda.plan(at + after, buyer.number, Act::Step(said));
    standing.request = Some(moved);
    Some(letter(buyer, serial, at, &moved))
}

/// The request moves on, if it is still pursued.
pub(super) fn step(
    buyer: &Buyer,
    standing: &mut Standing,
    agenda: &mut Agenda,
    serial: &str,
    at: i64,
    said: Said,
) -> Option<Letter> {
    let before = standing.request.filter(|_| standing.requested())?;
    if standing.frozen && !matches!(said, Said::Withdrawn | Said::Unknown) {
        // The buyer waits for what was promised before pressing on.
        agenda.plan(at + DAY, buyer.number, Act::Step(said));
        return None;
    }
    let mut chance = buyer.chance(&format!("request {} {said:?}", before.number));
    let fault = match said {
        Said::Approved => chance.weighted(&[(70, Some(true)), (20, Some(false)), (10, None)]).flatten(),
        Said::Received => chance.weighted(&[(90, None), (5, Some(true)), (5, Some(false))]).flatten(),
        _ => None,
    };
    let moved = Moved { said, fault, ..before };
    let next = match said {
        Said::Negotiating | Said::Unknown => Some((2 * DAY, Act::Step(Said::Approved))),
        Said::Approved if chance.percent(8) => Some((DAY, Act::Step(Said::Withdrawn))),
        Said::Approved => Some((2 * DAY, Act::Step(Said::InTransit))),
        Said::InTransit => Some((chance.between(2 * DAY, 6 * DAY), Act::Step(Said::Received))),
        Said::Received => Some((DAY + HOUR, Act::Step(Said::Settled))),
        Said::Withdrawn if chance.percent(12) => Some((chance.between(2 * DAY, 9 * DAY), Act::Request)),
        _ => None,
    };
    if let Some((after, act)) = next {
        agenda.plan(at + after, buyer.number, act);
    }
    standing.frozen &= said != Said::Withdrawn;
    standing.request = Some(moved);
    Some(letter(buyer, serial, at, &moved))
}
