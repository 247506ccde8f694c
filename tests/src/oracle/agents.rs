//! What agents did with their time, as docs/agent-performance.md defines it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::ToSpan as _;

use super::count::{Key, Question, bucket};
use super::figure::{Figure, Figures, put_spread};
use super::numbers::ratio;
use super::{At, Entry, Record, Wrong};

/// What an agent says of being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Takes cases.
    Available,
    /// Keeps what they hold.
    Away,
    /// Gone.
    Offline,
}

/// What happened between an agent and a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The case.
    pub case: String,
    /// When it happened.
    pub happened: At,
    /// When it was known.
    pub written: At,
    /// Who; none if the log names nobody.
    pub agent: Option<String>,
    /// What.
    pub what: Act,
}

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Claimed it, was given it, or had it come back.
    Took,
    /// Gave it back, parked it, or ended it; or somebody else did.
    Dropped,
    /// Let it run out, or was gone without a word; when, if it was noticed later.
    RanOut(Option<At>),
    /// A reply of theirs was sent, or they reached the buyer by other means.
    Contact,
    /// Solved it.
    Solved,
}

/// A while, from an instant up to another.
type While = (At, At);

/// Everything of one agent in the shops that are asked about.
#[derive(Debug, Clone, Default)]
struct Life {
    there: Vec<While>,
    away: Vec<While>,
    /// By shop and case.
    held: BTreeMap<(String, String), Vec<While>>,
    /// What counts one, by its name and when.
    marks: Vec<(&'static str, At)>,
}

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

const CSAT: [&str; 5] = ["csat 1", "csat 2", "csat 3", "csat 4", "csat 5"];

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
        lives(shops, now, wrong).into_iter().filter(|(agent, _)| wanted(agent)).collect();
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

/// Who did what.
fn lives(shops: &[&Record], now: At, wrong: Wrong) -> BTreeMap<String, Life> {
    let mut lives = BTreeMap::new();
    for record in shops {
        presences(record, now, &mut lives);
        holds(record, now, &mut lives);
        marks(record, &mut lives, wrong);
    }
    lives
}

/// A word holds until the next one, or until its time is over.
fn presences(record: &Record, now: At, lives: &mut BTreeMap<String, Life>) {
    let mut said: BTreeMap<&str, Vec<(Presence, At, At)>> = BTreeMap::new();
    for entry in &record.entries {
        if let Entry::Present { agent, what, at, until } = entry {
            said.entry(agent).or_default().push((*what, *at, *until));
        }
    }
    for (agent, words) in said {
        let life = lives.entry(agent.to_owned()).or_default();
        for (n, (what, at, until)) in words.iter().enumerate() {
            let next = words.get(n + 1).map_or(At::MAX, |(_, next, _)| *next);
            let one = (*at, (*until).min(next).min(now));
            match what {
                Presence::Available => life.there.push(one),
                Presence::Away => life.away.push(one),
                Presence::Offline => {}
            }
        }
    }
}

/// From when it was known that somebody had a case until it was known that they did not, or it ran out.
fn holds(record: &Record, now: At, lives: &mut BTreeMap<String, Life>) {
    let mut open: BTreeMap<&str, (&str, At)> = BTreeMap::new();
    let mut end = |case: &str, held: Option<(&str, At)>, at: At| {
        if let Some((agent, since)) = held {
            let life = lives.entry(agent.to_owned()).or_default();
            life.held.entry((record.shop.clone(), case.to_owned())).or_default().push((since, at.min(now)));
        }
    };
    for entry in &record.entries {
        let Entry::Did(deed) = entry else { continue };
        let case = deed.case.as_str();
        match deed.what {
            Act::Took => {
                let agent = deed.agent.as_deref().unwrap_or_default();
                end(case, open.insert(case, (agent, deed.written)), deed.written);
            }
            Act::Dropped | Act::Solved => end(case, open.remove(case), deed.written),
            Act::RanOut(at) => end(case, open.remove(case), at.unwrap_or(deed.written)),
            Act::Contact => {}
        }
    }
    for (case, held) in open {
        end(case, Some(held), now);
    }
}

/// What counts one.
fn marks(record: &Record, lives: &mut BTreeMap<String, Life>, wrong: Wrong) {
    let mut mark = |agent: &Option<String>, what: &'static str, at: At| {
        if let Some(agent) = agent {
            lives.entry(agent.clone()).or_default().marks.push((what, at));
        }
    };
    let mut contacts: BTreeMap<&str, Vec<(At, &Option<String>)>> = BTreeMap::new();
    let mut solutions: BTreeMap<&str, Vec<&Option<String>>> = BTreeMap::new();
    for entry in &record.entries {
        let Entry::Did(deed) = entry else { continue };
        let at = deed.happened.min(deed.written);
        match deed.what {
            Act::Contact => contacts.entry(&deed.case).or_default().push((at, &deed.agent)),
            Act::Solved => {
                solutions.entry(&deed.case).or_default().push(&deed.agent);
                mark(&deed.agent, "solved", at);
            }
            Act::RanOut(over) => mark(&deed.agent, "abandoned", over.unwrap_or(at)),
            Act::Took | Act::Dropped => {}
        }
    }
    for words in contacts.values_mut() {
        // Those of one instant stay in the order in which they were written.
        words.sort_by_key(|(at, _)| *at);
        for (n, (at, agent)) in words.iter().enumerate() {
            mark(agent, "contacts", *at);
            if n == 0 {
                mark(agent, "first replies", *at);
            }
        }
    }
    for (case, number, score, at) in judgements(record, wrong) {
        let given = number.checked_sub(1).and_then(|n| solutions.get(case.as_str())?.get(n).copied());
        if let (Some(agent), Some(name)) = (given, CSAT.get(usize::from(score) - 1)) {
            mark(agent, name, at);
        }
    }
}

/// Each judgement of a solution: of which case, of its how many-th, with what score, when.
fn judgements(record: &Record, wrong: Wrong) -> Vec<(String, usize, u8, At)> {
    let mut solved: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut told, mut all) = (BTreeSet::new(), Vec::new());
    for entry in &record.entries {
        match entry {
            Entry::Did(deed) if deed.what == Act::Solved => *solved.entry(&deed.case).or_default() += 1,
            Entry::Answer { survey, at, case, recommends, score, solution } => {
                let is_new = told.insert(survey);
                let Some(case) = case.as_ref().filter(|_| is_new && !recommends) else { continue };
                let latest = solved.get(case.as_str()).copied().unwrap_or(0);
                let named = solution.and_then(|n| usize::try_from(n).ok());
                let named = named.filter(|_| wrong != Wrong::TheLastSolverIsJudged);
                all.push((case.clone(), named.unwrap_or(latest), *score, *at));
            }
            _ => {}
        }
    }
    all
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
            let works = there || (away && wrong == Wrong::TheAwayWork);
            let length = until - from;
            day.present += length * i64::from(there);
            day.away += length * i64::from(away);
            day.working += length * i64::from(works && holds);
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
    .chain(["contacts", "first replies", "solved", "abandoned"].map(|name| (name, sum(&|day| day.mark(name)))))
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
