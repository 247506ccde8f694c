//! Promises of time: clock by clock, as docs/promises.md says when each starts, pauses and stops.

use std::collections::BTreeMap;

use super::count::Member;
use super::told::What;
use super::turns::{Moment, Turn, moments};
use super::{At, Record, Wrong, case, hours};

/// A promise of one clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Which clock.
    pub clock: Clock,
    /// Only for cases of that kind.
    pub kind: Option<String>,
    /// Only for cases at least that urgent.
    pub least: Option<i64>,
    /// How long, in minutes.
    pub minutes: i64,
    /// Whether in hours of work alone.
    pub business: bool,
}

/// What can be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The first answer.
    First,
    /// A later one.
    Next,
    /// One after another.
    Update,
    /// A remedy is taken, or the case is solved.
    Agreement,
    /// The case is solved.
    Resolution,
}

/// What a clock came to: the names of what is counted.
struct Names {
    met: &'static str,
    missed: &'static str,
    running: &'static str,
    withdrawn: &'static str,
    paused: &'static str,
}

macro_rules! names {
    ($of:literal) => {
        Names {
            met: concat!($of, " met"),
            missed: concat!($of, " missed"),
            running: concat!($of, " running"),
            withdrawn: concat!($of, " withdrawn"),
            paused: concat!($of, " paused"),
        }
    };
}

/// All of them, with what is counted of each.
const CLOCKS: [(Clock, Names); 5] = [
    (Clock::First, names!("FIRST_RESPONSE")),
    (Clock::Next, names!("NEXT_RESPONSE")),
    (Clock::Update, names!("UPDATE")),
    (Clock::Agreement, names!("AGREEMENT")),
    (Clock::Resolution, names!("RESOLUTION")),
];

/// What figures call the clocks.
#[must_use]
pub fn names() -> [&'static str; 5] {
    CLOCKS.map(|(_, names)| names.met.trim_end_matches(" met"))
}

impl Clock {
    fn starts(self, moment: &Moment<'_>) -> bool {
        let is_opened = matches!(moment.what, What::Opened { .. }) || moment.comes_back;
        let is_word = is_opened || *moment.what == What::BuyerWrote;
        match self {
            Self::First => is_word && moment.waits && !moment.answered,
            Self::Next => is_word && moment.waits && moment.answered,
            Self::Update => *moment.what == What::PersonAnswered && moment.turn != Turn::Solved,
            Self::Agreement | Self::Resolution => is_opened,
        }
    }

    fn stops(self, what: &What) -> bool {
        let is_solved = matches!(what, What::Solved { .. });
        match self {
            Self::First | Self::Next => *what == What::PersonAnswered,
            Self::Update => *what == What::PersonAnswered || is_solved,
            Self::Agreement => *what == What::Agreed || is_solved,
            Self::Resolution => is_solved,
        }
    }

    fn is_taken_away(self, what: &What) -> bool {
        let is_over = matches!(what, What::Closed | What::Merged | What::Cancelled);
        is_over || (matches!(self, Self::First | Self::Next) && matches!(what, What::Solved { .. }))
    }

    fn pauses(self, turn: Turn, wrong: Wrong) -> bool {
        if wrong == Wrong::ClocksNeverPause {
            return false;
        }
        match self {
            Self::First | Self::Next => false,
            Self::Update | Self::Agreement => turn == Turn::Buyers,
            Self::Resolution => matches!(turn, Turn::Buyers | Turn::Others),
        }
    }
}

/// One run of a clock.
#[derive(Debug, Clone)]
struct Run {
    from: At,
    priority: i64,
    /// Stretches, each with whether the clock ran in it.
    parts: Vec<(At, At, bool)>,
    /// How it ended: whether it was stopped, or else taken away.
    stopped: Option<bool>,
}

