//! The whole picture of a case.

use amends_app::case::{CaseView, History, MessageView, NextVerb, NotNow, ReplySent};
use amends_app::stored::SignalRow;
use amends_domain::OrderId;
use amends_domain::case::VerbKind;
use amends_domain::order::{Line, Shipment};
use amends_domain::signal::{Direction, SignalKind};
use amends_proto::v1 as pb;

use super::{
    Word as _, case, detection, incident, link, money, remedy, reply, returns, review, sla, survey, time,
};
use crate::name;
use crate::status;
use crate::status::refusal::reason_word;

/// Remedies of other cases that are shown at most.
const EARLIER_REMEDIES_MAX: usize = 100;

/// The wire form of the picture.
#[must_use]
pub fn render(view: CaseView) -> pb::CaseView {
    let lines = &view.lines;
    let version = view.summary.case.version;
    let line_of = |row: &amends_app::stored::ReturnRow| {
        lines.iter().find(|line| row.line.as_ref() == Some(&line.line)).or(view.summary.line.as_ref())
    };
    pb::CaseView {
        case: Some(case::render(&view.summary)),
        order: order(&view),
        shipments: view.shipments.iter().map(shipment).collect(),
        reviews: view.reviews.iter().map(review::render).collect(),
        returns: view.returns.iter().map(|row| returns::beside(row, line_of(row))).collect(),
        remedies: view.summary.remedies.iter().rev().map(|one| remedy::render(one, version)).collect(),
        earlier_cases: view.history.cases.iter().map(case::render).collect(),
        earlier_remedies: earlier_remedies(&view.history),
        earlier_orders: view.history.orders.iter().filter_map(|lines| bought(lines)).collect(),
        next_actions: view.next.iter().filter_map(next_action).collect(),
        timeline_sequence: view.timeline_number,
        clocks: view.clocks.iter().map(sla::clock).collect(),
        messages: conversation(view.messages, &view.replies),
        detections: view.detections.into_iter().filter_map(heard).collect(),
        survey_answers: view.surveys.iter().map(survey::render).collect(),
        links: view.links.iter().map(link::render).collect(),
        incident: view.incident.as_ref().map(incident::render),
        // Beside the picture: who looks at it is no part of it.
        viewers: Vec::new(),
    }
}

fn order(view: &CaseView) -> Option<pb::OrderView> {
    let order = view.summary.case.subject.order()?;
    Some(order_of(order, &view.lines))
}

fn order_of(order: &OrderId, lines: &[Line]) -> pb::OrderView {
    let purchase = lines.iter().find_map(|line| line.purchase.as_ref());
    let delivered = lines.iter().filter_map(|line| line.delivered.map(|units| units.at)).max();
    pb::OrderView {
        order_id: order.to_string(),
        state: purchase.map(|purchase| purchase.state.number()),
        lines: lines.iter().filter_map(line).collect(),
        order_time: purchase.map(|purchase| time::render(purchase.placed_at)),
        delivery_time: delivered.map(time::render),
    }
}

fn bought(lines: &[Line]) -> Option<pb::OrderView> {
    Some(order_of(&lines.first()?.order, lines))
}

/// What was done for the buyer in other cases, newest first.
fn earlier_remedies(history: &History) -> Vec<pb::Remedy> {
    let mut remedies: Vec<_> = history
        .cases
        .iter()
        .flat_map(|summary| summary.remedies.iter().map(|one| (one, summary.case.version)))
        .collect();
    remedies.sort_by_key(|(one, _)| std::cmp::Reverse((one.proposed_at, one.id)));
    remedies.truncate(EARLIER_REMEDIES_MAX);
    remedies.into_iter().map(|(one, version)| remedy::render(one, version)).collect()
}

fn line(line: &Line) -> Option<pb::OrderLine> {
    let purchase = line.purchase.as_ref()?;
    Some(pb::OrderLine {
        line_id: line.line.to_string(),
        sku: purchase.sku.to_string(),
        title: purchase.title.clone(),
        category: purchase.category.clone(),
        quantity: i32::try_from(purchase.quantity).unwrap_or(i32::MAX),
        unit_price: Some(money::render(purchase.unit_price)),
    })
}

