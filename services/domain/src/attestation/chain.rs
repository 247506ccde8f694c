//! From the log to the links.

use std::collections::{HashMap, HashSet};

use super::{Decided, Evidence, Followed, Happened, Link, Step};
use crate::event::Event;
use crate::guardrail::Rule;
use crate::remedy::RemedyKind;
use crate::{CaseId, DecisionId, RemedyId, SuggestionId, Time};

/// The words of all events that are looked at.
pub const WORDS: &[&str] = &[
    "remedy.proposed",
    "remedy.approval_asked",
    "remedy.approved",
    "remedy.offered",
    "remedy.accepted",
    "remedy.declined",
    "remedy.expired",
    "remedy.withdrawn",
    "remedy.fulfilled",
    "remedy.failed",
    "reply.queued",
    "reply.sending",
    "reply.sent",
    "review.ask_sent",
    "review.observed",
    "guardrail.refused",
    "case.absorbed",
];

/// The entries of a case, in the order of the log; those of a case that became part of it stand where
/// it did, so that what was printed before the merge is the beginning of what is printed after it.
pub(super) fn in_order(case: CaseId, events: &[Happened]) -> Vec<&Happened> {
    let mut all: Vec<&Happened> = events.iter().collect();
    all.sort_by_key(|one| one.seq);
    let (mut placed, mut seen) = (Vec::with_capacity(all.len()), HashSet::new());
    place(case, &all, &mut seen, &mut placed);
    placed
}

fn place<'a>(case: CaseId, all: &[&'a Happened], seen: &mut HashSet<CaseId>, placed: &mut Vec<&'a Happened>) {
    if !seen.insert(case) {
        return;
    }
    for one in all.iter().filter(|one| one.case == case) {
        if let Event::CaseAbsorbed { from } = &one.event {
            place(*from, all, seen, placed);
        }
        placed.push(one);
    }
}

/// What was said of a remedy when it was drafted.
#[derive(Clone, Copy)]
struct Drafted {
    kind: RemedyKind,
    suggestion: Option<SuggestionId>,
}

/// An event as a link has it.
struct Told {
    step: Step,
    about: String,
    remedy: Option<RemedyId>,
    decision: Named,
    fulfilled_at: Option<Time>,
    rule: Option<Rule>,
}

/// Whether an event names a decision.
enum Named {
    /// It lets nothing out.
    Never,
    /// It should; an earlier version may have left it out.
    Once(Option<DecisionId>),
}

pub(super) fn links(evidence: &Evidence, events: &[&Happened]) -> Vec<Link> {
    let mut drafted: HashMap<RemedyId, Drafted> = HashMap::new();
    let mut links: Vec<Link> = Vec::new();
    for one in events {
        match &one.event {
            Event::RemedyProposed { remedy, kind, suggestion, .. } => {
                drafted.insert(*remedy, Drafted { kind: *kind, suggestion: *suggestion });
            }
            // One that was drafted before its draft was noted.
            Event::RemedyOffered { remedy, kind, .. } => {
                drafted.entry(*remedy).or_insert(Drafted { kind: *kind, suggestion: None });
            }
            _ => {}
        }
        let Some(told) = told(&one.event) else { continue };
        let draft = told.remedy.and_then(|remedy| drafted.get(&remedy).copied());
        let goes_out = matches!(told.step, Step::ApprovalAsked | Step::Offered);
        let suggestion = draft.and_then(|draft| draft.suggestion).filter(|_| goes_out);
        links.push(Link {
            number: u32::try_from(links.len() + 1).unwrap_or(u32::MAX),
            seq: one.seq,
            step: told.step,
            at: one.at,
            case: one.case,
            about: told.about,
            kind: draft.map(|draft| draft.kind),
            fulfilled_at: told.fulfilled_at,
            rule: told.rule,
            decided: decided(evidence, &told.decision),
            followed: followed(evidence, suggestion),
        });
    }
    links
}

fn decided(evidence: &Evidence, named: &Named) -> Decided {
    let id = match named {
        Named::Never => return Decided::Nothing,
        Named::Once(None) => return Decided::Unnamed,
        Named::Once(Some(id)) => id,
    };
    let found = evidence.decisions.iter().find(|record| record.id == *id);
    found.map_or(Decided::Lost(*id), |record| Decided::By(Box::new(record.clone())))
}

fn followed(evidence: &Evidence, suggestion: Option<SuggestionId>) -> Followed {
    let Some(id) = suggestion else { return Followed::Nothing };
    let found = evidence.suggestions.iter().find(|suggested| suggested.id == id);
    found.map_or(Followed::Lost(id), |suggested| Followed::By(Box::new(suggested.clone())))
}

fn told(event: &Event) -> Option<Told> {
    remedy(event).or_else(|| outgoing(event))
}

fn remedy(event: &Event) -> Option<Told> {
    let told = |step, remedy: &RemedyId, decision| Told {
        step,
        about: remedy.to_string(),
        remedy: Some(*remedy),
        decision,
        fulfilled_at: None,
        rule: None,
    };
    Some(match event {
        Event::ApprovalAsked { remedy, decision } => {
            told(Step::ApprovalAsked, remedy, Named::Once(*decision))
        }
        Event::RemedyOffered { remedy, decision, .. } => told(Step::Offered, remedy, Named::Once(*decision)),
        Event::RemedyApproved { remedy, .. } => told(Step::Approved, remedy, Named::Never),
        Event::RemedyAccepted { remedy, .. } => told(Step::Accepted, remedy, Named::Never),
        Event::RemedyDeclined { remedy, .. } => told(Step::Declined, remedy, Named::Never),
        Event::RemedyExpired { remedy } => told(Step::Expired, remedy, Named::Never),
        Event::RemedyWithdrawn { remedy } => told(Step::Withdrawn, remedy, Named::Never),
        Event::RemedyFulfilled { remedy, at, .. } => {
            Told { fulfilled_at: *at, ..told(Step::Fulfilled, remedy, Named::Never) }
        }
        Event::RemedyFailed { remedy, .. } => told(Step::Failed, remedy, Named::Never),
        _ => return None,
    })
}

fn outgoing(event: &Event) -> Option<Told> {
    let told =
        |step, about, decision| Told { step, about, remedy: None, decision, fulfilled_at: None, rule: None };
    Some(match event {
        Event::ReplyQueued { reply, decision, .. } => {
            told(Step::ReplyQueued, reply.to_string(), Named::Once(*decision))
        }
        Event::ReplySending { reply, decision, .. } => {
            told(Step::ReplySending, reply.to_string(), Named::Once(*decision))
        }
        Event::ReplySent { reply, .. } => told(Step::ReplySent, reply.to_string(), Named::Never),
        Event::AskSent { review, decision, .. } => {
            told(Step::Asked, review.to_string(), Named::Once(Some(*decision)))
        }
        Event::ActionRefused { action, rule, decision, .. } => {
            Told { rule: Some(*rule), ..told(Step::Refused, action.clone(), Named::Once(Some(*decision))) }
        }
        Event::CaseAbsorbed { from } => told(Step::Absorbed, from.to_string(), Named::Never),
        _ => return None,
    })
}
