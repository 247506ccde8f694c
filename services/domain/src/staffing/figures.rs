//! What waiting there is with so many agents, and how many keep it short.

use super::erlang::{next, waiting};
use super::rostered;
use crate::Span;

/// Most seats that are looked at: agents times what each does at once.
pub const SEATS_MAX: u32 = 100_000;

/// The least share of their time that people may be limited to: below it a goal is a slip of the pen, and
/// asks for crowds.
pub const OCCUPANCY_MIN: f64 = 0.05;

/// What comes in, and how much work it is.
///
/// Someone who handles several chats at once has so many *seats*. A chat takes
/// a seat for its handling time, which must be the one measured while people
/// handle that many at once: each chat lasts longer then, since its buyer waits
/// while the agent writes to another. With a handling time measured one at a
/// time, the answer would be too few people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    offered: f64,
    handling: f64,
    at_once: u32,
}

/// Why a load or goal is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadProblem {
    /// Fewer than none, or no number.
    #[error("arrivals must be a number that is not below zero")]
    Arrivals,
    /// Nothing can arrive in it.
    #[error("the interval must be longer than nothing")]
    Interval,
    /// Work that takes no time.
    #[error("the mean handling time must be longer than nothing")]
    Handling,
    /// No chat, or more than anybody can hold.
    #[error("an agent handles 1–20 at once")]
    AtOnce,
    /// Not a share.
    #[error("the service level must be above 0 and below 1")]
    Level,
    /// Before it came.
    #[error("the time to answer in must not be below zero")]
    Within,
    /// Not a share, or none.
    #[error("the highest occupancy must be above 0 and at most 1")]
    Occupancy,
    /// Nobody would ever be at work.
    #[error("the shrinkage must be at least 0 and below 1")]
    Shrinkage,
    /// Beyond what is looked at.
    #[error("more than {SEATS_MAX} seats would be needed: take a shorter interval or split the load")]
    TooMuch,
}

impl Load {
    /// So many arrivals in an interval, each with a mean handling time, `at_once` to an agent.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn new(arrivals: f64, interval: Span, handling: Span, at_once: u32) -> Result<Self, LoadProblem> {
        if !(arrivals.is_finite() && arrivals >= 0.0) {
            return Err(LoadProblem::Arrivals);
        }
        if interval <= Span::ZERO {
            return Err(LoadProblem::Interval);
        }
        if handling <= Span::ZERO {
            return Err(LoadProblem::Handling);
        }
        if !(1..=20).contains(&at_once) {
            return Err(LoadProblem::AtOnce);
        }
        let handling = handling.as_secs_f64();
        Ok(Self { offered: arrivals * handling / interval.as_secs_f64(), handling, at_once })
    }

    /// The load in erlangs: how many seats are taken on average.
    #[must_use]
    pub const fn offered(&self) -> f64 {
        self.offered
    }

    fn figures(&self, agents: u32, blocked: f64, within: Span) -> Figures {
        let seats = agents.saturating_mul(self.at_once);
        if self.offered <= 0.0 {
            return Figures { waits: 0.0, level: 1.0, mean_wait: 0.0, occupancy: 0.0 };
        }
        let waits = waiting(blocked, self.offered, seats);
        let spare = f64::from(seats) - self.offered;
        Figures {
            waits,
            level: 1.0 - waits * (-spare * within.as_secs_f64() / self.handling).exp(),
            mean_wait: waits * self.handling / spare,
            occupancy: self.offered / f64::from(seats),
        }
    }
}

/// What those who come meet, in the long run of a load that stays the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// The share that has to wait.
    pub waits: f64,
    /// The share that is answered within the time asked about.
    pub level: f64,
    /// The mean wait of all, also of those who do not wait, in seconds (ASA).
    pub mean_wait: f64,
    /// The share of seats that are taken on average.
    pub occupancy: f64,
}

/// What comes of so many agents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outlook {
    /// The queue ends again and again.
    Stable(Figures),
    /// As much work comes as is done, or more: the queue grows without end, and no figure holds.
    Unstable,
}

/// What so many agents make of a load, judged by answers within a time.
///
/// # Errors
/// When there are more than [`SEATS_MAX`] seats, or the time is below zero.
pub fn outlook(load: &Load, agents: u32, within: Span) -> Result<Outlook, LoadProblem> {
    if within < Span::ZERO {
        return Err(LoadProblem::Within);
    }
    let seats = agents.checked_mul(load.at_once).filter(|seats| *seats <= SEATS_MAX);
    let seats = seats.ok_or(LoadProblem::TooMuch)?;
    if load.offered > 0.0 && load.offered >= f64::from(seats) {
        return Ok(Outlook::Unstable);
    }
    Ok(Outlook::Stable(load.figures(agents, super::blocked(load.offered, seats), within)))
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// The share that is to be answered in time, above 0 and below 1.
    pub level: f64,
    /// In which time.
    pub within: Span,
    /// The highest share of their time that people are to be busy; 1 for no limit of its own.
    pub occupancy_max: f64,
    /// The share of paid time that is not spent at work.
    pub shrinkage: f64,
}

impl Goal {
    fn check(&self) -> Result<(), LoadProblem> {
        let level = self.level > 0.0 && self.level < 1.0;
        let occupancy = (OCCUPANCY_MIN..=1.0).contains(&self.occupancy_max);
        match () {
            () if !level => Err(LoadProblem::Level),
            () if self.within < Span::ZERO => Err(LoadProblem::Within),
            () if !occupancy => Err(LoadProblem::Occupancy),
            () => rostered(0, self.shrinkage).map(|_| ()),
        }
    }
}

/// The least that reaches a goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staff {
    /// How many at work.
    pub agents: u32,
    /// How many on the roster.
    pub rostered: u32,
    /// What those who come meet.
    pub figures: Figures,
}

/// The fewest agents that reach a goal: the service level rises with each one, so the first that do are
/// the fewest. Nobody where nothing comes.
///
/// # Errors
/// What is wrong with the goal, or that more than [`SEATS_MAX`] seats would be needed.
pub fn least(load: &Load, goal: &Goal) -> Result<Staff, LoadProblem> {
    goal.check()?;
    let (mut blocked, mut seats, mut agents) = (1.0, 0_u32, 0_u32);
    loop {
        let stable = load.offered <= 0.0 || load.offered < f64::from(seats);
        let figures = load.figures(agents, blocked, goal.within);
        if stable && figures.level >= goal.level && figures.occupancy <= goal.occupancy_max {
            return Ok(Staff { agents, rostered: rostered(agents, goal.shrinkage)?, figures });
        }
        agents += 1;
        for _ in 0..load.at_once {
            seats += 1;
            blocked = next(blocked, load.offered, seats);
        }
        if seats > SEATS_MAX {
            return Err(LoadProblem::TooMuch);
        }
    }
}

/// The fewest agents in one hour after the other, from the arrivals expected in each.
///
/// Each hour is taken by itself, as if its load had always been there. Where the load falls from one
/// hour to the next, what was left over comes on top; where people work long on one case, the need
/// comes later than the arrivals (L. Green, P. Kolesar and J. Soares, Operations Research 49 (2001):
/// 549–564).
///
/// # Errors
/// The first thing that is wrong with an hour or the goal.
pub fn hours(arrivals: &[f64], handling: Span, at_once: u32, goal: &Goal) -> Result<Vec<Staff>, LoadProblem> {
    let hour = Span::from_hours(1);
    let staff = |arrivals: &f64| least(&Load::new(*arrivals, hour, handling, at_once)?, goal);
    arrivals.iter().map(staff).collect()
}
