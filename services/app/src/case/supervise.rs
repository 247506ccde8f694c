//! Raising a case to a supervisor, and taking one out.

use amends_domain::ShopId;
use amends_domain::case::Verb;
use amends_domain::event::Event;

use super::desk::{check_right, check_text};
use super::solve::remedy_in_flight;
use super::summary::{CaseSummary, summary};
use super::{DESK, NOTE_CHARS_MAX, SUPERVISION, Target, keep, open, tell};
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// Raises a case by one level.
#[derive(Debug, Clone)]
pub struct EscalateCase {
    /// Which case, under which hold; a supervisor without one gives fence 0.
    pub target: Target,
    /// Why.
    pub why: String,
}

/// Takes a case out that should not have been opened.
#[derive(Debug, Clone)]
pub struct CancelCase {
    /// Which case, under which hold; a supervisor without one gives fence 0.
    pub target: Target,
    /// Why.
    pub note: String,
}

impl Command for EscalateCase {
    type Output = CaseSummary;

    const NAME: &'static str = "EscalateCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        check_text("escalation_reason", &self.why, NOTE_CHARS_MAX, true)?;
        let before = open(work, &self.target.shop, self.target.case).await?;
        let verb = Verb::Escalate { version: Some(self.target.version) };
        let after = before.clone().apply(verb, work.now)?;
        check_right(work, &before, &self.target)?;
        keep(work, &before, &after).await?;
        // The words are a note; the event says only that a person asked.
        let event = Event::CaseEscalated { level: after.level, reason: "AGENT".to_owned() };
        tell(work, &after, event, &self.why).await?;
        summary(&work.tx, after).await
    }
}

impl Command for CancelCase {
    type Output = CaseSummary;

    const NAME: &'static str = "CancelCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(SUPERVISION)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, true)?;
        let before = open(work, &self.target.shop, self.target.case).await?;
        let remedy_in_flight = remedy_in_flight(&work.tx, &before).await?;
        let verb = Verb::Cancel { version: self.target.version, remedy_in_flight };
        let after = before.clone().apply(verb, work.now)?;
        check_right(work, &before, &self.target)?;
        keep(work, &before, &after).await?;
        let event = Event::CaseCancelled { reason: "SUPERVISOR".to_owned() };
        tell(work, &after, event, &self.note).await?;
        summary(&work.tx, after).await
    }
}
