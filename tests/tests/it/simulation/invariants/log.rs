//! The timeline: in order, and only ever longer.

use std::collections::{BTreeMap, HashSet};

use amends_domain::event::Event;
use amends_store::event::EventRow;

use super::Verdict;
use crate::simulation::seen::Seen;

/// Numbers rise on the timeline, positions rise with them, and the relay skips nothing.
pub(super) fn numbers_rise_on_every_timeline(seen: &Seen) -> Verdict {
    let mut ids = HashSet::new();
    for (case, events) in &seen.log {
        let numbers: Vec<i64> = events.iter().map(|one| one.seq).collect();
        let positions: Vec<i64> = events.iter().filter_map(|one| one.position).collect();
        if !numbers.is_sorted_by(|a, b| a < b) || !positions.is_sorted_by(|a, b| a < b) {
            return Err(format!("{case}: {numbers:?}, {positions:?}"));
        }
        let without = events.iter().position(|one| one.position.is_none()).unwrap_or(events.len());
        if positions.len() != without {
            return Err(format!("{case}: the relay skipped an event"));
        }
        if !events.iter().all(|one| ids.insert(one.row.id)) {
            return Err(format!("{case}: an event stands there twice"));
        }
        if !matches!(events.first().map(|one| &one.row.event), Some(Event::CaseOpened { .. })) {
            return Err(format!("{case} began without being opened"));
        }
    }
    Ok(())
}

/// What stood there stands there still, word for word, before everything that came since; but for the
/// words that went with a buyer.
pub(super) fn timelines_only_grow(before: &Seen, now: &Seen) -> Verdict {
    for (case, old) in &before.log {
        let new = now.log.get(case).ok_or_else(|| format!("{case} is gone"))?;
        let kept = old.iter().zip(new).all(|(old, new)| {
            let given = old.position.is_none() || old.position == new.position;
            old.seq == new.seq && is_kept(&old.row, &new.row) && given
        });
        if !kept || new.len() < old.len() {
            return Err(format!("{case}: what was written changed"));
        }
    }
    Ok(())
}

/// Whether an entry is as it was, or only the words are gone that an erasure takes.
fn is_kept(old: &EventRow, new: &EventRow) -> bool {
    const TAKEN: [&str; 4] = ["note", "coupon_code", "tracking", "why"];
    let facts = |row: &EventRow| row.event.facts().into_iter().collect::<BTreeMap<_, _>>();
    let (before, now) = (facts(old), facts(new));
    let same = |(name, said): (&&str, &String)| {
        now.get(name).is_some_and(|it| it == said || (it.is_empty() && TAKEN.contains(name)))
    };
    let rest = |row: &EventRow| EventRow {
        event: Event::CaseWoken { cause: row.event.word().to_owned() },
        ..row.clone()
    };
    rest(old) == rest(new) && before.len() == now.len() && before.iter().all(same)
}
