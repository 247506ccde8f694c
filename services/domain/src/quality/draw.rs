//! Which cases are drawn: by hash, so that anyone can redo it and nobody can choose.

use std::collections::BTreeMap;

use super::FormVersion;
use crate::learning::holdout::{place, seed_of};
use crate::{AgentId, CaseId, Day, SampleId};

/// What was drawn of one agent's week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Whose.
    pub agent: AgentId,
    /// Cases they solved in it.
    pub solved: u32,
    /// Those that were drawn, in the order of their hashes.
    pub cases: Vec<(CaseId, SampleId)>,
}

/// The Monday of the week of a day.
#[must_use]
pub const fn week_of(day: Day) -> Day {
    // Day 0 was a Thursday, three days after a Monday.
    Day::from_number(day.number() - (day.number() + 3).rem_euclid(7))
}

/// Draws from the cases that agents solved in a week: each case with the chance of the form's share, and those
/// that were nearest to it as well until every agent has the least number, or all they solved.
///
/// Shop, case, agent, week and version of the form decide alone, and say which sample it is: drawing twice draws
/// the same.
#[must_use]
pub fn draw(form: &FormVersion, week: Day, solved: &[(AgentId, CaseId)]) -> Vec<Drawn> {
    let mut mine: BTreeMap<&AgentId, Vec<CaseId>> = BTreeMap::new();
    for (agent, case) in solved {
        let cases = mine.entry(agent).or_default();
        if !cases.contains(case) {
            cases.push(*case);
        }
    }
    mine.into_iter().map(|(agent, cases)| of_agent(form, week, agent, &cases)).collect()
}

fn of_agent(form: &FormVersion, week: Day, agent: &AgentId, cases: &[CaseId]) -> Drawn {
    let name = |what: &str, case: CaseId| {
        let (shop, version) = (&form.shop, form.version);
        format!("{what}\0{shop}\0{case}\0{agent}\0{}\0{version}", week.number())
    };
    let mut placed: Vec<(u64, CaseId)> =
        cases.iter().map(|case| (seed_of(&name("quality", *case)), *case)).collect();
    placed.sort_unstable();
    let share = f64::from(form.form.share) / 100.0;
    let by_chance = placed.iter().filter(|(seed, _)| place(*seed) < share).count();
    let least = usize::try_from(form.form.minimum).unwrap_or(usize::MAX);
    let count = if form.form.share == 0 { 0 } else { by_chance.max(least).min(placed.len()) };
    let drawn = placed.iter().take(count).map(|(seed, case)| {
        let other = seed_of(&name("sample", *case));
        (*case, SampleId::from_bits(u128::from(*seed) << 64 | u128::from(other)))
    });
    let solved = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    Drawn { agent: agent.clone(), solved, cases: drawn.collect() }
}
