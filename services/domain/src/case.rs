//! A case: everything about one unhappy buyer and one subject.
//!
//! The handling machine stands in [`handling`]; what an agent must hold to
//! write to a case stands in [`hold`].

use std::cmp::Reverse;

use crate::code::codes;
use crate::detection::{Flag, Reason};
use crate::remedy::RemedyKind;
use crate::subject::Subject;
use crate::{AgentId, BuyerKey, CaseId, ShopId, Span, Time};

pub mod handling;
pub mod hold;
mod inherit;
mod outcome;
pub mod verb;

pub use handling::{Handling, State};
pub use hold::{Hold, Lease};
pub use verb::{Refused, Verb, VerbKind};

codes! {
    /// What opened a case.
    pub enum CaseKind {
        /// A bad or secretly bad review.
        Review = "REVIEW",
        /// The wish to return, or a request.
        Return = "RETURN",
        /// A parcel that is late, failed or lost.
        Delivery = "DELIVERY",
    }
}

codes! {
    /// How a return case began.
    pub enum Origin {
        /// The wish was voiced.
        Intent = "INTENT",
        /// A request was opened.
        Requested = "REQUESTED",
    }
}

codes! {
    /// How a case was solved.
    pub enum Outcome {
        /// A remedy was fulfilled.
        RemedyFulfilled = "REMEDY_FULFILLED",
        /// Settled in words.
        TalkedThrough = "TALKED_THROUGH",
        /// The return takes its course.
        ReturnProceeds = "RETURN_PROCEEDS",
        /// The buyer never answered.
        NoAnswer = "NO_ANSWER",
        /// Nothing could be done.
        NotRecoverable = "NOT_RECOVERABLE",
        /// No ground for a case.
        NotACase = "NOT_A_CASE",
        /// Something else; the note says what.
        Other = "OTHER",
    }
}

codes! {
    /// The one status a board shows: a pure function of the machines.
    pub enum Status {
        /// Waits for an agent.
        Open = "OPEN",
        /// An agent works on it.
        InProgress = "IN_PROGRESS",
        /// An offer lies with the buyer.
        Offered = "OFFERED",
        /// A promise is being fulfilled.
        Fulfilling = "FULFILLING",
        /// Waits for the buyer, someone else, or a time.
        Waiting = "WAITING",
        /// Solved, can be reopened.
        Solved = "SOLVED",
        /// Over.
        Closed = "CLOSED",
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Who it is.
    pub id: CaseId,
    /// The tenant.
    pub shop: ShopId,
    /// What it is about.
    pub subject: Subject,
    /// What opened it.
    pub kind: CaseKind,
    /// How it began, for a return case.
    pub origin: Option<Origin>,
    /// Where it stands.
    pub handling: Handling,
    /// Rises with every change; the etag.
    pub version: i64,
    /// The number of the latest hold; it only ever rises.
    pub fence: i64,
    /// 0, or how often it was escalated.
    pub level: u8,
    /// 0–100, higher first.
    pub priority: u8,
    /// Why, most likely first.
    pub reasons: Vec<Reason>,
    /// What makes it delicate.
    pub flags: Vec<Flag>,
    /// Whose trouble it is.
    pub buyer: Option<BuyerKey>,
    /// The buyer's language, empty when unknown.
    pub language: String,
    /// When it was opened.
    pub opened_at: Time,
    /// Its place in the queue; kept when an agent gives it back.
    pub queued_at: Time,
    /// The nearest hard deadline.
    pub hard_deadline: Option<Time>,
    /// When the nearest promise of a clock that runs falls due; clocks keep it, no step changes it.
    pub sla_due: Option<Time>,
    /// When a person first did something about it.
    pub first_human_action_at: Option<Time>,
    /// The agent who first did something about it.
    pub first_agent: Option<AgentId>,
    /// The kind of the first remedy that was fulfilled in it.
    pub remedied: Option<RemedyKind>,
    /// Since when the buyer waits for an answer.
    pub waiting_since: Option<Time>,
    /// Who had it before, and should have it again.
    pub preferred_agent: Option<AgentId>,
    /// How often it was reopened.
    pub reopen_count: u32,
    /// How often it was solved.
    pub solutions: u32,
    /// When it was solved last.
    pub solved_at: Option<Time>,
    /// How often an agent let it go.
    pub abandon_count: u32,
    /// The closed case this one follows.
    pub follow_up_of: Option<CaseId>,
}

/// What is known when a case opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Who it will be.
    pub id: CaseId,
    /// The tenant.
    pub shop: ShopId,
    /// What it is about.
    pub subject: Subject,
    /// What opened it.
    pub kind: CaseKind,
    /// How it began, for a return case.
    pub origin: Option<Origin>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What makes it delicate.
    pub flags: Vec<Flag>,
    /// Whose trouble it is.
    pub buyer: Option<BuyerKey>,
    /// The buyer's language, empty when unknown.
    pub language: String,
    /// 1–5 when a review opened it.
    pub stars: Option<u8>,
    /// The nearest hard deadline.
    pub hard_deadline: Option<Time>,
    /// Since when the buyer waits for an answer.
    pub waiting_since: Option<Time>,
    /// The closed case this one follows.
    pub follow_up_of: Option<CaseId>,
}

