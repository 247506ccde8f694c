//! Waiting and putting off: the agent's clock pauses.

use amends_domain::case::{Handling, Verb};
use amends_domain::event::Event;
use amends_domain::{ShopId, Time};

use super::desk::check_text;
use super::summary::{CaseSummary, summary};
use super::{AFTER_HARD_DEADLINE, DESK, NOTE_CHARS_MAX, PAUSE_MAX, Target, keep, open, tell};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitFor {
    /// The buyer's.
    Buyer,
    /// A carrier's, a supplier's or the channel's.
    ThirdParty,
}

/// Marks that it is somebody else's turn.
#[derive(Debug, Clone)]
pub struct WaitCase {
    /// Which case, under which hold.
    pub target: Target,
    /// Whose turn it is.
    pub wait_for: WaitFor,
    /// When it comes back at the latest; none takes the shop's policy.
    pub until: Option<Time>,
    /// A note for colleagues; may be empty.
    pub note: String,
}

/// Puts a case off until a time.
#[derive(Debug, Clone)]
pub struct SnoozeCase {
    /// Which case, under which hold.
    pub target: Target,
    /// When it comes back.
    pub until: Time,
    /// A note for colleagues; may be empty.
    pub note: String,
}

impl Command for WaitCase {
    type Output = CaseSummary;

    const NAME: &'static str = "WaitCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        let info = work.app.shops().get(&work.tx, &self.target.shop, work.now).await?;
        let until = self.until.unwrap_or(work.now + info.policy.give_up_after);
        let hold = self.target.hold(&work.call.principal.name);
        let verb = match self.wait_for {
            WaitFor::Buyer => Verb::WaitBuyer { hold, give_up_at: until },
            WaitFor::ThirdParty => Verb::WaitThirdParty { hold, until },
        };
        pause(work, &self.target, verb, until, &self.note).await
    }
}

impl Command for SnoozeCase {
    type Output = CaseSummary;

    const NAME: &'static str = "SnoozeCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        let hold = self.target.hold(&work.call.principal.name);
        let verb = Verb::Snooze { hold, until: self.until };
        pause(work, &self.target, verb, self.until, &self.note).await
    }
}

async fn pause(work: &mut Work, target: &Target, verb: Verb, until: Time, note: &str) -> Result<CaseSummary> {
    check_text("note", note, NOTE_CHARS_MAX, false)?;
    if until > work.now + PAUSE_MAX {
        return Err(AppError::field("until_time", "must be at most 60 days ahead"));
    }
    let before = open(work, &target.shop, target.case).await?;
    let after = before.clone().apply(verb, work.now)?;
    let agent = work.call.principal.name.clone();
    let event = match after.handling {
        Handling::WaitingBuyer { give_up_at, .. } => Event::WaitingForBuyer { agent, give_up_at },
        Handling::WaitingThirdParty { until, .. } => Event::WaitingForThirdParty { agent, until },
        // Who sleeps past a deadline that cannot be moved has missed it.
        _ if before.hard_deadline.is_some_and(|hard| until > hard) => {
            return Err(AppError::Precondition(AFTER_HARD_DEADLINE));
        }
        _ => Event::CaseSnoozed { agent, until },
    };
    keep(work, &before, &after).await?;
    tell(work, &after, event, note).await?;
    summary(&work.tx, after).await
}
