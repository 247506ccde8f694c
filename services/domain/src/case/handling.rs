//! The handling machine: its states, its arrows as data, and one step.

use crate::case::hold::Lease;
use crate::case::verb::{Refused, Verb, VerbKind};
use crate::case::{Case, Outcome};
use crate::code::codes;
use crate::{AgentId, CaseId, Time};

codes! {
    /// Where a case stands, without the facts of the state.
    pub enum State {
        /// Waits in the queue.
        Queued = "QUEUED",
        /// An agent has it and has not acted yet.
        Claimed = "CLAIMED",
        /// An agent works on it.
        Working = "WORKING",
        /// Waits for the buyer.
        WaitingBuyer = "WAITING_BUYER",
        /// Waits for someone else.
        WaitingThirdParty = "WAITING_THIRD_PARTY",
        /// Waits for a time.
        Snoozed = "SNOOZED",
        /// Solved; can be reopened until it closes.
        Solved = "SOLVED",
        /// Over; nothing changes it any more.
        Closed = "CLOSED",
        /// Became part of another case.
        Merged = "MERGED",
        /// Was no case after all.
        Cancelled = "CANCELLED",
    }
}

impl State {
    /// Whether signals on the subject join a case in this state.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Merged | Self::Cancelled)
    }
}

/// Where a case stands, with the facts of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handling {
    /// Waits in the queue.
    Queued,
    /// An agent has it and has not acted yet.
    Claimed(Lease),
    /// An agent works on it.
    Working(Lease),
    /// Waits for the buyer.
    WaitingBuyer {
        /// Whose case it stays.
        owner: AgentId,
        /// When silence counts as an answer.
        give_up_at: Time,
    },
    /// Waits for someone else.
    WaitingThirdParty {
        /// Whose case it stays.
        owner: AgentId,
        /// When to look again.
        until: Time,
    },
    /// Waits for a time.
    Snoozed {
        /// Whose case it stays.
        owner: AgentId,
        /// When it comes back.
        until: Time,
    },
    /// Solved.
    Solved {
        /// How.
        outcome: Outcome,
        /// When.
        at: Time,
        /// When it closes for good.
        close_at: Time,
    },
    /// Over.
    Closed {
        /// How it was solved.
        outcome: Outcome,
        /// When it closed.
        at: Time,
    },
    /// Became part of another case.
    Merged {
        /// Which.
        into: CaseId,
        /// When.
        at: Time,
    },
    /// Was no case after all.
    Cancelled {
        /// When.
        at: Time,
    },
}

impl Handling {
    /// The state without its facts.
    #[must_use]
    pub const fn state(&self) -> State {
        match self {
            Self::Queued => State::Queued,
            Self::Claimed(_) => State::Claimed,
            Self::Working(_) => State::Working,
            Self::WaitingBuyer { .. } => State::WaitingBuyer,
            Self::WaitingThirdParty { .. } => State::WaitingThirdParty,
            Self::Snoozed { .. } => State::Snoozed,
            Self::Solved { .. } => State::Solved,
            Self::Closed { .. } => State::Closed,
            Self::Merged { .. } => State::Merged,
            Self::Cancelled { .. } => State::Cancelled,
        }
    }

    /// The lease, where an agent has one.
    #[must_use]
    pub const fn lease(&self) -> Option<&Lease> {
        match self {
            Self::Claimed(lease) | Self::Working(lease) => Some(lease),
            _ => None,
        }
    }

    /// Whose case it is, leased or parked.
    #[must_use]
    pub const fn owner(&self) -> Option<&AgentId> {
        match self {
            Self::Claimed(lease) | Self::Working(lease) => Some(&lease.agent),
            Self::WaitingBuyer { owner, .. }
            | Self::WaitingThirdParty { owner, .. }
            | Self::Snoozed { owner, .. } => Some(owner),
            _ => None,
        }
    }
}

