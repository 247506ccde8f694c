//! What a shop promises and when its people are at work, as its policy keeps it.
//!
//! Both are dated and only ever added to: a clock keeps the promise that was in
//! force when it started, and an hour that was open when it passed stays open.

use super::{Calendar, CalendarProblem, OpeningHours, Policies, Policy, PolicyProblem, Target};
use crate::Time;

/// Hours of work from a date on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedHours {
    /// From when they hold.
    pub effective_from: Time,
    /// The hours; none for always open.
    pub hours: Option<OpeningHours>,
}

/// What a shop said about its promises and hours, in order of the dates. Before the
/// first date the standard promises hold, and it is always open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// The promises.
    pub promises: Vec<Policy>,
    /// The hours.
    pub hours: Vec<DatedHours>,
}

/// Terms ready to be counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The promises.
    pub policies: Policies,
    /// The hours.
    pub calendar: Calendar,
}

/// Everything that is wrong with terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermsProblems {
    /// With the promises; policies are counted with the standard as the first.
    pub promises: Vec<PolicyProblem>,
    /// With the hours.
    pub hours: Vec<CalendarProblem>,
}

impl Terms {
    /// Checks them and makes them ready.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn ready(&self) -> Result<Ready, TermsProblems> {
        let mut problems = TermsProblems::default();
        let standard = Policy::standard(Time::MIN);
        // What a shop says from the beginning of time on takes the place of the standard.
        let standard =
            Some(standard).filter(|s| !self.promises.iter().any(|p| p.effective_from <= s.effective_from));
        let promises = standard.into_iter().chain(self.promises.iter().cloned()).collect();
        let policies = Policies::new(promises).unwrap_or_else(|found| {
            problems.promises = found;
            Policies::default()
        });
        let mut later = Vec::with_capacity(self.hours.len());
        for dated in &self.hours {
            match dated.hours.clone().map_or(Ok(Calendar::always()), Calendar::new) {
                Ok(calendar) => later.push((dated.effective_from, calendar)),
                Err(found) => problems.hours.extend(found),
            }
        }
        if problems != TermsProblems::default() {
            return Err(problems);
        }
        Ok(Ready { policies, calendar: Calendar::dated(Calendar::always(), later) })
    }

    /// The terms that hold last, as if they had always held: what they would have meant for the past.
    #[must_use]
    pub fn as_if_always(&self) -> Self {
        let promises = self.promises.last().map(|last| Policy { effective_from: Time::MIN, ..last.clone() });
        let hours = self.hours.last().map(|last| DatedHours { effective_from: Time::MIN, ..last.clone() });
        Self { promises: promises.into_iter().collect(), hours: hours.into_iter().collect() }
    }

    /// The promises that hold last.
    #[must_use]
    pub fn targets(&self) -> Vec<Target> {
        self.promises.last().map_or_else(|| Policy::standard(Time::MIN).targets, |last| last.targets.clone())
    }

    /// The hours that hold last; none for always open.
    #[must_use]
    pub fn opening_hours(&self) -> Option<&OpeningHours> {
        self.hours.last().and_then(|last| last.hours.as_ref())
    }
}
