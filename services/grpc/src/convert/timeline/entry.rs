//! One entry of a timeline: every event beside the message that tells it.

use amends_app::stored::EventRow;
use amends_domain::event::Event;
use amends_domain::remedy::RemedyStage;
use amends_domain::sla::Metric;
use amends_domain::{AgentId, CaseId, Money, RemedyId, ShopId, Span, Time};
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::{Kinds, timer};
use crate::convert::{
    Word as _, case, decision, delivery, incident, link, money, quality, refund, reply, review, survey, time,
};
use crate::name;

/// What happened; none for what this contract has no message for.
pub(super) fn render(row: &EventRow, text: &str, kinds: &Kinds) -> Option<Entry> {
    let shop = &row.shop;
    case_entry(shop, &row.event, text)
        .or_else(|| pause_entry(&row.event, text))
        .or_else(|| remedy_entry(shop, &row.event, text, kinds))
        .or_else(|| outside_entry(shop, &row.event))
        .or_else(|| reply::entry(shop, &row.event, text))
        .or_else(|| delivery::entry(shop, &row.event))
        .or_else(|| survey::entry(&row.event))
        .or_else(|| link::entry(shop, &row.event))
        .or_else(|| incident::entry(shop, &row.event, text))
        .or_else(|| refund::entry(shop, &row.event))
        .or_else(|| quality::entry(shop, &row.event))
}

fn case_entry(shop: &ShopId, event: &Event, text: &str) -> Option<Entry> {
    let note = || text.to_owned();
    Some(match event {
        Event::CaseOpened { kind, subject, reason, follow_up_of, .. } => Entry::CaseOpened(pb::CaseOpened {
            kind: kind.number(),
            origin: None,
            subject: Some(case::subject(subject)),
            signal_id: String::new(),
            reasons: vec![reason.number()],
            flags: Vec::new(),
            follow_up_of: name::of_any(shop, follow_up_of.as_ref()),
        }),
        Event::SignalJoined { kind, signal } => Entry::SignalJoined(pb::SignalJoined {
            signal_id: signal.to_string(),
            signal_kind: kind.as_str().to_ascii_lowercase(),
            ..pb::SignalJoined::default()
        }),
        Event::MessageSeen { message, direction, .. } => Entry::SignalJoined(pb::SignalJoined {
            signal_id: message.to_string(),
            signal_kind: "message".to_owned(),
            direction: Some(direction.number()),
            ..pb::SignalJoined::default()
        }),
        Event::CaseClaimed { agent, fence } => Entry::CaseClaimed(claimed(agent, *fence)),
        Event::CaseAssigned { agent, fence } => Entry::CaseAssigned(claimed(agent, *fence)),
        Event::CaseHandedBack { agent, fence } => Entry::CaseHandedBack(claimed(agent, *fence)),
        Event::CaseReleased { agent, cause } => {
            requeued(agent, gone_or(cause.as_deref(), pb::RequeueReason::Released), text)
        }
        Event::LeaseExpired { agent, cause, .. } => {
            requeued(agent, gone_or(cause.as_deref(), pb::RequeueReason::LeaseExpired), "")
        }
        Event::NoteAdded { .. } => Entry::NoteAdded(pb::NoteAdded { text: note() }),
        Event::CaseEscalated { level, reason } => Entry::CaseEscalated(pb::CaseEscalated {
            level: i32::from(*level),
            escalation_reason: if text.is_empty() { reason.clone() } else { note() },
        }),
        Event::CaseSolved { outcome, .. } => {
            Entry::CaseSolved(pb::CaseSolved { outcome: outcome.number(), note: note(), reason: None })
        }
        Event::CaseClosed { outcome } => Entry::CaseClosed(pb::CaseClosed { outcome: outcome.number() }),
        Event::CaseReopened { reopen_count, .. } => Entry::CaseReopened(pb::CaseReopened {
            reopen_count: i32::try_from(*reopen_count).unwrap_or(i32::MAX),
            note: note(),
        }),
        Event::CaseMerged { into } => Entry::CaseMerged(merged(shop, into, text)),
        Event::CaseAbsorbed { from } => Entry::CaseAbsorbed(merged(shop, from, text)),
        Event::CaseCancelled { reason } => Entry::CaseCancelled(pb::CaseCancelled {
            note: if text.is_empty() { reason.clone() } else { note() },
        }),
        Event::CasePriorityChanged { from, to } => {
            Entry::PriorityChanged(pb::PriorityChanged { before: i32::from(*from), after: i32::from(*to) })
        }
        Event::SubjectRefined { from, to } => Entry::SubjectChanged(pb::SubjectChanged {
            before: Some(case::subject(from)),
            after: Some(case::subject(to)),
        }),
        _ => return None,
    })
}