impl Case {
    /// Opens a case: queued, at the first version.
    #[must_use]
    pub fn open(opening: Opening, now: Time) -> Self {
        Self {
            priority: priority(&opening.reasons, &opening.flags, opening.stars),
            id: opening.id,
            shop: opening.shop,
            subject: opening.subject,
            kind: opening.kind,
            origin: opening.origin,
            handling: Handling::Queued,
            version: 1,
            fence: 0,
            level: u8::from(is_escalated_at_once(&opening.reasons, &opening.flags)),
            reasons: opening.reasons,
            flags: opening.flags,
            buyer: opening.buyer,
            language: opening.language,
            opened_at: now,
            queued_at: now,
            hard_deadline: opening.hard_deadline,
            sla_due: None,
            first_human_action_at: None,
            first_agent: None,
            remedied: None,
            waiting_since: opening.waiting_since,
            preferred_agent: None,
            reopen_count: 0,
            solutions: 0,
            solved_at: None,
            abandon_count: 0,
            follow_up_of: opening.follow_up_of,
        }
    }

    /// Whether another signal on its subject joins it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.handling.state().is_open()
    }

    /// The reason that remedies answer: a fake before all others, because it is never negotiated, else the
    /// most likely one.
    #[must_use]
    pub fn leading_reason(&self) -> Reason {
        if self.reasons.contains(&Reason::Counterfeit) {
            return Reason::Counterfeit;
        }
        self.reasons.first().copied().unwrap_or(Reason::Other)
    }

    /// Learns from another signal; says whether anything changed.
    pub fn learn(&mut self, reasons: &[Reason], flags: &[Flag], hard_deadline: Option<Time>) -> bool {
        if !self.is_open() {
            return false;
        }
        // The reasons themselves and not their number: a first real reason takes the place of OTHER.
        let before = (self.reasons.clone(), self.flags.len(), self.hard_deadline, self.priority, self.level);
        for reason in reasons.iter().filter(|r| **r != Reason::Other) {
            if !self.reasons.contains(reason) {
                self.reasons.push(*reason);
            }
        }
        if self.reasons.len() > 1 {
            self.reasons.retain(|r| *r != Reason::Other);
        }
        for flag in flags {
            if !self.flags.contains(flag) {
                self.flags.push(*flag);
            }
        }
        self.hard_deadline = match (self.hard_deadline, hard_deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.priority = self.priority.max(priority(&self.reasons, &self.flags, None));
        if is_escalated_at_once(&self.reasons, &self.flags) {
            self.level = self.level.max(1);
        }
        before != (self.reasons.clone(), self.flags.len(), self.hard_deadline, self.priority, self.level)
    }

    /// The nearest of all deadlines: what the queue goes by.
    #[must_use]
    pub fn nearest_deadline(&self) -> Option<Time> {
        [self.hard_deadline, self.sla_due].into_iter().flatten().min()
    }

    /// By when the queue wants it taken: at its nearest deadline, or when it has waited long enough.
    ///
    /// Never before it came: what comes to the queue after the patience of another has ended
    /// stands behind it, however urgent, so that no case waits for ever.
    #[must_use]
    pub fn take_by(&self) -> Time {
        let patience_ends_at = self.patience_ends_at();
        self.nearest_deadline().map_or(patience_ends_at, |at| at.clamp(self.queued_at, patience_ends_at))
    }

    /// Its place in the queue, smallest first: what wants to be taken first, then the highest
    /// priority, then the oldest.
    #[must_use]
    pub fn place_in_queue(&self) -> impl Ord + use<> {
        (self.take_by(), Reverse(self.priority), self.queued_at, self.id)
    }

    /// When it has waited long enough.
    #[must_use]
    pub fn patience_ends_at(&self) -> Time {
        self.queued_at + patience(self.priority)
    }

    /// A person answered the buyer in the channel; says whether anything changed.
    ///
    /// What the agent did already must not make their etag stale, so the version
    /// rises only with what changes.
    pub fn answered(&mut self, at: Time) -> bool {
        let before = (self.first_human_action_at, self.waiting_since);
        // Nobody acts in a case before it is opened.
        let acted = at.max(self.opened_at);
        self.first_human_action_at = Some(self.first_human_action_at.map_or(acted, |first| first.min(acted)));
        self.waiting_since = self.waiting_since.filter(|since| *since > at);
        let changed = before != (self.first_human_action_at, self.waiting_since);
        if changed {
            self.version += 1;
        }
        changed
    }

    /// The status for the board.
    #[must_use]
    pub const fn status(&self, offered: bool, promised: bool) -> Status {
        match self.handling.state() {
            State::Solved => Status::Solved,
            State::Closed | State::Merged | State::Cancelled => Status::Closed,
            _ if promised => Status::Fulfilling,
            _ if offered => Status::Offered,
            State::Queued => Status::Open,
            State::Claimed | State::Working => Status::InProgress,
            State::WaitingBuyer | State::WaitingThirdParty | State::Snoozed => Status::Waiting,
        }
    }
}

