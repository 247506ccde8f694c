//! Several calendars, each in force from its date on until the next.
//!
//! A holiday that is entered today must not change what was counted yesterday,
//! so an instant is judged by the calendar that was in force at that instant.

use super::{Calendar, HORIZON};
use crate::{Span, Time};

/// What of `[from, to)` each calendar has to judge; none is empty.
fn pieces_of(
    pieces: &[(Time, Calendar)],
    from: Time,
    to: Time,
) -> impl Iterator<Item = (&Calendar, Time, Time)> {
    let ends = pieces.iter().skip(1).map(|(next, _)| *next).chain([to]);
    pieces
        .iter()
        .zip(ends)
        .map(move |((start, calendar), end)| (calendar, from.max(*start), to.min(end)))
        .filter(|(_, from, to)| from < to)
}

pub(super) fn elapsed(pieces: &[(Time, Calendar)], from: Time, to: Time) -> Span {
    let open = pieces_of(pieces, from, to).map(|(calendar, from, to)| calendar.elapsed(from, to).micros());
    Span::from_micros(open.fold(0, i64::saturating_add))
}

pub(super) fn after(pieces: &[(Time, Calendar)], from: Time, span: Span) -> Option<Time> {
    let mut rest = span;
    for (calendar, from, to) in pieces_of(pieces, from, from + HORIZON) {
        let open = calendar.elapsed(from, to);
        if open >= rest {
            return calendar.after(from, rest);
        }
        rest = Span::from_micros(rest.micros() - open.micros());
    }
    None
}

/// The open parts in order; where one calendar ends open and the next begins so, they are one.
pub(super) fn open_between(pieces: &[(Time, Calendar)], from: Time, to: Time) -> Vec<(Time, Time)> {
    let mut open: Vec<(Time, Time)> = Vec::new();
    for (calendar, from, to) in pieces_of(pieces, from, to) {
        for (from, to) in calendar.open_between(from, to) {
            match open.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ => open.push((from, to)),
            }
        }
    }
    open
}
