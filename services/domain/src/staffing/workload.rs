//! Work that may wait: enough people that everything is done when it is due.
//!
//! Whoever always works on what is due next keeps every date that anybody can
//! keep (J. R. Jackson 1955; W. A. Horn, Naval Research Logistics Quarterly 21
//! (1974): 177–185). So it is enough to look at each stretch of days: what comes
//! in it and is due in it must fit into its hours. The stretch that is fullest
//! says how many people are needed, exactly and without trying.

use super::{LoadProblem, rostered};

/// Most days that are looked at: a forecast, and what is older than it.
pub const DAYS_MAX: usize = 366;

/// Work of one day with one date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch {
    /// The day on which it can be begun, from 0; what is there already comes on day 0.
    pub comes: usize,
    /// The last day on which it may be finished.
    pub due: usize,
    /// How many hours of work it is.
    pub hours: f64,
}

/// Why no number of people can be given.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum WorkloadProblem {
    /// Not worth an answer, or too long.
    #[error("must be 1–{DAYS_MAX} days")]
    Days,
    /// A day has no such number of hours.
    #[error("an agent works 0–24 hours on a day (day {0})")]
    Hours(usize),
    /// It would be over before it began, or is no amount.
    #[error("work {0} must be due no earlier than it comes, and be a number of hours not below zero")]
    Batch(usize),
    /// Nobody is at work between the day it comes and the day it is due.
    #[error("work that comes from day {from} on is due by day {until}, and nobody works in between")]
    NobodyWorks {
        /// The first day of the stretch.
        from: usize,
        /// Its last.
        until: usize,
    },
    /// More people than there are.
    #[error("more people would be needed than can be counted")]
    TooMany,
    /// The share that is not at work.
    #[error(transparent)]
    Shrinkage(#[from] LoadProblem),
}

/// What one day brings when people work on what is due next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Done {
    /// Hours of work that are done on it.
    pub worked: f64,
    /// Hours of work that are left at its end.
    pub left: f64,
}

/// How many people the work needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Exactly, as if people could be divided.
    pub exact: f64,
    /// How many at work on each day that has hours.
    pub agents: u32,
    /// How many on the roster.
    pub rostered: u32,
    /// The first and last day of the stretch that needs them; none where nothing is due.
    pub because: Option<(usize, usize)>,
    /// What happens day by day with that many at work.
    pub days: Vec<Done>,
}

/// The batches of a forecast: what is there already, by the day it is due, and what comes on each day,
/// due so many days later, each case so many hours of work.
#[must_use]
pub fn batches(backlog: &[(usize, f64)], arrivals: &[f64], due_days: usize, case_hours: f64) -> Vec<Batch> {
    let there = backlog.iter().map(|(due, cases)| Batch { comes: 0, due: *due, hours: cases * case_hours });
    let coming = arrivals.iter().enumerate();
    let coming = coming.map(|(day, cases)| Batch {
        comes: day,
        due: day.saturating_add(due_days),
        hours: cases * case_hours,
    });
    there.chain(coming).collect()
}

/// The fewest people that finish all work by the day it is due, the same number on each day;
/// `hours` is what one of them works on each day, 0 where nobody does.
///
/// What is due after the last day need not be finished in them: it is what `left` says at their end.
///
/// # Errors
/// What is wrong with the days or the work, or that it cannot be done by anybody.
pub fn workload(hours: &[f64], work: &[Batch], shrinkage: f64) -> Result<Need, WorkloadProblem> {
    check(hours, work)?;
    let mut need = (0.0, None);
    for from in 0..hours.len() {
        let mut open = 0.0;
        let mut demand = vec![0.0; hours.len()];
        for batch in work.iter().filter(|batch| batch.comes >= from) {
            demand.get_mut(batch.due).into_iter().for_each(|sum| *sum += batch.hours);
        }
        let mut due = 0.0;
        for (until, (hours, demand)) in hours.iter().zip(&demand).enumerate().skip(from) {
            (open, due) = (open + hours, due + demand);
            if due > 0.0 && open <= 0.0 {
                return Err(WorkloadProblem::NobodyWorks { from, until });
            }
            if due > 0.0 && due / open > need.0 {
                need = (due / open, Some((from, until)));
            }
        }
    }
    // Two sums of floats are rarely the same; what is full to a part in 10⁹ fits.
    let agents = (need.0 * (1.0 - 1e-9)).ceil();
    if agents >= f64::from(u32::MAX) {
        return Err(WorkloadProblem::TooMany);
    }
    let agents = agents as u32;
    let days = drain(hours, work, f64::from(agents));
    Ok(Need { exact: need.0, agents, rostered: rostered(agents, shrinkage)?, because: need.1, days })
}

fn check(hours: &[f64], work: &[Batch]) -> Result<(), WorkloadProblem> {
    if hours.is_empty() || hours.len() > DAYS_MAX {
        return Err(WorkloadProblem::Days);
    }
    if let Some(day) = hours.iter().position(|hours| !(0.0..=24.0).contains(hours)) {
        return Err(WorkloadProblem::Hours(day));
    }
    let sound = |batch: &Batch| batch.comes <= batch.due && batch.hours >= 0.0 && batch.hours.is_finite();
    work.iter().position(|batch| !sound(batch)).map_or(Ok(()), |at| Err(WorkloadProblem::Batch(at)))
}

/// Day by day, what is due next first.
fn drain(hours: &[f64], work: &[Batch], agents: f64) -> Vec<Done> {
    let mut rest: Vec<Batch> = work.to_vec();
    rest.sort_by_key(|batch| batch.due);
    let mut days = Vec::with_capacity(hours.len());
    for (day, hours) in hours.iter().enumerate() {
        let whole = hours * agents;
        let mut free = whole;
        for batch in rest.iter_mut().filter(|batch| batch.comes <= day) {
            let now = batch.hours.min(free);
            batch.hours -= now;
            free -= now;
        }
        let left = rest.iter().filter(|batch| batch.comes <= day).map(|batch| batch.hours).sum();
        days.push(Done { worked: whole - free, left });
    }
    days
}
