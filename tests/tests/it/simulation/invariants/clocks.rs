//! Clocks: what they tell, and that they only go forwards.

use std::collections::{BTreeMap, HashMap, HashSet};

use amends_domain::event::Event;
use amends_domain::sla::Row;
use amends_domain::{CaseId, Span};

use super::Verdict;
use crate::simulation::seen::Seen;

/// Each once for each instance of each clock, and no warning after its breach.
pub(super) fn a_warning_and_a_breach_are_told_once_per_instance(seen: &Seen) -> Verdict {
    for (case, events) in &seen.log {
        let (mut warned, mut breached) = (HashSet::new(), HashSet::new());
        for one in events {
            let (told, twice) = match &one.row.event {
                Event::SlaWarned { metric, instance, .. } => {
                    if breached.contains(&(metric.as_str(), *instance)) {
                        return Err(format!("{case}: {metric} {instance} was warned of after its breach"));
                    }
                    (one.row.event.word(), !warned.insert((metric.as_str(), *instance)))
                }
                Event::SlaBreached { metric, instance, .. } => {
                    (one.row.event.word(), !breached.insert((metric.as_str(), *instance)))
                }
                _ => continue,
            };
            if twice {
                return Err(format!("{case}: {told} twice: {:?}", one.row.event));
            }
        }
        let rows = seen.clocks.iter().filter(|row| row.case == *case).flat_map(|row| &row.parts.rows);
        for row in rows {
            let key = (row.metric.as_str(), row.number);
            if row.warned_at.is_some() != warned.contains(&key)
                || row.breached_at.is_some() != breached.contains(&key)
            {
                return Err(format!("{case}: what is noted and what was told differ: {row:?}"));
            }
        }
    }
    Ok(())
}

/// Counted, outside the hours and paused: together the time from start to end, or to now.
pub(super) fn elapsed_outside_and_paused_are_the_wall(seen: &Seen) -> Verdict {
    for (case, account) in &seen.accounts {
        let sum = |spans: &[Span]| spans.iter().map(|span| span.micros()).sum::<i64>();
        let first = account.segments.first().map(|segment| segment.from);
        let last = account.segments.last().map(|segment| segment.to);
        let wall = first.zip(last).map_or(0, |(from, to)| to.micros() - from.micros());
        let gaps = account.segments.windows(2).any(|pair| pair[0].to != pair[1].from);
        let parts = sum(&[account.running, account.outside, account.paused]);
        let begins = first.is_none_or(|first| first == account.instance.started_at);
        let ends = account.instance.stopped_at.is_none_or(|end| last.is_none_or(|last| last == end));
        if wall != parts || gaps || !begins || !ends || account.running != account.instance.elapsed {
            return Err(format!("{case}: {wall} is not {parts}: {account:?}"));
        }
    }
    Ok(())
}

fn rows(seen: &Seen) -> BTreeMap<(CaseId, &'static str, u32), Row> {
    let of_case = seen.clocks.iter().flat_map(|one| one.parts.rows.iter().map(|row| (one.case, *row)));
    of_case.map(|(case, row)| ((case, row.metric.as_str(), row.number), row)).collect()
}

/// Nothing that was counted is taken back, nothing that was told is unsaid, what ended stays as it is.
pub(super) fn clocks_never_run_backwards(before: &Seen, now: &Seen) -> Verdict {
    let later = rows(now);
    for (key, old) in rows(before) {
        let new = later.get(&key).ok_or_else(|| format!("{key:?} is gone"))?;
        let told_before = |old: Option<_>, new: Option<_>| old.is_none() || old == new;
        let same = old.phase.is_open() || (old.phase == new.phase && old.consumed == new.consumed);
        if old.started_at != new.started_at
            || new.consumed < old.consumed
            || new.phase.since() < old.phase.since()
            || !told_before(old.warned_at, new.warned_at)
            || !told_before(old.breached_at, new.breached_at)
            || !same
        {
            return Err(format!("{key:?}: {old:?} became {new:?}"));
        }
    }
    let stands: HashMap<_, _> = now.clocks.iter().map(|one| (one.case, one.parts.stand.last_at)).collect();
    let back = before.clocks.iter().find(|one| stands.get(&one.case) < Some(&one.parts.stand.last_at));
    back.map_or(Ok(()), |one| Err(format!("{} was further before", one.case)))
}
