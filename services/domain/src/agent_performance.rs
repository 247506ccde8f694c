//! What agents do with their time: when they were there, what they held, and what came of it.
//!
//! The log of a shop says all of it. A [`Log`] makes spans and marks of events: of a whole log, or of
//! what one transaction adds to it, so that what is stored is what the log makes.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::codes;
use crate::event::{Actor, ActorKind, Event};
use crate::signal::SurveyKind;
use crate::{AgentId, CaseId, EventId, ShopId, Time};

mod figures;
mod intervals;

pub use figures::{Figures, Frame, Ratio, figures};
pub use intervals::Intervals;

codes! {
    /// What an agent did for a while.
    pub enum SpanKind {
        /// Was there, and took cases.
        Present = "PRESENT",
        /// Was away: kept what they held, and took nothing new.
        Away = "AWAY",
        /// Held a case.
        Holding = "HOLDING",
    }
}

codes! {
    /// What an agent did at a moment.
    pub enum MarkKind {
        /// A reply of theirs was sent.
        Reply = "REPLY",
        /// They reached the buyer by other means.
        Contact = "CONTACT",
        /// They solved the case; a case that nobody solved has no agent.
        Solved = "SOLVED",
        /// Their lease ran out, or they were gone.
        Abandoned = "ABANDONED",
        /// The buyer judged a solution: whose it was follows from who gave that solution of the case.
        Judged = "JUDGED",
    }
}

/// A while in which an agent did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSpan {
    /// The tenant.
    pub shop: ShopId,
    /// What they did.
    pub kind: SpanKind,
    /// The case that was held; of a presence, the agent.
    pub subject: String,
    /// Tells the spans of a subject apart: the fence of a hold, the start of a presence.
    pub number: i64,
    /// Who.
    pub agent: AgentId,
    /// From when.
    pub started_at: Time,
    /// Until when; none while nobody said that it ended.
    pub ended_at: Option<Time>,
}

/// What an agent did at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The tenant.
    pub shop: ShopId,
    /// The event that says so.
    pub event: EventId,
    /// What.
    pub kind: MarkKind,
    /// Who; none where the log names nobody.
    pub agent: Option<AgentId>,
    /// In which case.
    pub case: CaseId,
    /// When it happened, but never after it was written.
    pub at: Time,
    /// The score of a judgement, 1–5; else 0.
    pub value: i64,
    /// Which solution of the case is judged, from 1; none for the last before.
    pub solution: Option<u32>,
}

/// One entry of the log.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The tenant.
    pub shop: &'a ShopId,
    /// Which.
    pub id: EventId,
    /// The case on whose timeline it stands.
    pub case: Option<CaseId>,
    /// What happened.
    pub event: &'a Event,
    /// Who made it happen.
    pub actor: &'a Actor,
    /// When it happened: of what a signal brought about, when the signal says.
    pub at: Time,
    /// When it was written. Nobody held or dropped a case before that, whatever is as old as it is.
    pub recorded_at: Time,
}

/// The words of the events that spans and marks are made of, on the timelines of cases.
pub const CASE_WORDS: &[&str] = &[
    "case.claimed",
    "case.assigned",
    "case.handed_back",
    "case.released",
    "case.lease_expired",
    "case.waiting_for_buyer",
    "case.waiting_for_third_party",
    "case.snoozed",
    "case.solved",
    "case.merged",
    "case.cancelled",
    "case.contact_recorded",
    "reply.sent",
    "survey.answered",
];

/// The words of those that tell about presences.
pub const PRESENCE_WORDS: &[&str] = &["agent.available", "agent.away", "agent.offline"];

/// Whose span it is: at most one of a key is open at a time.
type Key = (ShopId, SpanKind, String);

/// What a log makes.
#[derive(Debug, Default)]
pub struct Log {
    open: BTreeMap<Key, AgentSpan>,
    over: Vec<AgentSpan>,
    marks: Vec<Mark>,
    /// Ends of spans that began before this log.
    ends: BTreeMap<Key, Time>,
    begun: BTreeSet<Key>,
}

/// What a log made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Spans that began in it.
    pub spans: Vec<AgentSpan>,
    /// The end of what was open before it, if anything was, by shop, kind and subject.
    pub ends: Vec<(ShopId, SpanKind, String, Time)>,
    /// Marks.
    pub marks: Vec<Mark>,
}

impl Log {
    /// Takes the next entry in.
    pub fn take(&mut self, entry: &Entry<'_>) {
        match entry.event {
            Event::AgentAvailable { agent, .. } => {
                self.tell(entry, agent, Some(SpanKind::Present), entry.recorded_at);
            }
            Event::AgentAway { agent, .. } => {
                self.tell(entry, agent, Some(SpanKind::Away), entry.recorded_at);
            }
            Event::AgentOffline { agent, ended_at, .. } => {
                self.tell(entry, agent, None, ended_at.unwrap_or(entry.recorded_at));
            }
            _ => {
                if let Some(case) = entry.case {
                    self.hold(entry, case);
                    self.mark(entry, case);
                }
            }
        }
    }

