//! What goes out to buyers.

use std::collections::{BTreeMap, HashMap, HashSet};

use amends_domain::ReplyId;
use amends_domain::case::State;
use amends_domain::event::Event;
use amends_domain::reply::ReplyStage;

use super::Verdict;
use crate::simulation::seen::{Seen, decision_of};

/// Every ask and every reply names a stored decision that let it pass, before it goes anywhere.
pub(super) fn nothing_goes_out_without_a_passing_decision(seen: &Seen) -> Verdict {
    let mut passed: HashSet<ReplyId> = HashSet::new();
    // A reply of a merged case goes on on another timeline: all of them in the order of the log.
    let mut events: Vec<_> = seen.events().collect();
    events.sort_by_key(|one| one.seq);
    for one in events {
        let event = &one.row.event;
        let allowed = || decision_of(event).and_then(|id| seen.decisions.get(&id)) == Some(&true);
        match event {
            Event::AskSent { .. }
            | Event::ReplyQueued { .. }
            | Event::ReplySending { .. }
            | Event::ApprovalAsked { .. }
            | Event::RemedyOffered { .. }
                if !allowed() =>
            {
                return Err(format!("nothing allowed {event:?}"));
            }
            Event::ReplyQueued { reply, .. } => drop(passed.insert(*reply)),
            Event::ReplySending { reply, .. } if !passed.contains(reply) => {
                return Err(format!("{reply} went out and was never queued"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What waits for a connector or an approval was written under the hold that its case still has.
pub(super) fn nothing_is_queued_under_a_hold_that_ended(seen: &Seen) -> Verdict {
    let waits = |stage| matches!(stage, ReplyStage::Queued | ReplyStage::AwaitingApproval);
    for reply in seen.replies.iter().filter(|reply| waits(reply.state.stage())) {
        let case = seen.cases.iter().find(|case| case.id == reply.case);
        let stands = case.is_some_and(|case| {
            case.fence == reply.fence && case.is_open() && case.handling.state() != State::Queued
        });
        if !stands {
            return Err(format!("{reply:?} waits on {case:?}"));
        }
    }
    Ok(())
}

/// However often connectors crash, time out, look and try again.
pub(super) fn a_reply_reaches_the_buyer_at_most_once(seen: &Seen) -> Verdict {
    let mut arrived: HashMap<ReplyId, u32> = HashMap::new();
    for attempt in seen.channel.attempts.iter().filter(|attempt| attempt.arrived) {
        if let Some(first) = arrived.insert(attempt.reply, attempt.number) {
            return Err(format!("{} arrived by attempts {first} and {}", attempt.reply, attempt.number));
        }
    }
    let mut begun = HashSet::new();
    match seen.channel.attempts.iter().find(|attempt| !begun.insert((attempt.reply, attempt.number))) {
        Some(twice) => Err(format!("two connectors had one attempt: {twice:?}")),
        None => Ok(()),
    }
}

/// No reply that the buyer can read is taken for a draft, for failed or for taken back; and none that
/// the buyer cannot read is taken for sent.
pub(super) fn what_the_buyer_has_is_never_taken_for_unsent(seen: &Seen) -> Verdict {
    let arrived: BTreeMap<ReplyId, _> =
        seen.channel.attempts.iter().filter(|attempt| attempt.arrived).map(|a| (a.reply, a)).collect();
    for reply in &seen.replies {
        let stage = reply.state.stage();
        let fits = match arrived.get(&reply.id) {
            Some(_) => matches!(stage, ReplyStage::Sending | ReplyStage::Unknown | ReplyStage::Sent),
            None => stage != ReplyStage::Sent,
        };
        if !fits {
            return Err(format!("{reply:?} although {:?}", arrived.get(&reply.id)));
        }
    }
    Ok(())
}

/// One ask for each review, over all cases.
pub(super) fn a_review_is_asked_about_at_most_once(seen: &Seen) -> Verdict {
    let mut asked = HashSet::new();
    let asks = seen.events().filter_map(|one| match &one.row.event {
        Event::AskSent { review, .. } => Some(review),
        _ => None,
    });
    for review in asks {
        if !asked.insert(review) {
            return Err(format!("{review} was asked about twice"));
        }
    }
    Ok(())
}
