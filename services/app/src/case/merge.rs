//! Making one case of two.

use amends_domain::case::{Case, Handling, Refused, State, Verb};
use amends_domain::event::Event;
use amends_domain::{CaseId, ShopId};
use amends_store::link;
use amends_store::{StoreError, case, reply, review};

use super::desk::{check_right, check_text, set_deadlines};
use super::solve::remedy_in_flight;
use super::summary::{CaseSummary, summary};
use super::{DESK, MERGE_TARGET_ENDED, NOTE_CHARS_MAX, Target, stamp_first_action, tell};
use crate::error::{AppError, Result};
use crate::reply::recall;
use crate::restate;
use crate::runner::Command;
use crate::work::Work;

/// Merges a case into another open one of the same buyer.
#[derive(Debug, Clone)]
pub struct MergeCase {
    /// Which case ends, under which hold; a supervisor without one gives fence 0.
    pub target: Target,
    /// The case that stays.
    pub into: CaseId,
    /// The version of that case the caller saw.
    pub into_version: i64,
    /// A note for colleagues; may be empty.
    pub note: String,
}

/// Two cases that became one.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The case that ended.
    pub case: CaseSummary,
    /// The case that stays.
    pub into: CaseSummary,
}

impl Command for MergeCase {
    type Output = Merged;

    const NAME: &'static str = "MergeCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Merged> {
        work.call.principal.require(DESK)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        if self.into == self.target.case {
            return Err(AppError::field("into", "must be another case"));
        }
        let (before, into) = self.open_both(work).await?;
        let after = self.end(work, &before, &into).await?;
        let mut heir = into.clone();
        heir.inherit(&before);
        heir.version += 1;
        work.tx.send(case::update(&[(after.clone(), before.version), (heir.clone(), into.version)])).await?;
        set_deadlines(work, Some(&before), &after).await?;
        set_deadlines(work, Some(&into), &heir).await?;
        recall(work, [(&before, &after)], &[]).await?;
        move_facts(work, &before, heir.id).await?;
        if let Some(acted) = heir.first_human_action_at {
            stamp_first_action(work, &heir, acted).await?;
        }
        restate::about_anew(work, &heir).await?;
        tell(work, &after, Event::CaseMerged { into: heir.id }, &self.note).await?;
        tell(work, &heir, Event::CaseAbsorbed { from: after.id }, &self.note).await?;
        if heir.priority != into.priority {
            let event = Event::CasePriorityChanged { from: into.priority, to: heir.priority };
            tell(work, &heir, event, "").await?;
        }
        let (case, into) = (summary(&work.tx, after).await?, summary(&work.tx, heir).await?);
        Ok(Merged { case, into })
    }
}

impl MergeCase {
    /// Both cases under both locks, taken in one go and in one order for everyone.
    async fn open_both(&self, work: &Work) -> Result<(Case, Case)> {
        let shop = &self.target.shop;
        let (a, b) = (self.read(work, self.target.case).await?, self.read(work, self.into).await?);
        let (anchor_a, anchor_b) = (a.subject.anchor(), b.subject.anchor());
        work.lock([(shop, &anchor_a), (shop, &anchor_b)]).await?;
        let (a, b) = (self.read(work, self.target.case).await?, self.read(work, self.into).await?);
        if (a.subject.anchor(), b.subject.anchor()) != (anchor_a, anchor_b) {
            return Err(StoreError::Contended("a case moved to another subject".to_owned()).into());
        }
        Ok((a, b))
    }

    async fn read(&self, work: &Work, id: CaseId) -> Result<Case> {
        let case = case::get(&work.tx, &self.target.shop, &id).await?;
        case.ok_or_else(|| AppError::not_found("case", id))
    }

    async fn end(&self, work: &Work, before: &Case, into: &Case) -> Result<Case> {
        let same_buyer = (before.buyer.is_some() && before.buyer == into.buyer)
            || before.subject.anchor() == into.subject.anchor();
        let verb = Verb::Merge { into: into.id, same_buyer, version: Some(self.target.version) };
        let after = before.clone().apply(verb, work.now)?;
        check_right(work, before, &self.target)?;
        if let Handling::Merged { into, .. } = into.handling {
            return Err(Refused::Merged { into }.into());
        }
        if !into.is_open() || into.handling.state() == State::Solved {
            return Err(AppError::Precondition(MERGE_TARGET_ENDED));
        }
        if into.version != self.into_version {
            return Err(AppError::EtagStale { seen: self.into_version, current: into.version });
        }
        // Who is about to fulfil a promise has the case it was made in open; what ended moves along, because
        // what was promised, declined and fulfilled binds whatever is offered or asked from now on.
        if remedy_in_flight(&work.tx, before).await? {
            return Err(Refused::RemedyInFlight.into());
        }
        Ok(after)
    }
}

/// What was said moves along, so that whoever solves the one case has solved the other's reviews too.
async fn move_facts(work: &Work, from: &Case, into: CaseId) -> Result<()> {
    let mut reviews = restate::reviews_held(work, from).await?;
    reviews.iter_mut().for_each(|row| row.case = Some(into));
    review::put(&reviews).run(&work.tx).await?;
    // However many there are. What is said from now on is led there by `ingest/redirect.rs`.
    let [remedies, messages] = case::absorb(&[(from.shop.clone(), from.id, into)]);
    let merged = [(from.shop.clone(), from.id, into)];
    work.tx.send([remedies, messages, reply::absorb(&merged)]).await?;
    Ok(work.tx.send(link::absorb(&merged)).await?)
}
