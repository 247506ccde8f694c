//! Notes for colleagues.

use amends_domain::case::{Case, Handling, Refused, Verb, VerbKind};
use amends_domain::event::Event;
use amends_domain::{EventId, ShopId};

use super::desk::{check_text, tell_as};
use super::summary::{CaseSummary, summary};
use super::{DESK, SUPERVISION, TEXT_CHARS_MAX, Target, keep, open};
use crate::buyer::{ERASED, is_erased};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Writes a note on a case.
#[derive(Debug, Clone)]
pub struct AddNote {
    /// Which case, under which hold; a supervisor without one gives fence 0.
    pub target: Target,
    /// The note.
    pub text: String,
}

impl Command for AddNote {
    type Output = CaseSummary;

    const NAME: &'static str = "AddNote";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        check_text("text", &self.text, TEXT_CHARS_MAX, true)?;
        let agent = work.call.principal.name.clone();
        let before = open(work, &self.target.shop, self.target.case).await?;
        if is_erased(&work.tx, &before).await? {
            return Err(AppError::Precondition(ERASED));
        }
        let after = if self.target.fence == 0 {
            work.call.principal.require(SUPERVISION)?;
            unheld(&before, self.target.version)?
        } else {
            before.clone().apply(Verb::Note { hold: self.target.hold(&agent) }, work.now)?
        };
        keep(work, &before, &after).await?;
        let id = EventId::from_bits(work.id());
        let event = Event::NoteAdded { agent, text_id: id.to_string() };
        tell_as(work, &after, id, event, &self.text).await?;
        summary(&work.tx, after).await
    }
}

/// A supervisor's note needs no hold; it is a write all the same, so a case
/// that is over or merged takes none, and whoever holds it sees it changed.
pub(super) fn unheld(before: &Case, seen: i64) -> Result<Case> {
    let current = before.version;
    if let Handling::Merged { into, .. } = before.handling {
        return Err(Refused::Merged { into }.into());
    }
    if !before.is_open() {
        return Err(Refused::NoArrow { from: before.handling.state(), verb: VerbKind::Note }.into());
    }
    if seen != current {
        return Err(Refused::VersionStale { seen, current }.into());
    }
    Ok(Case { version: current + 1, ..before.clone() })
}
