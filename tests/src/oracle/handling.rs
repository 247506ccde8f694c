//! How long buyers waited, and what became of cases.

use std::collections::BTreeMap;

use super::count::Member;
use super::told::{Line, What};
use super::{At, Record, Wrong, case, hours};

/// What is counted of a wait: that it came, that it is waited for, that there was none, and both lengths.
struct Names {
    given: &'static str,
    waiting: &'static str,
    without: &'static str,
    calendar: &'static str,
    business: &'static str,
}

macro_rules! names {
    ($of:literal) => {
        Names {
            given: concat!($of, " count"),
            waiting: concat!($of, " waiting"),
            without: concat!($of, " without"),
            calendar: concat!($of, " calendar"),
            business: concat!($of, " business"),
        }
    };
}

const FIRST: Names = names!("first response");
const NEXT: Names = names!("next response");
const AGREEMENT: Names = names!("agreement");
const RESOLUTION: Names = names!("resolution");

/// Each case by the day on which it was opened, and each later answer by that of the buyer's word.
#[must_use]
pub fn members(record: &Record, wrong: Wrong) -> Vec<Member> {
    let mut members = Vec::new();
    for (name, lines) in case::all(record) {
        let values = case::values(record, &name);
        of_case(record, &name, &lines, &values, wrong, &mut members);
    }
    members
}

/// How a case stands at its end.
#[derive(Default)]
struct End {
    solved: Option<At>,
    ever_solved: bool,
    reopened: bool,
    closed: bool,
    merged: bool,
    cancelled: bool,
}

/// What became of it, in the order in which it was decided.
fn end(lines: &[&Line]) -> End {
    let mut end = End::default();
    for (at, what) in in_order(lines) {
        match what {
            What::Solved { .. } => {
                end.solved = Some(at);
                end.ever_solved = true;
            }
            What::Woken | What::Reopened if end.solved.is_some() && !end.closed => {
                end.solved = None;
                end.reopened = true;
            }
            What::Closed => end.closed = true,
            What::Merged => end.merged = true,
            What::Cancelled => end.cancelled = true,
            _ => {}
        }
    }
    end
}

/// When it happened; what brings a case back does so when it is heard.
fn decided(line: &Line) -> At {
    match line.what {
        What::Woken | What::Reopened | What::Merged => line.written,
        _ => line.at(),
    }
}

fn in_order<'a>(lines: &[&'a Line]) -> Vec<(At, &'a What)> {
    let mut all: Vec<(At, &What)> = lines.iter().map(|line| (decided(line), &line.what)).collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// Words of the buyer and answers of persons, as they were written.
fn words(lines: &[&Line], wrong: Wrong) -> Vec<(At, bool)> {
    let mut words = Vec::new();
    for line in lines {
        match line.what {
            What::Opened { waits: Some(since), .. } => words.push((since.min(line.written), true)),
            What::BuyerWrote if wrong == Wrong::WordsCountWhenHeard => words.push((line.written, true)),
            What::BuyerWrote => words.push((line.at(), true)),
            What::PersonAnswered => words.push((line.at(), false)),
            _ => {}
        }
    }
    words.sort_by_key(|(at, _)| *at);
    words
}

fn of_case(
    record: &Record,
    name: &str,
    lines: &[&Line],
    values: &BTreeMap<&'static str, String>,
    wrong: Wrong,
    members: &mut Vec<Member>,
) {
    let Some(opened) = lines.iter().find(|line| matches!(line.what, What::Opened { .. })) else { return };
    let (opened, end) = (opened.written, end(lines));
    let is_open = end.solved.is_none() && !end.closed && !end.merged && !end.cancelled;
    let member = |at: At| Member { name: name.to_owned(), at, values: values.clone(), ..Member::default() };
    let mut of = member(opened);
    let (mut since, mut answered, mut turns) = (None, false, 0);
    for (at, is_buyers) in words(lines, wrong) {
        if is_buyers {
            since = since.or(Some(at));
            continue;
        }
        if let Some(since) = since.take() {
            turns += 1;
            if answered {
                let mut later = member(since);
                wait(record, &mut later, &NEXT, since, Some(at), is_open);
                members.push(later);
            } else {
                wait(record, &mut of, &FIRST, since, Some(at), is_open);
            }
        } else if !answered {
            turns += 1;
        }
        answered = true;
    }
    match since {
        Some(since) if answered => {
            let mut later = member(since);
            wait(record, &mut later, &NEXT, since, None, is_open);
            members.push(later);
        }
        Some(since) => wait(record, &mut of, &FIRST, since, None, is_open),
        None => {}
    }
    let agreed = lines.iter().filter(|line| matches!(line.what, What::Agreed | What::Solved { .. }));
    let agreed = agreed.map(|line| line.at().max(opened)).min();
    wait(record, &mut of, &AGREEMENT, opened, agreed, is_open);
    let resolved = end.solved.filter(|_| !end.merged && !end.cancelled).map(|at| at.max(opened));
    wait(record, &mut of, &RESOLUTION, opened, resolved, is_open);
    count_ends(&mut of, &end, turns, is_open, wrong);
    members.push(of);
}

/// What became of the case.
fn count_ends(of: &mut Member, end: &End, turns: i64, is_open: bool, wrong: Wrong) {
    let stays = end.solved.is_some() && !end.reopened && !end.merged && !end.cancelled;
    let reopened = end.reopened && wrong != Wrong::NobodyComesBack;
    for (name, holds) in [
        ("opened", true),
        ("open", is_open),
        ("solved", end.ever_solved),
        ("closed", end.closed),
        ("merged", end.merged),
        ("cancelled", end.cancelled),
        ("reopened", reopened),
        ("one touch", stays && turns <= 1),
    ] {
        of.counts.insert(name, i64::from(holds));
    }
}

/// One wait, with how it ended.
fn wait(record: &Record, of: &mut Member, names: &Names, since: At, until: Option<At>, is_open: bool) {
    let what = match until {
        Some(_) => names.given,
        None if is_open => names.waiting,
        None => names.without,
    };
    *of.counts.entry(what).or_default() += 1;
    if let Some(until) = until {
        let open = hours::open(record, since, until);
        of.lists.entry(names.calendar).or_default().push((until - since) / 1_000);
        of.lists.entry(names.business).or_default().push(open / 1_000);
    }
}
