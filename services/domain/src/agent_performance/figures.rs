//! From spans and marks to figures, day by day and exact to the microsecond.

use std::collections::{BTreeMap, BTreeSet};

use super::intervals::{self, Intervals};
use super::{AgentSpan, Mark, MarkKind, SpanKind};
use crate::rate::Rate;
use crate::statistics::Estimate;
use crate::statistics::ratio::Sums;
use crate::{AgentId, ShopId, Span, Time};

/// Microseconds of an hour.
const HOUR: f64 = 3_600_000_000.0;

/// Which days are asked about, and how they are put together.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The first instants of the days, and the first instant after the last.
    pub cuts: Vec<Time>,
    /// Each piece: its first day and the first day after it, as places among the days.
    pub pieces: Vec<(usize, usize)>,
    /// What has no end yet is counted up to here.
    pub as_of: Time,
}

/// So much for so much, with the interval that days of agents give.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ratio {
    /// The quotient; none of nothing.
    pub value: Option<f64>,
    /// Its interval at 95 %: a day of an agent is a group; none of fewer than two.
    pub interval: Option<(f64, f64)>,
}

/// What an agent did in one piece of time, or all of them together.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Who; none for all together.
    pub agent: Option<AgentId>,
    /// Available.
    pub present: Span,
    /// Away, and available in no other shop.
    pub away: Span,
    /// Available and holding at least one case.
    pub working: Span,
    /// Holding at least one case, there or not.
    pub holding: Span,
    /// Of each case how long it was held, added up.
    pub case_time: Span,
    /// Cases that were held.
    pub cases_held: i64,
    /// Replies sent and buyers reached.
    pub contacts: i64,
    /// Those that were the first of their case.
    pub first_replies: i64,
    /// Cases solved, each as often as it was.
    pub solved: i64,
    /// Leases that ran out, and cases left behind.
    pub abandoned: i64,
    /// How many judged a solution of theirs with 1 to 5.
    pub scores: [u64; 5],
    /// Working / present.
    pub occupancy: Ratio,
    /// Contacts per hour present.
    pub contacts_per_hour: Ratio,
    /// Cases solved per hour present.
    pub solved_per_hour: Ratio,
}

impl Figures {
    /// Of an agent who did nothing.
    #[must_use]
    pub fn nothing(agent: AgentId) -> Self {
        Total::default().figures(Some(agent))
    }

    /// Present and holding nothing.
    #[must_use]
    pub const fn idle(&self) -> Span {
        Span::from_micros(self.present.micros() - self.working.micros())
    }

    /// How long a case was held on average; none without a case.
    #[must_use]
    pub const fn per_case(&self) -> Option<Span> {
        match self.case_time.micros().checked_div(self.cases_held) {
            Some(mean) => Some(Span::from_micros(mean)),
            None => None,
        }
    }

    /// 4 and 5, of all who judged.
    #[must_use]
    pub fn csat(&self) -> Rate {
        crate::statistics::survey::csat(self.scores, 0).satisfied
    }

    fn is_empty(&self) -> bool {
        let times = [self.present, self.away, self.holding];
        let counts = [self.contacts, self.solved, self.abandoned];
        times.iter().all(|time| *time == Span::ZERO)
            && counts.iter().all(|count| *count == 0)
            && self.scores.iter().all(|count| *count == 0)
    }
}

/// One day of one agent.
#[derive(Debug, Clone, Copy, Default)]
struct Day {
    present: i64,
    away: i64,
    working: i64,
    holding: i64,
    case_time: i64,
    contacts: i64,
    first_replies: i64,
    solved: i64,
    abandoned: i64,
    scores: [u64; 5],
}

/// A case that was held in a piece.
type Touched = (ShopId, String);

/// Sums of days, and what intervals are made of.
#[derive(Debug, Clone, Default)]
struct Total {
    day: Day,
    occupancy: Sums,
    contacts: Sums,
    solved: Sums,
    cases: BTreeSet<Touched>,
}