/// A danger to health or a fake is a supervisor's case, whichever signal told it first.
fn is_escalated_at_once(reasons: &[Reason], flags: &[Flag]) -> bool {
    flags.contains(&Flag::Safety) || reasons.contains(&Reason::Counterfeit)
}

/// How long a case of a priority may wait in the queue before its age counts like a deadline:
/// a week at 0, a day at 100, evenly between.
#[must_use]
pub const fn patience(priority: u8) -> Span {
    let share = if priority < 100 { priority as i64 } else { 100 };
    Span::from_secs(7 * 86_400 - share * 6 * 864)
}

/// How much it matters: what went wrong first, the stars as the finer measure.
#[must_use]
pub fn priority(reasons: &[Reason], flags: &[Flag], stars: Option<u8>) -> u8 {
    let impact = |reason: &Reason| match reason {
        Reason::Counterfeit => 70,
        Reason::NotReceived => 60,
        Reason::WrongItem | Reason::MissingPart | Reason::Damaged | Reason::Defective => 50,
        Reason::NotAsDescribed | Reason::WrongSize | Reason::Late => 40,
        Reason::Quality | Reason::Service => 30,
        Reason::Price | Reason::ChangedMind | Reason::Other => 20,
    };
    if flags.contains(&Flag::Safety) {
        return 100;
    }
    let delicate = if flags.contains(&Flag::Legal) { 15 } else { 0 };
    let missing_stars = stars.map_or(0, |s| 5_u8.saturating_sub(s) * 2);
    reasons.iter().map(impact).max().unwrap_or(20) + delicate + missing_stars
}
