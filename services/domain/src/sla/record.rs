//! From the timeline of a case to its clocks: what each entry means to them, and when.
//!
//! The service hears entries as it writes them; whoever recomputes hears the same
//! entries as they were written. Both go through here, so both get the same rows.

use super::{About, Calendar, Clocks, Due, Happening, Log, Moment, Policies, Standing};
use crate::Time;
use crate::event::Event;
use crate::shop::Channel;

/// One entry of a timeline.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What happened.
    pub event: &'a Event,
    /// When, as it is told.
    pub occurred_at: Time,
    /// When it was written.
    pub recorded_at: Time,
}

impl Entry<'_> {
    /// When it counts as having happened.
    ///
    /// A case can be served from when it exists, whatever the age of the signal
    /// that opened it; and what a caller says lies ahead of our clock is now.
    pub(crate) fn at(&self) -> Time {
        match self.event {
            Event::CaseOpened { .. } => self.recorded_at,
            _ => self.occurred_at.min(self.recorded_at),
        }
    }

    /// What is told in it about a clock, when that was due.
    const fn told(&self) -> Option<Time> {
        match self.event {
            Event::SlaWarned { due_at, .. } | Event::SlaBreached { due_at, .. } => Some(*due_at),
            _ => None,
        }
    }
}

/// Whether an event can mean anything to a clock: such as these are all it takes to recompute.
#[must_use]
pub fn matters(event: &Event) -> bool {
    WORDS.contains(&event.word())
}

/// The words of the events that matter to clocks, besides what is told about them.
pub const WORDS: &[&str] = &[
    "case.opened",
    "message.seen",
    "case.contact_recorded",
    "reply.sent",
    "case.work_started",
    "case.waiting_for_buyer",
    "case.waiting_for_third_party",
    "case.snoozed",
    "case.woken",
    "case.released",
    "case.lease_expired",
    "case.handed_back",
    "case.assigned",
    "remedy.accepted",
    "case.solved",
    "case.reopened",
    "case.closed",
    "case.merged",
    "case.cancelled",
    "case.priority_changed",
];

/// The words of what is told about clocks.
pub const TOLD: &[&str] = &["sla.warned", "sla.breached"];

/// What an event means to the clocks of a case that stands there; none if nothing.
#[must_use]
pub fn happening(event: &Event, standing: Standing) -> Option<Happening> {
    use crate::signal::{Author, Direction};
    Some(match event {
        Event::CaseOpened { waiting_since, .. } => Happening::Opened { buyer_waits: waiting_since.is_some() },
        Event::MessageSeen { direction, author, .. } => match (direction, author) {
            (Direction::FromBuyer, _) => Happening::BuyerMessage,
            (Direction::ToBuyer, Author::Bot) => Happening::AutomaticReply,
            (Direction::ToBuyer, Author::Human | Author::QuickReply) => Happening::HumanReply,
        },
        // Whoever wrote it is a person; what the channel echoes of it says the same once more.
        Event::ReplySent { .. } => Happening::HumanReply,
        // An attempt that did not reach the buyer answers nothing.
        Event::ContactRecorded { reached, .. } => return reached.then_some(Happening::HumanReply),
        Event::WorkStarted { .. } => Happening::WorkStarted,
        Event::WaitingForBuyer { .. } => Happening::WaitingForBuyer,
        Event::WaitingForThirdParty { .. } => Happening::WaitingForThirdParty,
        Event::CaseSnoozed { .. } => Happening::Snoozed,
        // The same word tells that a pause is over and that a solved case came back.
        Event::CaseWoken { .. } if standing == Standing::Solved => Happening::Reopened,
        Event::CaseWoken { .. } => Happening::Resumed,
        // Whoever was given it has not begun yet, and nothing of it waits for somebody else any more.
        Event::CaseReleased { .. } | Event::LeaseExpired { .. } | Event::CaseAssigned { .. } => {
            Happening::Queued
        }
        // The agent is at work again, without anything they would have to do first.
        Event::CaseHandedBack { .. } => Happening::WorkStarted,
        Event::RemedyAccepted { .. } => Happening::RemedyAccepted,
        Event::CaseSolved { .. } => Happening::Solved,
        Event::CaseReopened { .. } => Happening::Reopened,
        Event::CaseClosed { .. } | Event::CaseMerged { .. } | Event::CaseCancelled { .. } => Happening::Ended,
        Event::CasePriorityChanged { to, .. } => Happening::PriorityChanged(*to),
        _ => return None,
    })
}

/// What a case was when it was opened, by its timeline; none if that does not tell of an opening.
///
/// Cases older than this part of the log do not say how urgent they were: those
/// were as urgent as before their first change, or as they are now.
#[must_use]
pub fn about<'a>(channel: &Channel, entries: impl IntoIterator<Item = Entry<'a>>, now: u8) -> Option<About> {
    let mut about: Option<About> = None;
    let mut known = false;
    for entry in entries {
        match entry.event {
            Event::CaseOpened { kind, priority, .. } => {
                known = priority.is_some();
                let priority = priority.unwrap_or(now);
                about.get_or_insert(About { kind: *kind, channel: channel.clone(), priority });
            }
            Event::CasePriorityChanged { from, .. } if !known => {
                known = true;
                about.as_mut().into_iter().for_each(|about| about.priority = *from);
            }
            _ => {}
        }
    }
    about
}

impl Clocks {
    /// Takes in the next entry of the timeline; answers what came due before it and was not told yet.
    pub fn hear(&mut self, entry: Entry<'_>, policies: &Policies, calendar: &Calendar) -> Vec<Due> {
        if let Some(due_at) = entry.told() {
            self.tell(due_at, calendar);
            return Vec::new();
        }
        match happening(entry.event, self.stand.standing) {
            Some(what) => self.step(&Moment { at: entry.at(), what }, policies, calendar),
            None => Vec::new(),
        }
    }

    /// When the nearest promise of a clock that runs falls due, or fell: a broken one stays the most urgent.
    #[must_use]
    pub fn nearest(&self, calendar: &Calendar) -> Option<Time> {
        let running = self.rows.iter().filter(|row| matches!(row.phase, super::Phase::Running { .. }));
        running
            .filter_map(|row| row.breached_at.or_else(|| row.due_at(super::DueKind::Breach, calendar)))
            .min()
    }
}

impl Log {
    /// What a timeline tells, as the clocks of the service heard it: in the order it was
    /// written, nothing before what was known already.
    #[must_use]
    pub fn of<'a>(about: About, entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        let (mut standing, mut last) = (Standing::Unopened, Time::MIN);
        let mut moments = Vec::new();
        for entry in entries {
            if let Some(due_at) = entry.told() {
                last = last.max(due_at);
                continue;
            }
            let Some(what) = happening(entry.event, standing) else { continue };
            last = last.max(entry.at());
            if standing.admits(what.cue()) {
                standing = standing.after(what.cue());
            }
            moments.push(Moment { at: last, what });
        }
        Self { about, moments }
    }
}
