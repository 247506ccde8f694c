//! Where the messages of a conversation go whose case was merged into another.
//!
//! A merged case accepts no writes. Without this the next message would open a
//! second case for the same trouble, or be heard by nobody.

use amends_domain::case::{Case, Handling};
use amends_domain::subject::Subject;
use amends_domain::{CaseId, ConversationId, ShopId};
use amends_store::{Of, case};

use super::load::Named;
use super::world::{CaseWorld, World};
use crate::error::Result;
use crate::work::Work;

/// How often a case that was merged into was merged itself.
const MERGES_MAX: u32 = 8;

impl World {
    /// What is talked about in a conversation that names no order: itself, or what the
    /// case is about that it became part of, for as long as that case is open.
    pub(super) fn talk(&self, shop: &ShopId, conversation: &ConversationId) -> Subject {
        let subject = Subject::Conversation { conversation: conversation.clone() };
        match self.cases.heir(shop, &subject) {
            Some(heir) if heir.is_open() => heir.subject.clone(),
            _ => subject,
        }
    }
}

impl CaseWorld {
    /// The case that the latest case on a subject became part of, unless one is open there.
    pub(super) fn heir(&self, shop: &ShopId, subject: &Subject) -> Option<&Case> {
        if self.open_on(shop, subject).is_some() {
            return None;
        }
        let mut id = self.ended_on(shop, subject)?;
        for _ in 0..MERGES_MAX {
            let case = self.of_id(shop, id)?;
            match case.handling {
                Handling::Merged { into, .. } => id = into,
                // It ended on its own account.
                _ => return (case.subject != *subject).then_some(case),
            }
        }
        None
    }

    fn of_id(&self, shop: &ShopId, id: CaseId) -> Option<&Case> {
        let place = self.by_id.get(&(shop.clone(), id))?;
        self.get(*place).map(|one| &one.case)
    }
}

/// Finds the cases that those of the named conversations became part of, so that they are
/// locked and loaded with the rest.
pub(super) async fn follow_conversations(work: &Work, named: &mut Named) -> Result<()> {
    if named.conversations.is_empty() {
        return Ok(());
    }
    let anchors: Vec<_> = named.conversations.iter().cloned().collect();
    let cases = case::of_anchors(&anchors).all(&work.tx).await?;
    follow_merged(work, named, &cases).await
}

/// The same from cases that were read: for what was merged since it was looked at.
pub(super) async fn follow_merged(work: &Work, named: &mut Named, cases: &[Case]) -> Result<()> {
    let known: Vec<Of<CaseId>> = cases.iter().map(|case| (case.shop.clone(), case.id)).collect();
    let talked = cases.iter().filter(|case| matches!(case.subject, Subject::Conversation { .. }));
    let mut next: Vec<Of<CaseId>> = talked.filter_map(heir_of).filter(|id| !known.contains(id)).collect();
    for _ in 0..MERGES_MAX {
        if next.is_empty() {
            break;
        }
        let heirs = case::by_ids(&next).all(&work.tx).await?;
        let anchors = heirs.iter().map(|case| (case.shop.clone(), case.subject.anchor()));
        named.anchors.extend(anchors.clone());
        named.held.extend(anchors);
        next = heirs.iter().filter_map(heir_of).collect();
    }
    Ok(())
}

fn heir_of(case: &Case) -> Option<Of<CaseId>> {
    match case.handling {
        Handling::Merged { into, .. } => Some((case.shop.clone(), into)),
        _ => None,
    }
}
