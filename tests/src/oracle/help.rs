//! What the seller gave so that a line would not come back.

use super::line::{bought, concerning, delivered, lines, only, wished, withdrawn};
use super::{At, Entry, Record, desk};

/// When somebody first wanted a line back, in words or by a request.
fn wanted(record: &Record, order: &str, line: &str) -> Option<At> {
    let requests = concerning(record, order, line);
    let is_only = only(record, order).as_deref() == Some(line);
    let wished = wished(record, order, line, is_only, &requests.iter().collect::<Vec<_>>());
    requests.iter().filter_map(|request| request.opened).chain(wished).min()
}

/// What the seller gave for a line: when first, and for how many units. What was given before anybody
/// wanted the line back avoided nothing, and what is given later takes its place.
#[must_use]
pub fn given(record: &Record, order: &str, line: &str) -> Option<(At, i64)> {
    let mut given: Option<(At, i64)> = None;
    for (n, entry) in record.entries.iter().enumerate() {
        if !matches!(entry, Entry::Fulfilled { .. } | Entry::Solved { in_words: true, .. }) {
            continue;
        }
        // As it was known then.
        let sofar = Record { entries: record.entries.iter().take(n).cloned().collect(), ..record.clone() };
        let too_early = || {
            let wanted = wanted(&sofar, order, line);
            given.zip(wanted).is_some_and(|((given, _), wanted)| given < wanted)
        };
        match entry {
            Entry::Fulfilled { remedy, kind, at, .. } if kind != "RETURN_LABEL" => {
                let promised = sofar.entries.iter().find_map(|entry| match entry {
                    Entry::Promised { remedy: r, order: o, line: l, units } if r == remedy => {
                        (o == order && l == line).then_some(*units)
                    }
                    _ => None,
                });
                let earlier = given.is_none_or(|(first, _)| first > *at);
                if let Some(units) = promised.filter(|_| earlier || too_early()) {
                    given = Some((*at, units));
                }
            }
            Entry::Solved { case, at, .. } if given.is_none() || too_early() => {
                let about = desk::of(&sofar).cases.get(case).and_then(|known| known.about.clone());
                let here = about.is_some_and(|(o, l)| o == order && l == line);
                if here && is_known(&sofar, order, line) && withdrawn(&sofar, order, line).is_none() {
                    given = Some((*at, units_of(&sofar, order, line)));
                }
            }
            _ => {}
        }
    }
    given
}

/// How many units were talked about: those requested of those bought, else all bought, else delivered.
fn units_of(record: &Record, order: &str, line: &str) -> i64 {
    let bought = bought(record, order, line).map(|(_, units)| units);
    let requests = concerning(record, order, line);
    let open: Vec<i64> = requests.iter().filter(|r| r.opened.is_some()).map(|r| r.units).collect();
    let asked = (!open.is_empty()).then(|| open.iter().sum());
    let wanted = asked.zip(bought).map(|(asked, bought): (i64, i64)| asked.min(bought));
    wanted.or(bought).or(asked).or(delivered(record, order, line).map(|(_, units)| units)).unwrap_or(1)
}

/// Whether anything was known of the line by then: what a review is about that voices no wish is no line yet.
fn is_known(sofar: &Record, order: &str, line: &str) -> bool {
    let wishes = |review: &str| {
        sofar
            .entries
            .iter()
            .any(|entry| matches!(entry, Entry::Review(seen) if seen.review == review && seen.wish))
    };
    let says = |entry: &&Entry| match entry {
        Entry::Review(seen) => wishes(&seen.review),
        _ => true,
    };
    let entries = sofar.entries.iter().filter(says).cloned().collect();
    lines(&Record { entries, ..sofar.clone() }, order).contains(line)
}