fn shipment(shipment: &Shipment) -> pb::ShipmentView {
    let lines = shipment.lines.iter().map(|(line, quantity)| pb::ShipmentLine {
        line_id: line.to_string(),
        quantity: i32::try_from(*quantity).unwrap_or(i32::MAX),
    });
    let signal = pb::ShipmentSignal {
        shipment_id: shipment.shipment.to_string(),
        order_id: shipment.order.to_string(),
        lines: lines.collect(),
        state: shipment.state.number(),
        eta: shipment.expected.at().map(time::render),
        carrier: shipment.carrier.clone(),
        tracking: shipment.tracking.clone(),
        remedy: name::of_any(&shipment.shop, shipment.remedy.as_ref()),
    };
    pb::ShipmentView {
        shipment: Some(signal),
        occur_time: Some(time::render(shipment.state_at)),
        promised_eta: shipment.expected.first.map(|first| time::render(first.at)),
        missed_eta: shipment.expected.told.map(time::render),
    }
}

/// What was said, oldest first: what the channel showed, and what it has of ours and did not show yet.
fn conversation(messages: Vec<MessageView>, replies: &[ReplySent]) -> Vec<pb::ConversationMessage> {
    let mut said: Vec<pb::ConversationMessage> = messages.into_iter().map(message).collect();
    said.extend(replies.iter().map(reply::message));
    said.sort_by_key(|one| one.occur_time.as_ref().map(|at| (at.seconds, at.nanos)));
    said
}

fn message(view: MessageView) -> pb::ConversationMessage {
    let reply = name::of_any(&view.message.shop, view.reply.as_ref());
    let message = view.message;
    let from_shop = message.direction == Direction::ToBuyer;
    pb::ConversationMessage {
        message_id: message.message.to_string(),
        conversation_id: message.conversation.to_string(),
        direction: message.direction.number(),
        author: from_shop.then(|| message.author.number()),
        text_withheld: view.text.is_none(),
        text: view.text.unwrap_or_default(),
        language: message.language,
        public_reply: message.public,
        occur_time: Some(time::render(message.occurred_at)),
        reply,
    }
}

fn heard(signal: SignalRow) -> Option<pb::DetectionRecord> {
    let kind = match signal.kind {
        SignalKind::Message => pb::TextKind::Message,
        _ => pb::TextKind::Review,
    };
    Some(pb::DetectionRecord {
        signal_id: signal.id.to_string(),
        kind: kind.into(),
        detection: Some(detection::render(signal.detection?)),
        detect_time: Some(time::render(signal.received_at)),
    })
}

/// The verbs that a screen has a button for; a timer's verb is nobody's next action.
const fn desk_verb(verb: VerbKind) -> Option<pb::CaseVerb> {
    Some(match verb {
        VerbKind::Claim => pb::CaseVerb::Claim,
        VerbKind::Release => pb::CaseVerb::Release,
        VerbKind::Assign => pb::CaseVerb::Assign,
        VerbKind::Note => pb::CaseVerb::AddNote,
        VerbKind::Act => pb::CaseVerb::RecordContact,
        VerbKind::WaitBuyer => pb::CaseVerb::Wait,
        VerbKind::Snooze => pb::CaseVerb::Snooze,
        VerbKind::Escalate => pb::CaseVerb::Escalate,
        VerbKind::Solve => pb::CaseVerb::Solve,
        VerbKind::Reopen => pb::CaseVerb::Reopen,
        VerbKind::Merge => pb::CaseVerb::Merge,
        VerbKind::Cancel => pb::CaseVerb::Cancel,
        VerbKind::Renew
        | VerbKind::LeaseExpired
        | VerbKind::AgentGone
        | VerbKind::HandBack
        | VerbKind::WaitThirdParty
        | VerbKind::Wake
        | VerbKind::BuyerMessage
        | VerbKind::BuyerSilent
        | VerbKind::AutoClose => return None,
    })
}

fn next_action(next: &NextVerb) -> Option<pb::NextAction> {
    let verb = desk_verb(next.verb)?;
    let refusal = next.refused.as_ref().map(|refused| match refused {
        NotNow::Case(refused) => status::of_case(refused),
        NotNow::RoleMissing(any) => status::role_missing(any),
        NotNow::Agent(refused) => status::agent::refusal(refused),
        NotNow::AtCapacity { held, max } => status::at_capacity(*held, *max),
    });
    let refusals = refusal.map(|refusal| pb::Refusal {
        rule: reason_word(refusal.reason).to_ascii_lowercase(),
        reason: refusal.reason.into(),
        message: refusal.message,
        facts: Vec::new(),
    });
    let allowed = refusals.is_none();
    Some(pb::NextAction { verb: verb.into(), allowed, refusals: refusals.into_iter().collect() })
}
