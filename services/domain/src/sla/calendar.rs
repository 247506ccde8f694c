//! When a shop's people are at work, in the wall time of the place where they are.
//!
//! An instant is open if its local wall time lies in a shift of its local
//! date. Nothing else is said about summer time: where an hour is skipped no
//! instant has that wall time, and where an hour comes twice both passes have
//! it, so nothing is lost and nothing is invented.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::code::codes;
use crate::{Day, Span, Time};

mod dated;
mod plan;
mod problem;
mod walk;

pub use problem::{CalendarProblem, Place};

use plan::Plan;

codes! {
    /// Which hours a clock counts.
    pub enum Hours {
        /// Those of the shop's calendar.
        Business = "BUSINESS",
        /// All of them.
        Always = "ALWAYS",
    }
}

/// One stretch of work within a local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shift {
    /// The first minute of the local day that belongs to it, 0–1439.
    pub from: u16,
    /// The first minute that does not any more, 1–1440; 1440 is 24:00.
    pub to: u16,
}

/// A date on which the week does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The local date, as the number of days since 1970-01-01.
    pub date: Day,
    /// The shifts of that date instead; none for a holiday.
    pub shifts: Vec<Shift>,
}

/// Hours of work as people write them down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// The IANA time zone, such as `Asia/Jakarta`.
    pub zone: String,
    /// The shifts of each weekday, Monday first; in order, not overlapping.
    pub week: [Vec<Shift>; 7],
    /// Holidays and other hours; each date once, in any order.
    pub exceptions: Vec<Exception>,
}

/// Checked hours of work, ready to be counted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Always,
    Business(Box<Business>),
    /// One after the other, each from its date on, in order; the first from ever.
    Dated(Vec<(Time, Calendar)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Business {
    hours: OpeningHours,
    zone: TimeZone,
    plan: Plan,
}

/// How far [`Calendar::after`] looks: ten years. What is due later than that is never due.
pub const HORIZON: Span = Span::from_days(3_653);

static ALWAYS: Calendar = Calendar::always();

impl Calendar {
    /// Open at every instant.
    #[must_use]
    pub const fn always() -> Self {
        Self(Kind::Always)
    }

    /// Checks the hours and makes them ready.
    ///
    /// # Errors
    /// Everything that is wrong with them, in the order in which it stands there.
    pub fn new(hours: OpeningHours) -> Result<Self, Vec<CalendarProblem>> {
        let mut problems = Vec::new();
        // The copy of the zone data that is compiled in: what is open never depends on the machine.
        let zone = TimeZoneDatabase::bundled().get(&hours.zone).ok().filter(|zone| !zone.is_unknown());
        if zone.is_none() {
            problems.push(CalendarProblem::UnknownZone { zone: hours.zone.clone() });
        }
        problem::of_shifts(&hours, &mut problems);
        match zone {
            Some(zone) if problems.is_empty() => {
                let plan = Plan::new(&hours);
                Ok(Self(Kind::Business(Box::new(Business { hours, zone, plan }))))
            }
            _ => Err(problems),
        }
    }

    /// The first, and from each date on another: what was open stays open, whatever holds later.
    #[must_use]
    pub fn dated(first: Self, mut later: Vec<(Time, Self)>) -> Self {
        if later.is_empty() {
            return first;
        }
        later.sort_by_key(|(from, _)| *from);
        later.insert(0, (Time::from_micros(i64::MIN), first));
        Self(Kind::Dated(later))
    }

    /// The hours it was made from, of a dated one those that hold last; none if it is always open.
    #[must_use]
    pub fn hours(&self) -> Option<&OpeningHours> {
        match &self.0 {
            Kind::Always => None,
            Kind::Business(business) => Some(&business.hours),
            Kind::Dated(pieces) => pieces.last().and_then(|(_, last)| last.hours()),
        }
    }

    /// This calendar, or the one that never closes.
    #[must_use]
    pub fn counting(&self, hours: Hours) -> &Self {
        match hours {
            Hours::Business => self,
            Hours::Always => &ALWAYS,
        }
    }

    /// The open stretches of `[from, to)` in order; none is empty and no two touch.
    pub fn open_between(&self, from: Time, to: Time) -> impl Iterator<Item = (Time, Time)> + '_ {
        let (listed, business) = match &self.0 {
            Kind::Always => (vec![(from, to)], None),
            Kind::Business(business) => (Vec::new(), Some(business)),
            Kind::Dated(pieces) => (dated::open_between(pieces, from, to), None),
        };
        let open = business.into_iter().flat_map(move |b| walk::open_between(&b.zone, &b.plan, from, to));
        listed.into_iter().filter(|(from, to)| from < to).chain(open)
    }

    /// How much open time lies in `[from, to)`; none if `to` is before `from`.
    #[must_use]
    pub fn elapsed(&self, from: Time, to: Time) -> Span {
        match &self.0 {
            _ if to <= from => Span::ZERO,
            Kind::Always => to.since(from),
            Kind::Business(b) => walk::elapsed(&b.zone, &b.plan, from, to),
            Kind::Dated(pieces) => dated::elapsed(pieces, from, to),
        }
    }

    /// The first instant at which that much open time has passed since `from`;
    /// none if that is further away than [`HORIZON`].
    #[must_use]
    pub fn after(&self, from: Time, span: Span) -> Option<Time> {
        match &self.0 {
            _ if span <= Span::ZERO => Some(from),
            Kind::Always => Some(from + span).filter(|_| span <= HORIZON),
            Kind::Business(b) => walk::after(&b.zone, &b.plan, from, span),
            Kind::Dated(pieces) => dated::after(pieces, from, span),
        }
    }
}