fn runs(clock: Clock, moments: &[Moment<'_>], now: At, wrong: Wrong) -> Vec<Run> {
    let (mut done, mut open): (Vec<Run>, Option<Run>) = (Vec::new(), None);
    for (n, moment) in moments.iter().enumerate() {
        if let Some(run) = &mut open {
            let stops = clock.stops(moment.what);
            if stops || clock.is_taken_away(moment.what) {
                run.stopped = Some(stops);
                done.extend(open.take());
            }
        }
        if open.is_none() && clock.starts(moment) {
            open = Some(Run { from: moment.at, priority: moment.priority, parts: Vec::new(), stopped: None });
        }
        if let Some(run) = &mut open {
            let until = moments.get(n + 1).map_or(now.max(moment.at), |next| next.at);
            run.parts.push((moment.at, until, !clock.pauses(moment.turn, wrong)));
        }
    }
    done.extend(open);
    done
}

/// Every promise that was made, by the day on which its clock started.
#[must_use]
pub fn members(record: &Record, now: At, wrong: Wrong) -> Vec<Member> {
    let mut members = Vec::new();
    for (name, lines) in case::all(record) {
        let Some(kind) = lines.iter().find_map(|line| match &line.what {
            What::Opened { kind, .. } => Some(kind.clone()),
            _ => None,
        }) else {
            continue;
        };
        let moments = moments(&lines);
        let mut values = case::values(record, &name);
        let urgent = moments.last().map_or(0, |moment| moment.priority);
        values.insert("PRIORITY", steps_of_ten(urgent));
        for (clock, names) in &CLOCKS {
            for run in runs(*clock, &moments, now, wrong) {
                let Some(promise) = promised(record, *clock, &kind, &run) else { continue };
                let mut values = values.clone();
                values.insert("TARGET", target(promise));
                let counts = counts(record, &run, promise, names);
                members.push(Member {
                    name: name.clone(),
                    at: run.from,
                    values,
                    counts,
                    ..Member::default()
                });
            }
        }
    }
    members
}

/// The promise of such a case when the clock started: the first that fits.
fn promised<'a>(record: &'a Record, clock: Clock, kind: &str, run: &Run) -> Option<&'a Promise> {
    let (_, all) = record.promises.iter().rev().find(|(from, _)| *from <= run.from)?;
    all.iter().find(|one| {
        one.clock == clock
            && one.kind.as_ref().is_none_or(|only| only == kind)
            && one.least.is_none_or(|least| run.priority >= least)
    })
}

fn counts(record: &Record, run: &Run, promise: &Promise, names: &Names) -> BTreeMap<&'static str, i64> {
    let (mut ran, mut stood) = (0, 0);
    for (from, to, runs) in &run.parts {
        let length = if promise.business { hours::open(record, *from, *to) } else { to - from };
        *if *runs { &mut ran } else { &mut stood } += length;
    }
    let what = match run.stopped {
        _ if ran >= promise.minutes * 60_000_000 => names.missed,
        Some(true) => names.met,
        Some(false) => names.withdrawn,
        None => names.running,
    };
    let paused = if run.stopped.is_some() { stood / 1_000 } else { 0 };
    BTreeMap::from([(what, 1), (names.paused, paused)])
}

fn steps_of_ten(priority: i64) -> String {
    match priority {
        90.. => "90-100".to_owned(),
        _ => format!("{}-{}", priority / 10 * 10, priority / 10 * 10 + 9),
    }
}

/// In the largest unit in which it is whole.
fn target(promise: &Promise) -> String {
    let hours = if promise.business { "BUSINESS" } else { "ALWAYS" };
    match promise.minutes {
        n if n % 1_440 == 0 => format!("{}d {hours}", n / 1_440),
        n if n % 60 == 0 => format!("{}h {hours}", n / 60),
        n => format!("{n}min {hours}"),
    }
}

/// What a shop promises that says nothing.
#[must_use]
pub fn usual() -> Vec<Promise> {
    let one = |clock, hours: i64, business| Promise {
        clock,
        kind: None,
        least: None,
        minutes: hours * 60,
        business,
    };
    vec![
        one(Clock::First, 1, true),
        one(Clock::Next, 4, true),
        one(Clock::Update, 24, true),
        one(Clock::Agreement, 7 * 24, false),
        one(Clock::Resolution, 14 * 24, false),
    ]
}
