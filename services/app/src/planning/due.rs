//! People for work that may wait until it is due.

use amends_domain::forecast::Forecast;
use amends_domain::sla::Calendar;
use amends_domain::staffing::{Batch, LoadProblem, WorkloadProblem, workload};
use amends_domain::zone::Zone;
use amends_domain::{Day, Time};

use crate::error::{AppError, Result};

/// A day of work that may wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DueDay {
    /// The day.
    pub day: Day,
    /// Cases that come on it; today, those still to come.
    pub expected: f64,
    /// Hours that one agent works on it.
    pub hours: f64,
    /// Hours of work that are done on it.
    pub worked: f64,
    /// Hours of work that are left at its end.
    pub left: f64,
}

/// What work that may wait needs.
#[derive(Debug, Clone, PartialEq)]
pub struct DueWork {
    /// Day by day.
    pub days: Vec<DueDay>,
    /// Open cases that are there.
    pub backlog: i64,
    /// Those of them without any date.
    pub undated: i64,
    /// Cases that nobody can do in time, whoever is there.
    pub late: f64,
    /// People, as if they could be divided.
    pub exact: f64,
    /// People at work.
    pub agents: u32,
    /// People on the roster.
    pub rostered: u32,
    /// The first and last day of the stretch that needs them.
    pub because: Option<(Day, Day)>,
    /// Nobody works on any of these days: there is no number.
    pub impossible: bool,
}

/// What it is made from.
#[derive(Debug)]
pub(super) struct Given<'a> {
    pub(super) forecast: &'a Forecast,
    /// Cases opened today so far: they are in the backlog, and expected no more.
    pub(super) opened_today: i64,
    /// Open cases by the day they are due.
    pub(super) backlog: &'a [(Option<Day>, i64)],
    /// How many of the forecast's days are looked at.
    pub(super) days: usize,
    pub(super) due_days: u16,
    /// Hours of work of one case.
    pub(super) case_hours: f64,
    pub(super) agent_hours: f64,
    pub(super) shrinkage: f64,
    pub(super) calendar: &'a Calendar,
    pub(super) zone: &'a Zone,
    pub(super) now: Time,
}

/// How many people the work needs.
pub(super) fn due(given: &Given<'_>) -> Result<DueWork> {
    let mut days: Vec<DueDay> = given
        .forecast
        .days
        .iter()
        .take(given.days)
        .map(|ahead| given.day(ahead.day, ahead.expected))
        .collect();
    if let Some(today) = days.first_mut() {
        today.expected = (today.expected - given.opened_today as f64).max(0.0);
    }
    let backlog = given.backlog.iter().map(|(_, cases)| cases).sum();
    let undated = given.backlog.iter().filter(|(day, _)| day.is_none()).map(|(_, cases)| cases).sum();
    let hours: Vec<f64> = days.iter().map(|day| day.hours).collect();
    let (batches, late) = batches(work(given, &days), &hours, given.case_hours);
    let empty = DueWork {
        days,
        backlog,
        undated,
        late,
        exact: 0.0,
        agents: 0,
        rostered: 0,
        because: None,
        impossible: true,
    };
    let need = match workload(&hours, &batches, given.shrinkage) {
        Ok(need) => need,
        Err(WorkloadProblem::NobodyWorks { .. }) => return Ok(empty),
        Err(WorkloadProblem::Shrinkage(why @ LoadProblem::Shrinkage)) => {
            return Err(AppError::field("shrinkage", why.to_string()));
        }
        Err(WorkloadProblem::TooMany) => {
            return Err(AppError::field("agent_hours", WorkloadProblem::TooMany.to_string()));
        }
        Err(other) => return Err(AppError::Internal(other.to_string())),
    };
    let mut days = empty.days;
    for (day, done) in days.iter_mut().zip(&need.days) {
        (day.worked, day.left) = (done.worked, done.left);
    }
    let day = |at: usize| days.get(at).map(|day| day.day);
    let because = need.because.and_then(|(from, until)| Some((day(from)?, day(until)?)));
    let (exact, agents, rostered) = (need.exact, need.agents, need.rostered);
    Ok(DueWork { days, backlog, undated, late, exact, agents, rostered, because, impossible: false })
}

