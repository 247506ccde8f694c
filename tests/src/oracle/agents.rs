//! What agents did with their time, as docs/agent-performance.md defines it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::count::{Key, Question, bucket};
use super::figure::{Figure, Figures, put_spread};
use super::lives::{CSAT, Life, While, lives};
use super::numbers::ratio;
use super::{At, Record, Wrong};

/// What an agent did in one day.
#[derive(Debug, Clone, Default)]
struct Day {
    present: At,
    away: At,
    working: At,
    holding: At,
    held: At,
    cases: BTreeSet<(String, String)>,
    marks: BTreeMap<&'static str, i64>,
}

/// Microseconds of an hour.
const HOUR: f64 = 3_600_000_000.0;

/// The figures of all agents together, whose name is empty, and of each who did anything.
#[must_use]
pub fn count(
    shops: &[&Record],
    (question, zone): (&Question, &str),
    now: At,
    wrong: Wrong,
) -> BTreeMap<Key, Figures> {
    let zone = TimeZone::get(if wrong == Wrong::DaysOfUtc { "UTC" } else { zone }).unwrap();
    let begins = |day: Date| day.to_zoned(zone.clone()).unwrap().timestamp().as_microsecond();
    let wanted = |agent: &String| question.only.is_empty() || question.only.iter().any(|(_, a)| a == agent);
    let lives: BTreeMap<String, Life> =
        lives(shops, now).into_iter().filter(|(agent, _)| wanted(agent)).collect();
    let mut pieces: BTreeMap<(Date, Date), BTreeMap<String, Vec<Day>>> = BTreeMap::new();
    let mut day = question.days.0;
    while day < question.days.1 {
        let of = pieces.entry(bucket(day, question)).or_default();
        let within = (begins(day), begins(day + 1.day()));
        for (agent, life) in &lives {
            of.entry(agent.clone()).or_default().push(life.day(within, wrong));
        }
        day += 1.day();
    }
    let mut rows = BTreeMap::new();
    for (days, agents) in pieces {
        let over = begins(days.1) <= now;
        let all: Vec<&Day> = agents.values().flatten().collect();
        rows.insert((days, vec![String::new()]), figures(&all, over));
        for (agent, own) in &agents {
            if own.iter().any(Day::is_any) {
                let own: Vec<&Day> = own.iter().collect();
                rows.insert((days, vec![agent.clone()]), figures(&own, over));
            }
        }
    }
    rows
}

fn is_in(at: At, all: &[While]) -> bool {
    all.iter().any(|(from, until)| (*from..*until).contains(&at))
}

impl Life {
    /// What of it lies in a day, looked at from each end of anything to the next.
    fn day(&self, within: While, wrong: Wrong) -> Day {
        let touches = |(from, until): &&While| (*from).max(within.0) < (*until).min(within.1);
        let held: Vec<While> = self.held.values().flatten().filter(touches).copied().collect();
        let said = self.there.iter().chain(&self.away).filter(touches);
        let all = said.chain(&held).flat_map(|(from, until)| [*from, *until]);
        let mut ends: Vec<At> = all.chain([within.0, within.1]).collect();
        ends.retain(|at| (within.0..=within.1).contains(at));
        ends.sort_unstable();
        let mut day = Day::default();
        for pair in ends.windows(2) {
            let &[from, until] = pair else { continue };
            let (there, holds) = (is_in(from, &self.there), is_in(from, &held));
            let away = !there && is_in(from, &self.away);
            let together = self.held.values().filter(|own| is_in(from, own)).count() as i64;
            let length = until - from;
            day.present += length * i64::from(there);
            day.away += length * i64::from(away);
            day.working += length * i64::from(there && holds);
            day.holding += length * if wrong == Wrong::TwoCasesTwice { together } else { i64::from(holds) };
            day.held += length * together;
        }
        let cases = self.held.iter().filter(|(_, own)| own.iter().any(|one| touches(&one)));
        day.cases = cases.map(|(case, _)| case.clone()).collect();
        for (what, _) in self.marks.iter().filter(|(_, at)| (within.0..within.1).contains(at)) {
            *day.marks.entry(what).or_default() += 1;
        }
        day
    }
}

impl Day {
    fn is_any(&self) -> bool {
        self.present + self.away + self.held > 0 || !self.marks.is_empty()
    }

    fn mark(&self, name: &str) -> i64 {
        self.marks.get(name).copied().unwrap_or(0)
    }
}

fn figures(days: &[&Day], over: bool) -> Figures {
    let sum = |of: &dyn Fn(&Day) -> i64| days.iter().map(|day| of(day)).sum::<i64>();
    let cases: BTreeSet<&(String, String)> = days.iter().flat_map(|day| &day.cases).collect();
    let cases = cases.len() as i64;
    let held = sum(&|day| day.held);
    let mut all: Figures = [
        ("present", sum(&|day| day.present)),
        ("away", sum(&|day| day.away)),
        ("working", sum(&|day| day.working)),
        ("idle", sum(&|day| day.present) - sum(&|day| day.working)),
        ("holding", sum(&|day| day.holding)),
        ("held", held),
        ("cases held", cases),
        ("over", i64::from(over)),
    ]
    .into_iter()
    .chain(
        ["contacts", "first replies", "solved", "abandoned"].map(|name| (name, sum(&|day| day.mark(name)))),
    )
    .chain(CSAT.map(|name| (name, sum(&|day| day.mark(name)))))
    .map(|(name, n)| (name.to_owned(), Figure::Whole(n)))
    .collect();
    all.insert("per case".to_owned(), Figure::Maybe((cases > 0).then(|| held / cases)));
    type Of<'a> = &'a dyn Fn(&Day) -> f64;
    let ratios: [(&str, Of<'_>, f64); 3] = [
        ("occupancy", &|day| day.working as f64 / HOUR, 1.0),
        ("contacts per hour", &|day| day.mark("contacts") as f64, f64::INFINITY),
        ("solved per hour", &|day| day.mark("solved") as f64, f64::INFINITY),
    ];
    for (name, of, most) in ratios {
        let pairs = days.iter().map(|day| (of(day), day.present as f64 / HOUR));
        // A day on which nobody was there and none of it was done is no group.
        let groups: Vec<(f64, f64)> = pairs.filter(|(y, n)| *y > 0.0 || *n > 0.0).collect();
        let (value, interval) = ratio(&groups);
        all.insert(name.to_owned(), Figure::Near(value));
        let ends = interval.zip(value).map(|((low, high), value)| (value, low.max(0.0), high.min(most)));
        put_spread(&mut all, name, ends);
    }
    all
}