    /// What it made, spans in the order of their keys.
    #[must_use]
    pub fn made(self) -> Made {
        let mut spans = self.over;
        spans.extend(self.open.into_values());
        spans.sort_by(|a, b| (a.kind, &a.subject, a.number).cmp(&(b.kind, &b.subject, b.number)));
        let ends = self.ends.into_iter().map(|((shop, kind, subject), at)| (shop, kind, subject, at));
        Made { spans, ends: ends.collect(), marks: self.marks }
    }

    /// An agent is there, away, or gone.
    fn tell(&mut self, entry: &Entry<'_>, agent: &AgentId, now: Option<SpanKind>, ended: Time) {
        for kind in [SpanKind::Present, SpanKind::Away] {
            self.stop((entry.shop.clone(), kind, agent.to_string()), ended);
        }
        if let Some(kind) = now {
            let key = (entry.shop.clone(), kind, agent.to_string());
            let at = entry.recorded_at;
            self.start(key, (at.micros(), agent, at));
        }
    }

    fn hold(&mut self, entry: &Entry<'_>, case: CaseId) {
        let key = || (entry.shop.clone(), SpanKind::Holding, case.to_string());
        match entry.event {
            // Nobody gets a case that is held, unless it is assigned.
            Event::CaseClaimed { agent, fence } | Event::CaseHandedBack { agent, fence } => {
                self.start(key(), (*fence, agent, entry.recorded_at));
            }
            Event::CaseAssigned { agent, fence } => {
                self.stop(key(), entry.recorded_at);
                self.start(key(), (*fence, agent, entry.recorded_at));
            }
            Event::LeaseExpired { ended_at, .. } => self.stop(key(), ended_at.unwrap_or(entry.recorded_at)),
            Event::CaseReleased { .. }
            | Event::WaitingForBuyer { .. }
            | Event::WaitingForThirdParty { .. }
            | Event::CaseSnoozed { .. }
            | Event::CaseSolved { .. }
            | Event::CaseMerged { .. }
            | Event::CaseCancelled { .. } => self.stop(key(), entry.recorded_at),
            _ => {}
        }
    }

    fn mark(&mut self, entry: &Entry<'_>, case: CaseId) {
        let (kind, agent, at) = match entry.event {
            // Who reads it back later says when the channel had it.
            Event::ReplySent { agent, sent_at, .. } => (MarkKind::Reply, Some(agent.clone()), *sent_at),
            Event::ContactRecorded { agent, reached: true, .. } => {
                (MarkKind::Contact, Some(agent.clone()), entry.at)
            }
            Event::CaseSolved { .. } => (MarkKind::Solved, person(entry.actor), entry.at),
            Event::LeaseExpired { agent, .. } => (MarkKind::Abandoned, Some(agent.clone()), entry.at),
            Event::SurveyAnswered { asked, .. } if asked == SurveyKind::Csat.as_str() => {
                (MarkKind::Judged, None, entry.at)
            }
            _ => return,
        };
        let (value, solution) = match entry.event {
            Event::SurveyAnswered { score, solution, .. } => (i64::from(*score), *solution),
            _ => (0, None),
        };
        let (shop, event, at) = (entry.shop.clone(), entry.id, at.min(entry.recorded_at));
        self.marks.push(Mark { shop, event, kind, agent, case, at, value, solution });
    }

    fn start(&mut self, key: Key, (number, agent, at): (i64, &AgentId, Time)) {
        let (shop, kind, subject) = key.clone();
        // Of two that would have the same number the first took no time.
        self.over.retain(|one| (one.kind, &one.subject, one.number) != (kind, &subject, number));
        self.begun.insert(key.clone());
        let agent = agent.clone();
        let span = AgentSpan { shop, kind, subject, number, agent, started_at: at, ended_at: None };
        self.over.extend(self.open.insert(key, span));
    }

    fn stop(&mut self, key: Key, at: Time) {
        if let Some(mut span) = self.open.remove(&key) {
            span.ended_at = Some(at.max(span.started_at));
            self.over.push(span);
        } else if !self.begun.contains(&key) {
            self.ends.entry(key).or_insert(at);
        }
    }
}

/// The agent who made something happen; none if it was a timer or a caller.
fn person(actor: &Actor) -> Option<AgentId> {
    (actor.kind == ActorKind::Agent).then(|| AgentId::new(&actor.name).ok()).flatten()
}