/// Every arrow there is: (from, verb, to). What stands nowhere is illegal.
pub const ARROWS: &[(State, VerbKind, State)] = {
    use State::{
        Cancelled, Claimed, Closed, Merged, Queued, Snoozed, Solved, WaitingBuyer, WaitingThirdParty, Working,
    };
    &[
        (Queued, VerbKind::Claim, Claimed),
        (Claimed, VerbKind::Renew, Claimed),
        (Working, VerbKind::Renew, Working),
        (Claimed, VerbKind::Release, Queued),
        (Working, VerbKind::Release, Queued),
        (WaitingBuyer, VerbKind::Release, Queued),
        (WaitingThirdParty, VerbKind::Release, Queued),
        (Snoozed, VerbKind::Release, Queued),
        (Claimed, VerbKind::LeaseExpired, Queued),
        (Working, VerbKind::LeaseExpired, Queued),
        (Claimed, VerbKind::AgentGone, Queued),
        (Working, VerbKind::AgentGone, Queued),
        // A buyer's message brings a waiting or solved case back to the queue; if the agent who
        // had it is there, it is handed on to them in the same transaction.
        (Queued, VerbKind::HandBack, Working),
        (Queued, VerbKind::Assign, Claimed),
        (Claimed, VerbKind::Assign, Claimed),
        (Working, VerbKind::Assign, Claimed),
        (WaitingBuyer, VerbKind::Assign, Claimed),
        (WaitingThirdParty, VerbKind::Assign, Claimed),
        (Snoozed, VerbKind::Assign, Claimed),
        // The first human action stops the first-response clock; later ones change nothing here.
        (Claimed, VerbKind::Act, Working),
        (Working, VerbKind::Act, Working),
        (WaitingBuyer, VerbKind::Act, WaitingBuyer),
        (WaitingThirdParty, VerbKind::Act, WaitingThirdParty),
        (Snoozed, VerbKind::Act, Snoozed),
        (Claimed, VerbKind::Note, Claimed),
        (Working, VerbKind::Note, Working),
        (WaitingBuyer, VerbKind::Note, WaitingBuyer),
        (WaitingThirdParty, VerbKind::Note, WaitingThirdParty),
        (Snoozed, VerbKind::Note, Snoozed),
        (Working, VerbKind::WaitBuyer, WaitingBuyer),
        (Working, VerbKind::WaitThirdParty, WaitingThirdParty),
        (Working, VerbKind::Snooze, Snoozed),
        (WaitingThirdParty, VerbKind::Wake, Queued),
        (Snoozed, VerbKind::Wake, Queued),
        (Queued, VerbKind::BuyerMessage, Queued),
        (Claimed, VerbKind::BuyerMessage, Claimed),
        (Working, VerbKind::BuyerMessage, Working),
        (WaitingBuyer, VerbKind::BuyerMessage, Queued),
        (WaitingThirdParty, VerbKind::BuyerMessage, Queued),
        (Snoozed, VerbKind::BuyerMessage, Queued),
        (Solved, VerbKind::BuyerMessage, Queued),
        (WaitingBuyer, VerbKind::BuyerSilent, Solved),
        (Working, VerbKind::Solve, Solved),
        (WaitingBuyer, VerbKind::Solve, Solved),
        (WaitingThirdParty, VerbKind::Solve, Solved),
        (Solved, VerbKind::AutoClose, Closed),
        (Solved, VerbKind::Reopen, Queued),
        (Queued, VerbKind::Escalate, Queued),
        (Claimed, VerbKind::Escalate, Claimed),
        (Working, VerbKind::Escalate, Working),
        (WaitingBuyer, VerbKind::Escalate, WaitingBuyer),
        (WaitingThirdParty, VerbKind::Escalate, WaitingThirdParty),
        (Snoozed, VerbKind::Escalate, Snoozed),
        (Solved, VerbKind::Escalate, Solved),
        (Queued, VerbKind::Merge, Merged),
        (Claimed, VerbKind::Merge, Merged),
        (Working, VerbKind::Merge, Merged),
        (WaitingBuyer, VerbKind::Merge, Merged),
        (WaitingThirdParty, VerbKind::Merge, Merged),
        (Snoozed, VerbKind::Merge, Merged),
        (Solved, VerbKind::Merge, Merged),
        (Queued, VerbKind::Cancel, Cancelled),
        (Claimed, VerbKind::Cancel, Cancelled),
        (Working, VerbKind::Cancel, Cancelled),
        (WaitingBuyer, VerbKind::Cancel, Cancelled),
        (WaitingThirdParty, VerbKind::Cancel, Cancelled),
        (Snoozed, VerbKind::Cancel, Cancelled),
    ]
};

