//! Figures, worked out from the books.
//!
//! | the danger of a return | is |
//! |---|---|
//! | helped after the wish, not counted, window open | avoided, provisional |
//! | helped after the wish, not counted, window closed | avoided, confirmed |
//! | helped after the wish, counted after the help | avoided, failed |
//! | anything else | not avoided |

use std::{collections::BTreeMap, ops::Range};

use super::{
    Books, LineBook,
    returned::{Came, came},
    reviewed::fate,
};
use crate::market::{shops::Counting, time::DAY};

/// Days in which a counting event belongs to the rate, and in which it undoes a help.
const WINDOW: i64 = 30 * DAY;

/// Numbers by name. A name that is missing stands for zero.
pub(crate) type Figures = BTreeMap<&'static str, i64>;

/// The figures of a shop over a cohort, as they stand at a time.
pub(crate) fn of_shop(books: &Books, counting: Counting, cohort: &Range<i64>, now: i64) -> Figures {
    let mut figures = Figures::new();
    let mut add = |name, number: i64| {
        if number != 0 {
            *figures.entry(name).or_default() += number;
        }
    };
    for (review, versions) in &books.reviews {
        let Some(fate) = fate(versions).filter(|fate| cohort.contains(&fate.first_seen)) else { continue };
        add("negative", 1);
        add(fate.end, 1);
        add("reversal_rate_all.numerator", i64::from(fate.reversed));
        add("net_stars", fate.stars);
        add("asked", i64::from(books.asked.contains(review)));
    }
    for book in books.lines.values() {
        let came: Vec<Came> = book.requests.values().filter_map(|steps| came(steps, counting)).collect();
        deliveries(book, &came, cohort, &mut add);
        avoidance(book, &came, cohort, now, &mut add);
    }
    figures.retain(|_, number| *number != 0);
    figures
}

/// The first time and all pieces.
fn total(parts: impl Iterator<Item = (i64, u32)>) -> Option<(i64, u32)> {
    parts.reduce(|(at, pieces), (other, more)| (at.min(other), pieces.saturating_add(more)))
}

fn requested(came: &[Came]) -> Option<(i64, u32)> {
    total(came.iter().map(|one| (one.requested, one.pieces)))
}

fn counted(came: &[Came], bought: Option<u32>) -> Option<(i64, u32)> {
    let (at, pieces) = total(came.iter().filter_map(|one| one.counted.map(|at| (at, one.pieces))))?;
    Some((at, bought.map_or(pieces, |bought| pieces.min(bought))))
}

fn deliveries(book: &LineBook, came: &[Came], cohort: &Range<i64>, add: &mut impl FnMut(&'static str, i64)) {
    let parcels = book.parcels.iter().filter_map(|(at, pieces)| Some((*at, pieces.or(book.bought)?)));
    let Some((delivered, pieces)) = total(parcels).filter(|(at, _)| cohort.contains(at)) else { return };
    let pieces = book.bought.map_or(pieces, |bought| pieces.min(bought));
    let in_time = |at: i64| at <= delivered + WINDOW;
    let clipped = |some: u32| i64::from(some.min(pieces));
    add("units.delivered", i64::from(pieces));
    add("lines.delivered", 1);
    if let Some((_, back)) = counted(came, book.bought).filter(|(at, _)| in_time(*at)) {
        add("units.returned", clipped(back));
        add("lines.returned", 1);
    }
    if let Some((_, back)) = requested(came).filter(|(at, _)| in_time(*at)) {
        add("units.requested", clipped(back));
    }
    if book.wishes.iter().min().is_some_and(|at| in_time(*at)) {
        add("units.wished", i64::from(pieces));
    }
}

fn avoidance(
    book: &LineBook,
    came: &[Came],
    cohort: &Range<i64>,
    now: i64,
    add: &mut impl FnMut(&'static str, i64),
) {
    let asked_for = requested(came).map(|(at, _)| at);
    let wished = book.wishes.iter().min().copied();
    let Some(wanted) = wished.into_iter().chain(asked_for).min().filter(|at| cohort.contains(at)) else {
        return;
    };
    add("lines.wanted", 1);
    let Some((helped, pieces)) = help(book, came).filter(|(at, _)| *at >= wanted) else { return };
    let only_wished = asked_for.is_none_or(|at| at > helped);
    let by_origin = |wished, requested| if only_wished { wished } else { requested };
    match counted(came, book.bought) {
        Some((at, _)) if at < helped => {}
        Some((_, back)) => {
            add(by_origin("avoided.wished.failed", "avoided.requested.failed"), i64::from(back.min(pieces)));
        }
        None => {
            let pieces = i64::from(book.bought.map_or(pieces, |bought| pieces.min(bought)));
            if now >= helped + WINDOW {
                add(by_origin("avoided.wished.confirmed", "avoided.requested.confirmed"), pieces);
                add("lines.rescued", 1);
            } else {
                add(by_origin("avoided.wished.provisional", "avoided.requested.provisional"), pieces);
            }
        }
    }
}

/// The first help: a remedy, or words; else that the buyer took every request back.
fn help(book: &LineBook, came: &[Came]) -> Option<(i64, u32)> {
    let talked = book.talked.map(|at| (at, book.bought.unwrap_or(1)));
    let given = book.fulfilled.iter().copied().chain(talked).min_by_key(|(at, _)| *at);
    given.or_else(|| {
        let taken_back: Option<Vec<_>> = came.iter().map(|one| Some((one.withdrawn?, one.pieces))).collect();
        total(taken_back?.into_iter())
    })
}

#[cfg(test)]
mod tests;