impl Given<'_> {
    /// A day with the hours that one agent works on it: never more than the shop is open, and of today
    /// only of what is left.
    fn day(&self, day: Day, expected: f64) -> DueDay {
        let (start, end) = (self.zone.start(day), self.zone.start(Day::from_number(day.number() + 1)));
        let open = self.calendar.elapsed(start.max(self.now), end).as_secs_f64() / 3_600.0;
        DueDay { day, expected, hours: open.min(self.agent_hours).clamp(0.0, 24.0), worked: 0.0, left: 0.0 }
    }
}

/// What is there and what comes: the days from which on it is there and by which it is due, and cases.
fn work(given: &Given<'_>, days: &[DueDay]) -> Vec<(usize, usize, f64)> {
    let index = |day: Day| {
        let first = days.first().map_or(0, |first| first.day.number());
        usize::try_from(day.number().saturating_sub(first)).unwrap_or(0)
    };
    let due_days = usize::from(given.due_days);
    let there = given.backlog.iter();
    let there = there.map(|(day, cases)| (0, day.map_or(due_days, index), *cases as f64));
    let coming = days.iter().enumerate().map(|(at, day)| (at, at + due_days, day.expected));
    there.chain(coming).collect()
}

/// The same as batches, and how many cases nobody can do by the day they are due: those are due when half a
/// day of work has been open to them. Without that, one late case at a minute before midnight would ask for a
/// crowd.
fn batches(work: Vec<(usize, usize, f64)>, hours: &[f64], case_hours: f64) -> (Vec<Batch>, f64) {
    let half = hours.iter().copied().fold(0.0, f64::max) / 2.0;
    let mut late = 0.0;
    let mut batches = Vec::new();
    for (comes, due, cases) in work {
        let mut open = 0.0;
        let enough = hours.iter().enumerate().skip(comes).find(|(_, hours)| {
            open += **hours;
            open > 0.0 && open >= half
        });
        // With too little until the end of the days, it is done after it; only where nobody works at all is
        // there no such day.
        let beyond = if half > 0.0 { due.max(hours.len()) } else { due };
        let first = enough.map_or(beyond, |(at, _)| at);
        if first > due {
            late += cases;
        }
        batches.push(Batch { comes, due: due.max(first), hours: cases * case_hours });
    }
    (batches, late)
}

#[cfg(test)]
mod tests {
    use super::{WorkloadProblem, batches, workload};

    /// How many people ten cases of an hour each need that come on one day, due on another.
    fn people(hours: &[f64], comes: usize, due: usize) -> (Result<u32, WorkloadProblem>, f64) {
        let (work, late) = batches(vec![(comes, due, 10.0)], hours, 1.0);
        (workload(hours, &work, 0.0).map(|need| need.agents), late)
    }

    #[test]
    fn what_comes_on_closed_last_days_is_done_after_them() {
        // Friday, and a closed weekend.
        assert_eq!(people(&[8.0, 0.0, 0.0], 1, 2), (Ok(0), 10.0));
        assert_eq!(people(&[8.0, 0.0, 0.0], 1, 4), (Ok(0), 0.0), "on Tuesday there is time");
        assert_eq!(people(&[8.0, 0.0, 0.0], 0, 2), (Ok(2), 0.0), "what is there on Friday is done on Friday");
    }

    #[test]
    fn a_short_last_day_asks_for_no_crowd() {
        assert_eq!(people(&[8.0, 0.25], 1, 1), (Ok(0), 10.0));
        assert_eq!(people(&[8.0, 4.0], 1, 1), (Ok(3), 0.0), "half a day is enough to be asked for");
    }

    #[test]
    fn it_is_impossible_only_where_nobody_works_on_any_day() {
        let (need, late) = people(&[0.0, 0.0], 0, 1);
        assert_eq!((need.is_err(), late), (true, 0.0));
    }
}
