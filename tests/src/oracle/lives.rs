//! When agents were there, what they held, and what they did: from what they said and what the log says.

use std::collections::{BTreeMap, BTreeSet};

use super::{At, Entry, Record};

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
pub(super) type While = (At, At);

/// Everything of one agent in the shops that are asked about.
#[derive(Debug, Clone, Default)]
pub(super) struct Life {
    pub(super) there: Vec<While>,
    pub(super) away: Vec<While>,
    /// By shop and case.
    pub(super) held: BTreeMap<(String, String), Vec<While>>,
    /// What counts one, by its name and when.
    pub(super) marks: Vec<(&'static str, At)>,
}

/// Judgements by their stars.
pub(super) const CSAT: [&str; 5] = ["csat 1", "csat 2", "csat 3", "csat 4", "csat 5"];

/// Who did what.
pub(super) fn lives(shops: &[&Record], now: At) -> BTreeMap<String, Life> {
    let mut lives = BTreeMap::new();
    for record in shops {
        presences(record, now, &mut lives);
        holds(record, now, &mut lives);
        marks(record, &mut lives);
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
fn marks(record: &Record, lives: &mut BTreeMap<String, Life>) {
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
    for (case, number, score, at) in judgements(record) {
        let given = number.checked_sub(1).and_then(|n| solutions.get(case.as_str())?.get(n).copied());
        if let (Some(agent), Some(name)) = (given, CSAT.get(usize::from(score) - 1)) {
            mark(agent, name, at);
        }
    }
}

/// Each judgement of a solution: of which case, of its how many-th, with what score, when.
fn judgements(record: &Record) -> Vec<(String, usize, u8, At)> {
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
                all.push((case.clone(), named.unwrap_or(latest), *score, *at));
            }
            _ => {}
        }
    }
    all
}