fn claimed(agent: &AgentId, fence: i64) -> pb::CaseClaimed {
    pb::CaseClaimed { agent: agent.to_string(), fence, lease_expire_time: None }
}

/// The one cause that is told besides the usual one: the agent is gone.
fn gone_or(cause: Option<&str>, usual: pb::RequeueReason) -> pb::RequeueReason {
    if cause.is_some() { pb::RequeueReason::AgentGone } else { usual }
}

fn requeued(agent: &AgentId, reason: pb::RequeueReason, note: &str) -> Entry {
    let agent = agent.to_string();
    Entry::CaseRequeued(pb::CaseRequeued { agent, reason: reason.into(), note: note.to_owned() })
}

fn merged(shop: &ShopId, other: &CaseId, note: &str) -> pb::CaseMerged {
    pb::CaseMerged { case: name::of(shop, other), note: note.to_owned() }
}

fn pause_entry(event: &Event, text: &str) -> Option<Entry> {
    let paused = |state: pb::CaseState, until: &Time| {
        let until_time = Some(time::render(*until));
        Entry::CasePaused(pb::CasePaused { state: state.into(), until_time, note: text.to_owned() })
    };
    let resumed = |state: pb::CaseState| Entry::CaseResumed(pb::CaseResumed { state: state.into() });
    Some(match event {
        Event::WaitingForBuyer { give_up_at, .. } => paused(pb::CaseState::WaitingBuyer, give_up_at),
        Event::WaitingForThirdParty { until, .. } => paused(pb::CaseState::WaitingThirdParty, until),
        Event::CaseSnoozed { until, .. } => paused(pb::CaseState::Snoozed, until),
        Event::WorkStarted { .. } => resumed(pb::CaseState::Working),
        Event::CaseWoken { .. } => resumed(pb::CaseState::Queued),
        Event::ContactRecorded { means, .. } => {
            let medium = pb::ContactMedium::from_str_name(&format!("CONTACT_MEDIUM_{means}"));
            Entry::ContactRecorded(pb::ContactRecorded {
                medium: medium.unwrap_or_default().into(),
                contact_time: None,
                message_id: String::new(),
                text: text.to_owned(),
                first_response: false,
            })
        }
        Event::SlaWarned { metric, instance, target, due_at } => {
            Entry::SlaWarned(sla_step(*metric, *instance, *target, *due_at))
        }
        Event::SlaBreached { metric, instance, target, due_at } => {
            Entry::SlaBreached(sla_step(*metric, *instance, *target, *due_at))
        }
        Event::ReminderDue { waiting_since } => {
            Entry::TimerFired(timer("buyer_reminder", Some(*waiting_since)))
        }
        Event::ChannelDeadlineNear { deadline } => {
            Entry::TimerFired(timer("channel_deadline_near", Some(*deadline)))
        }
        Event::FulfilmentOverdue { .. } => Entry::TimerFired(timer("fulfilment_overdue", None)),
        _ => return None,
    })
}

fn sla_step(metric: Metric, instance: u32, target: Span, due_at: Time) -> pb::SlaStep {
    pb::SlaStep {
        metric: metric.number(),
        instance: i32::try_from(instance).unwrap_or(i32::MAX),
        promised_time: Some(time::render_span(target)),
        due_time: Some(time::render(due_at)),
    }
}

