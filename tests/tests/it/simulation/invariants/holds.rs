//! Who may write to a case, and when.

use std::collections::HashSet;

use amends_domain::case::{Case, Handling};
use amends_domain::event::{ActorKind, Event};
use amends_store::event::StoredEvent;

use super::Verdict;
use crate::simulation::seen::Seen;

pub(super) fn one_open_case_per_subject(seen: &Seen) -> Verdict {
    let mut open: HashSet<String> = HashSet::new();
    for case in seen.cases.iter().filter(|case| case.is_open()) {
        if !open.insert(case.subject.to_string()) {
            return Err(format!("two open cases about {}", case.subject));
        }
    }
    Ok(())
}

/// Fences rise from hold to hold, and nobody gets a case that somebody holds, unless it is assigned.
pub(super) fn fences_rise_and_no_case_is_held_twice(seen: &Seen) -> Verdict {
    seen.cases.iter().try_for_each(|case| one_lease_at_a_time(case, &seen.log[&case.id]))
}

fn one_lease_at_a_time(case: &Case, events: &[StoredEvent]) -> Verdict {
    let (mut fence, mut held) = (0, false);
    for one in events {
        match &one.row.event {
            Event::CaseClaimed { .. } if held => return Err(format!("{} was claimed while held", case.id)),
            Event::CaseClaimed { fence: given, .. }
            | Event::CaseAssigned { fence: given, .. }
            | Event::CaseHandedBack { fence: given, .. } => {
                if *given <= fence {
                    return Err(format!("{}: fence {given} after {fence}", case.id));
                }
                (fence, held) = (*given, true);
            }
            event if ends_the_lease(event) => held = false,
            _ => {}
        }
    }
    let leased = matches!(case.handling, Handling::Claimed(_) | Handling::Working(_));
    if (case.fence, leased) != (fence, held) {
        return Err(format!("{} is {:?} at {}, not {held} at {fence}", case.id, case.handling, case.fence));
    }
    Ok(())
}

fn ends_the_lease(event: &Event) -> bool {
    matches!(
        event,
        Event::CaseReleased { .. }
            | Event::LeaseExpired { .. }
            | Event::WaitingForBuyer { .. }
            | Event::WaitingForThirdParty { .. }
            | Event::CaseSnoozed { .. }
            | Event::CaseSolved { .. }
            | Event::CaseReopened { .. }
            | Event::CaseMerged { .. }
            | Event::CaseCancelled { .. }
    )
}

/// What only whoever has the case may do.
fn needs_the_hold(event: &Event) -> bool {
    matches!(
        event,
        Event::WorkStarted { .. }
            | Event::ContactRecorded { .. }
            | Event::WaitingForBuyer { .. }
            | Event::WaitingForThirdParty { .. }
            | Event::CaseSnoozed { .. }
            | Event::CaseReleased { .. }
            | Event::CaseSolved { .. }
            | Event::RemedyProposed { .. }
            | Event::RemedyWithdrawn { .. }
            | Event::ReplyDrafted { .. }
            | Event::ReplyAdopted { .. }
            | Event::ReplyQueued { .. }
    )
}

/// Agents without the rights of a supervisor: those have a case or may not write to it.
const AGENTS: [&str; 3] = ["mia", "tom", "zoe"];

/// Every entry by an agent stands within that agent's hold, and names no older fence.
pub(super) fn agents_write_only_under_their_own_hold(seen: &Seen) -> Verdict {
    for (case, events) in &seen.log {
        let (mut owner, mut current): (Option<String>, i64) = (None, 0);
        for one in events {
            let row = &one.row;
            let (event, name) = (&row.event, row.actor.name.as_str());
            if row.actor.kind == ActorKind::Agent
                && AGENTS.contains(&name)
                && needs_the_hold(event)
                && owner.as_deref() != Some(name)
            {
                return Err(format!("{case}: {} by {name} while {owner:?} had it", event.word()));
            }
            match event {
                Event::CaseClaimed { agent, fence }
                | Event::CaseAssigned { agent, fence }
                | Event::CaseHandedBack { agent, fence } => {
                    (owner, current) = (Some(agent.to_string()), *fence);
                }
                Event::ReplyQueued { fence, .. } | Event::ReplyAdopted { fence, .. } if *fence != current => {
                    return Err(format!("{case}: {} under {fence}, not {current}", event.word()));
                }
                Event::CaseReleased { .. }
                | Event::LeaseExpired { .. }
                | Event::CaseWoken { .. }
                | Event::CaseSolved { .. }
                | Event::CaseReopened { .. } => owner = None,
                _ => {}
            }
        }
    }
    Ok(())
}