/// Where a verb leads from a state, if anywhere.
#[must_use]
pub fn arrow(from: State, verb: VerbKind) -> Option<State> {
    ARROWS.iter().find(|(f, v, _)| *f == from && *v == verb).map(|(_, _, to)| *to)
}

/// An abandoned case goes to a supervisor the third time.
const ABANDONS_BEFORE_ESCALATION: u32 = 3;

impl Case {
    /// Takes one step, or says why not and changes nothing.
    ///
    /// # Errors
    /// When no arrow leads from here, the hold is not good, or the verb's own guard refuses.
    pub fn apply(mut self, verb: Verb, now: Time) -> Result<Self, Refused> {
        let from = self.handling.state();
        let kind = verb.kind();
        // Whoever saw another case than this one is told so, and not what this one allows.
        if from.is_open()
            && let Some(hold) = verb.hold()
        {
            self.check_fence(hold)?;
            self.check_version(&verb)?;
        }
        let Some(to) = arrow(from, kind) else {
            return Err(match self.handling {
                Handling::Merged { into, .. } => Refused::Merged { into },
                _ => Refused::NoArrow { from, verb: kind },
            });
        };
        if let Some(hold) = verb.hold() {
            self.check(hold, now)?;
        }
        self.check_version(&verb)?;
        self.step(verb, now)?;
        debug_assert_eq!(self.handling.state(), to, "{from} on {kind} must lead to {to}");
        self.version += 1;
        Ok(self)
    }

    /// Whether the hold is the living one; the version it names is not looked at.
    ///
    /// # Errors
    /// When someone else had the case since, holds it, or the lease has ended.
    pub fn check(&self, hold: &super::Hold, now: Time) -> Result<(), Refused> {
        self.check_fence(hold)?;
        if self.handling.owner() != Some(&hold.agent) {
            return Err(Refused::NotHolder);
        }
        if self.handling.lease().is_some_and(|lease| lease.expires_at <= now) {
            return Err(Refused::LeaseExpired);
        }
        Ok(())
    }

    fn check_fence(&self, hold: &super::Hold) -> Result<(), Refused> {
        let (seen, current, version) = (hold.fence, self.fence, self.version);
        if seen == current { Ok(()) } else { Err(Refused::FenceStale { seen, current, version }) }
    }

    fn check_version(&self, verb: &Verb) -> Result<(), Refused> {
        match verb.seen_version() {
            Some(seen) if seen != self.version => Err(Refused::VersionStale { seen, current: self.version }),
            _ => Ok(()),
        }
    }

    fn step(&mut self, verb: Verb, now: Time) -> Result<(), Refused> {
        match verb {
            Verb::Claim { lease } | Verb::Assign { lease, .. } => self.hand_to(lease, now)?,
            Verb::Renew { expires_at, .. } => self.renew(expires_at),
            // Who gives a case back is not the one to prefer.
            Verb::Release { .. } => self.handling = Handling::Queued,
            Verb::LeaseExpired => self.expire(now)?,
            Verb::AgentGone { abandoned } => self.let_go(abandoned),
            Verb::HandBack { lease } => self.hand_back(lease, now)?,
            Verb::Act { hold } => self.act(hold.agent, now),
            Verb::Note { .. } => {}
            Verb::WaitBuyer { hold, give_up_at } => {
                // It is the buyer's turn, so the buyer waits for nothing.
                self.waiting_since = None;
                self.handling =
                    Handling::WaitingBuyer { owner: hold.agent, give_up_at: future(give_up_at, now)? };
            }
            Verb::WaitThirdParty { hold, until } => {
                self.handling = Handling::WaitingThirdParty { owner: hold.agent, until: future(until, now)? };
            }
            Verb::Snooze { hold, until } => {
                self.handling = Handling::Snoozed { owner: hold.agent, until: future(until, now)? };
            }
            Verb::Wake => self.requeue(),
            Verb::BuyerMessage { at } => self.hear(at),
            Verb::BuyerSilent { close_at } => self.fall_silent(close_at, now)?,
            Verb::Solve { remedy_in_flight: true, .. } | Verb::Cancel { remedy_in_flight: true, .. } => {
                return Err(Refused::RemedyInFlight);
            }
            Verb::Solve { hold, outcome, close_at, .. } => {
                self.first_agent.get_or_insert(hold.agent);
                self.solve(outcome, close_at, now);
            }
            Verb::AutoClose => self.close(now)?,
            Verb::Reopen { .. } => {
                self.reopen_count += 1;
                self.queued_at = now;
                self.handling = Handling::Queued;
            }
            Verb::Escalate { .. } => self.level = self.level.saturating_add(1),
            Verb::Merge { into, same_buyer, .. } => {
                if into == self.id || !same_buyer {
                    return Err(Refused::NotMergeable);
                }
                self.handling = Handling::Merged { into, at: now };
            }
            Verb::Cancel { .. } => self.handling = Handling::Cancelled { at: now },
        }
        Ok(())
    }