/// The figures of each piece: all agents together first, then each by name who did anything in it. Whose
/// name is not `wanted` is part of nothing.
///
/// A mark comes with whether it is the first contact of its case. Marks of nobody count for nobody.
#[must_use]
pub fn figures(
    spans: &[AgentSpan],
    marks: &[(Mark, bool)],
    frame: &Frame,
    wanted: impl Fn(&AgentId) -> bool,
) -> Vec<Vec<Figures>> {
    let mut mine: BTreeMap<&AgentId, Vec<&AgentSpan>> = BTreeMap::new();
    for span in spans.iter().filter(|span| wanted(&span.agent)) {
        mine.entry(&span.agent).or_default().push(span);
    }
    let mut said: BTreeMap<&AgentId, Vec<&(Mark, bool)>> = BTreeMap::new();
    for mark in marks {
        let Some(agent) = mark.0.agent.as_ref().filter(|agent| wanted(agent)) else { continue };
        said.entry(agent).or_default().push(mark);
        mine.entry(agent).or_default();
    }
    let mut all = vec![Total::default(); frame.pieces.len()];
    let mut told: Vec<Vec<Figures>> = vec![Vec::new(); frame.pieces.len()];
    for (agent, spans) in mine {
        let days = days(&spans, said.get(agent).map(Vec::as_slice).unwrap_or_default(), frame);
        let cases = cases(&spans, frame);
        for (n, ((from, until), cases)) in frame.pieces.iter().zip(cases).enumerate() {
            let total = Total::of(days.get(*from..*until).unwrap_or_default(), cases);
            let figures = total.figures(Some(agent.clone()));
            if let (false, Some(rows)) = (figures.is_empty(), told.get_mut(n)) {
                rows.push(figures);
            }
            all.get_mut(n).into_iter().for_each(|all| all.add(&total));
        }
    }
    for (rows, total) in told.iter_mut().zip(all) {
        rows.insert(0, total.figures(None));
    }
    told
}

/// When a span lies, as far as the days asked about reach.
fn within(span: &AgentSpan, frame: &Frame) -> (Time, Time) {
    let until = span.ended_at.unwrap_or(frame.as_of).min(frame.as_of);
    let (first, last) = (frame.cuts.first().copied(), frame.cuts.last().copied());
    (span.started_at.max(first.unwrap_or(Time::MIN)), until.min(last.unwrap_or(Time::MIN)))
}

fn days(spans: &[&AgentSpan], marks: &[&(Mark, bool)], frame: &Frame) -> Vec<Day> {
    let of = |kind| {
        let mine = spans.iter().filter(move |span| span.kind == kind);
        Intervals::of(mine.map(|span| within(span, frame)))
    };
    let (present, away, holding) = (of(SpanKind::Present), of(SpanKind::Away), of(SpanKind::Holding));
    let lengths = |set: &Intervals| set.lengths(&frame.cuts);
    let there = lengths(&present);
    let mut days = vec![Day::default(); there.len()];
    let mut put = |values: Vec<i64>, place: fn(&mut Day) -> &mut i64| {
        days.iter_mut().zip(values).for_each(|(day, value)| *place(day) = value);
    };
    // Away from one shop while available in another is no absence.
    let gone = lengths(&present.or(&away)).into_iter().zip(&there).map(|(either, there)| either - there);
    put(gone.collect(), |day| &mut day.away);
    put(there, |day| &mut day.present);
    put(lengths(&present.and(&holding)), |day| &mut day.working);
    put(lengths(&holding), |day| &mut day.holding);
    let mut case_time = vec![0; frame.cuts.len().saturating_sub(1)];
    for span in spans.iter().filter(|span| span.kind == SpanKind::Holding) {
        let (from, until) = within(span, frame);
        intervals::add(&mut case_time, &frame.cuts, from, until);
    }
    put(case_time, |day| &mut day.case_time);
    for (mark, is_first) in marks {
        let place = frame.cuts.partition_point(|cut| *cut <= mark.at).checked_sub(1);
        if let Some(day) = place.and_then(|place| days.get_mut(place)) {
            day.count(mark, *is_first);
        }
    }
    days
}