fn remedy_entry(shop: &ShopId, event: &Event, text: &str, kinds: &Kinds) -> Option<Entry> {
    let step = |remedy: &RemedyId, after: RemedyStage, detail: &str| pb::RemedyStep {
        remedy: name::of(shop, remedy),
        kind: kinds.get(remedy).map_or(0, |kind| kind.number()),
        before: None,
        after: after.number(),
        granted_value: None,
        counter_amount: None,
        decision: String::new(),
        suggestion: String::new(),
        fulfil_time: None,
        detail: if detail.is_empty() { text.to_owned() } else { detail.to_owned() },
    };
    Some(match event {
        Event::RemedySuggested { suggestion, first } => Entry::RemediesSuggested(pb::RemediesSuggested {
            suggestion: format!("shops/{shop}/suggestions/{suggestion}"),
            kinds: first.iter().map(|kind| kind.number()).collect(),
        }),
        Event::RemedyProposed { remedy, suggestion, .. } => Entry::RemedyProposed(pb::RemedyStep {
            suggestion: name::of_any(shop, suggestion.as_ref()),
            ..step(remedy, RemedyStage::Proposed, "")
        }),
        Event::ApprovalAsked { remedy, decision } => Entry::RemedyApprovalRequested(pb::RemedyStep {
            decision: name::of_decision(shop, decision.as_ref()),
            ..step(remedy, RemedyStage::AwaitingApproval, "")
        }),
        Event::RemedyApproved { remedy, by } => {
            Entry::RemedyApproved(step(remedy, RemedyStage::Offered, &format!("approved by {by}")))
        }
        Event::RemedyOffered { remedy, decision, .. } => Entry::RemedyOffered(pb::RemedyStep {
            decision: name::of_decision(shop, decision.as_ref()),
            ..step(remedy, RemedyStage::Offered, "")
        }),
        Event::RemedyAccepted { remedy, amount, currency, .. } => {
            let currency = currency.as_deref().and_then(|code| code.parse().ok());
            let granted = amount.zip(currency).map(|(minor, currency)| Money::new(minor, currency));
            Entry::RemedyAccepted(pb::RemedyStep {
                granted_value: granted.map(money::render),
                ..step(remedy, RemedyStage::Accepted, "")
            })
        }
        Event::RemedyDeclined { remedy, wish, currency } => {
            let currency = currency.as_deref().and_then(|code| code.parse().ok());
            let wish = wish.zip(currency).map(|(minor, currency)| Money::new(minor, currency));
            Entry::RemedyDeclined(pb::RemedyStep {
                counter_amount: wish.map(money::render),
                ..step(remedy, RemedyStage::Declined, "")
            })
        }
        Event::RemedyExpired { remedy } => Entry::RemedyExpired(step(remedy, RemedyStage::Expired, "")),
        Event::RemedyWithdrawn { remedy } => Entry::RemedyWithdrawn(step(remedy, RemedyStage::Withdrawn, "")),
        Event::RemedyExecuting { remedy } => Entry::RemedyExecuting(step(remedy, RemedyStage::Executing, "")),
        Event::RemedyFulfilled { remedy, tracking, at, .. } => Entry::RemedyFulfilled(pb::RemedyStep {
            fulfil_time: at.map(time::render),
            ..step(remedy, RemedyStage::Fulfilled, tracking)
        }),
        Event::RemedyFailed { remedy, why } => Entry::RemedyFailed(step(remedy, RemedyStage::Failed, why)),
        _ => return None,
    })
}

fn outside_entry(shop: &ShopId, event: &Event) -> Option<Entry> {
    Some(match event {
        Event::ReviewObserved { review, diff, rating, .. } => Entry::ReviewObserved(pb::ReviewObserved {
            review: name::of(shop, review),
            version: 0,
            rating: rating.map(i32::from),
            diff_kind: review::diff(*diff).map(Into::into),
            natural: false,
        }),
        Event::AskSent { review, template, decision } => Entry::AskSent(pb::AskSent {
            review: name::of(shop, review),
            decision: format!("shops/{shop}/decisions/{decision}"),
            template: template.clone(),
        }),
        Event::ReturnObserved { return_id, status, raw_status } => {
            Entry::ReturnObserved(pb::ReturnObserved {
                buyer_return: name::of(shop, return_id),
                status: status.number(),
                raw_status: raw_status.clone(),
            })
        }
        Event::VerdictChanged { from, to, .. } => Entry::VerdictChanged(pb::VerdictChanged {
            buyer_return: String::new(),
            before: from.number(),
            after: to.number(),
        }),
        Event::ActionRefused { action, rule, also, decision: stored } => {
            Entry::ActionRefused(pb::ActionRefused {
                action: action.clone(),
                refusals: std::iter::once(rule).chain(also).map(|rule| decision::rule(*rule)).collect(),
                decision: format!("shops/{shop}/decisions/{stored}"),
            })
        }
        // A parcel in trouble is a signal that joined the case.
        Event::ShipmentTrouble { shipment, .. } => Entry::SignalJoined(pb::SignalJoined {
            signal_id: shipment.to_string(),
            signal_kind: "shipment".to_owned(),
            ..pb::SignalJoined::default()
        }),
        _ => return None,
    })
}