    fn hand_to(&mut self, lease: Lease, now: Time) -> Result<(), Refused> {
        future(lease.expires_at, now)?;
        self.fence += 1;
        self.preferred_agent = None;
        self.handling = Handling::Claimed(lease);
        Ok(())
    }

    /// Back to the agent who is preferred, at work again.
    fn hand_back(&mut self, lease: Lease, now: Time) -> Result<(), Refused> {
        if self.preferred_agent.as_ref() != Some(&lease.agent) {
            return Err(Refused::NotHolder);
        }
        self.hand_to(lease.clone(), now)?;
        self.handling = Handling::Working(lease);
        Ok(())
    }

    fn renew(&mut self, until: Time) {
        if let Handling::Claimed(lease) | Handling::Working(lease) = &mut self.handling {
            // A heartbeat that was under way for long never shortens a lease.
            lease.expires_at = lease.expires_at.max(until);
        }
    }

    /// Back to the queue at the old place, where the former owner finds it first.
    fn requeue(&mut self) {
        self.prefer_owner();
        self.handling = Handling::Queued;
    }

    fn prefer_owner(&mut self) {
        if let Some(owner) = self.handling.owner() {
            self.preferred_agent = Some(owner.clone());
        }
    }

    /// Solved, and nobody waits; who solved it is preferred should it come back.
    fn solve(&mut self, outcome: Outcome, close_at: Time, now: Time) {
        self.prefer_owner();
        self.waiting_since = None;
        self.solutions += 1;
        self.solved_at = Some(now);
        self.handling = Handling::Solved { outcome, at: now, close_at };
    }

    fn expire(&mut self, now: Time) -> Result<(), Refused> {
        if self.handling.lease().is_some_and(|lease| lease.expires_at > now) {
            return Err(Refused::NotDue);
        }
        self.let_go(true);
        Ok(())
    }

    /// Back to the queue at the old place. Who let it lapse or left is not the one to prefer.
    fn let_go(&mut self, abandoned: bool) {
        self.abandon_count += u32::from(abandoned);
        if abandoned && self.abandon_count.is_multiple_of(ABANDONS_BEFORE_ESCALATION) {
            self.level = self.level.saturating_add(1);
        }
        self.handling = Handling::Queued;
    }

    fn act(&mut self, agent: AgentId, now: Time) {
        self.first_agent.get_or_insert(agent);
        self.first_human_action_at = self.first_human_action_at.or(Some(now));
        if let Handling::Claimed(lease) = &self.handling {
            self.handling = Handling::Working(lease.clone());
        }
    }

    fn hear(&mut self, at: Time) {
        self.waiting_since = Some(self.waiting_since.map_or(at, |since| since.min(at)));
        match self.handling.state() {
            State::Queued | State::Claimed | State::Working => {}
            _ => self.requeue(),
        }
    }

    fn fall_silent(&mut self, close_at: Time, now: Time) -> Result<(), Refused> {
        if let Handling::WaitingBuyer { give_up_at, .. } = &self.handling
            && *give_up_at > now
        {
            return Err(Refused::NotDue);
        }
        self.solve(Outcome::NoAnswer, close_at, now);
        Ok(())
    }

    fn close(&mut self, now: Time) -> Result<(), Refused> {
        if let Handling::Solved { outcome, close_at, .. } = self.handling {
            if close_at > now {
                return Err(Refused::NotDue);
            }
            self.handling = Handling::Closed { outcome, at: now };
        }
        Ok(())
    }
}

fn future(at: Time, now: Time) -> Result<Time, Refused> {
    if at > now { Ok(at) } else { Err(Refused::InThePast) }
}