/// The cases that were held in each piece.
fn cases(spans: &[&AgentSpan], frame: &Frame) -> Vec<BTreeSet<Touched>> {
    let bounds = frame.pieces.iter().map(|(from, until)| {
        let at = |place: usize| frame.cuts.get(place).copied().unwrap_or(Time::MIN);
        (at(*from), at(*until))
    });
    let in_piece = |(start, end): (Time, Time)| {
        let held = spans.iter().filter(|span| span.kind == SpanKind::Holding).filter(|span| {
            let (from, until) = within(span, frame);
            from < until && from < end && until > start
        });
        held.map(|span| (span.shop.clone(), span.subject.clone())).collect()
    };
    bounds.map(in_piece).collect()
}

impl Day {
    fn count(&mut self, mark: &Mark, is_first: bool) {
        match mark.kind {
            MarkKind::Reply | MarkKind::Contact => {
                self.contacts += 1;
                self.first_replies += i64::from(is_first);
            }
            MarkKind::Solved => self.solved += 1,
            MarkKind::Abandoned => self.abandoned += 1,
            MarkKind::Judged => {
                let place = usize::try_from(mark.value - 1).ok();
                place.and_then(|place| self.scores.get_mut(place)).into_iter().for_each(|score| *score += 1);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.present += other.present;
        self.away += other.away;
        self.working += other.working;
        self.holding += other.holding;
        self.case_time += other.case_time;
        self.contacts += other.contacts;
        self.first_replies += other.first_replies;
        self.solved += other.solved;
        self.abandoned += other.abandoned;
        self.scores.iter_mut().zip(other.scores).for_each(|(mine, theirs)| *mine += theirs);
    }
}

impl Total {
    fn of(days: &[Day], cases: BTreeSet<Touched>) -> Self {
        let mut total = Self { cases, ..Self::default() };
        for day in days {
            total.day.add(day);
            let groups = [
                (&mut total.occupancy, day.working),
                (&mut total.contacts, day.contacts),
                (&mut total.solved, day.solved),
            ];
            for (sums, value) in groups {
                if day.present > 0 || value > 0 {
                    *sums = sums.and(Sums::group(value, day.present));
                }
            }
        }
        total
    }

    fn add(&mut self, other: &Self) {
        self.day.add(&other.day);
        self.occupancy = self.occupancy.and(other.occupancy);
        self.contacts = self.contacts.and(other.contacts);
        self.solved = self.solved.and(other.solved);
        self.cases.extend(other.cases.iter().cloned());
    }

    fn figures(&self, agent: Option<AgentId>) -> Figures {
        let (day, span) = (&self.day, Span::from_micros);
        Figures {
            agent,
            present: span(day.present),
            away: span(day.away),
            working: span(day.working),
            holding: span(day.holding),
            case_time: span(day.case_time),
            cases_held: i64::try_from(self.cases.len()).unwrap_or(i64::MAX),
            contacts: day.contacts,
            first_replies: day.first_replies,
            solved: day.solved,
            abandoned: day.abandoned,
            scores: day.scores,
            occupancy: Ratio::of(self.occupancy, 1.0, 1.0),
            contacts_per_hour: Ratio::of(self.contacts, HOUR, f64::INFINITY),
            solved_per_hour: Ratio::of(self.solved, HOUR, f64::INFINITY),
        }
    }
}

impl Ratio {
    /// In units of so many microseconds, between 0 and the most it can be.
    fn of(sums: Sums, unit: f64, most: f64) -> Self {
        let bounded = |one: Estimate| (one.lower.clamp(0.0, most), one.upper.clamp(0.0, most));
        Self {
            value: sums.ratio().map(|ratio| ratio * unit),
            interval: sums.estimate().map(|one| bounded(one.times(unit))),
        }
    }
}
