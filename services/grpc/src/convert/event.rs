//! Events of the stream, with the attributes of CloudEvents 1.0.

use amends_app::stored::{EventRow, StoredEvent};
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::remedy::{Remedy, RemedyState, Terms};
use amends_domain::{AgentId, CaseId, Money, ShopId, Time};
use amends_proto::v1 as pb;

use super::{agent, buyer, incident, remedy, remedy_policy, reply, time, timeline};
use crate::fields::Fields;
use crate::name;

/// The wire form of an event.
#[must_use]
pub fn render(stored: &StoredEvent) -> pb::Event {
    let row = &stored.row;
    pb::Event {
        id: row.id.to_string(),
        source: format!("//amends/shops/{}", row.shop),
        event_type: print_type(row.event.word()),
        subject: subject(row),
        occur_time: Some(time::render(row.occurred_at)),
        shop: name::of_shop(&row.shop),
        position: stored.position.unwrap_or_default(),
        traceparent: row.trace.clone().unwrap_or_default(),
        case: name::of_any::<CaseId>(&row.shop, row.case.as_ref()),
        entry: row.case.is_some().then(|| timeline::of_stream(stored)),
        resource: accepted(row)
            .map(|remedy| {
                pb::event::Resource::RemedySnapshot(pb::Remedy {
                    etag: String::new(),
                    ..remedy::render(&remedy, 0)
                })
            })
            .or_else(|| reply::queued(row).map(pb::event::Resource::ReplySnapshot))
            .or_else(|| agent::of_event(row).map(pb::event::Resource::AgentSnapshot))
            .or_else(|| remedy_policy::of_event(row).map(pb::event::Resource::RemedyPolicySnapshot))
            .or_else(|| incident::of_event(row).map(pb::event::Resource::IncidentSnapshot))
            .or_else(|| buyer::of_event(row).map(pb::event::Resource::ErasureSnapshot)),
    }
}

/// Whoever carries a remedy out needs what is given. The words of it may be personal and are not told:
/// events of an earlier version hold them still.
fn accepted(row: &EventRow) -> Option<Remedy> {
    let Event::RemedyAccepted {
        remedy,
        kind,
        order,
        line,
        units,
        amount,
        currency,
        article,
        disposal,
        gift,
        coupon_code,
        note: _,
        due_at,
    } = &row.event
    else {
        return None;
    };
    let currency = currency.as_deref().and_then(|code| code.parse().ok());
    let money = |minor: &Option<i64>| minor.zip(currency).map(|(minor, code)| Money::new(minor, code));
    Some(Remedy {
        id: *remedy,
        shop: row.shop.clone(),
        case: row.case?,
        line: order.clone().zip(line.clone()),
        units: *units,
        kind: *kind,
        terms: Terms {
            amount: money(amount),
            article: article.clone(),
            note: String::new(),
            disposal: *disposal,
            gift: money(gift),
            coupon_code: coupon_code.clone().unwrap_or_default(),
            return_until: None,
        },
        reason: Reason::Other,
        cost: None,
        stake: None,
        proposed_by: AgentId::new(&row.actor.name).ok()?,
        proposed_at: row.occurred_at,
        after: None,
        offered_at: None,
        accepted_at: Some(row.occurred_at),
        stopped_by: None,
        told: Vec::new(),
        state: RemedyState::Accepted { at: row.occurred_at, due_at: *due_at },
        version: 0,
    })
}

/// The name of the resource that an event is about: the narrowest it names.
fn subject(row: &EventRow) -> String {
    let shop = &row.shop;
    match &row.event {
        Event::RemedyProposed { remedy, .. }
        | Event::ApprovalAsked { remedy, .. }
        | Event::RemedyApproved { remedy, .. }
        | Event::RemedyOffered { remedy, .. }
        | Event::RemedyAccepted { remedy, .. }
        | Event::RemedyDeclined { remedy, .. }
        | Event::RemedyExpired { remedy }
        | Event::RemedyWithdrawn { remedy }
        | Event::RemedyExecuting { remedy }
        | Event::RemedyFulfilled { remedy, .. }
        | Event::RemedyFailed { remedy, .. }
        | Event::FulfilmentOverdue { remedy }
        | Event::StopShipment { remedy, .. }
        | Event::DoubleCompensated { remedy, .. } => name::of(shop, remedy),
        Event::ReviewObserved { review, .. } | Event::AskSent { review, .. } => name::of(shop, review),
        Event::ReturnObserved { return_id, .. } => name::of(shop, return_id),
        Event::ReplyDrafted { reply, .. }
        | Event::ReplyApprovalAsked { reply }
        | Event::ReplyApproved { reply, .. }
        | Event::ReplyQueued { reply, .. }
        | Event::ReplySending { reply, .. }
        | Event::ReplySent { reply, .. }
        | Event::ReplyFailed { reply, .. }
        | Event::ReplyUnknown { reply, .. }
        | Event::ReplyWithdrawn { reply, .. }
        | Event::ReplyRecalled { reply, .. }
        | Event::ReplyAdopted { reply, .. } => name::of(shop, reply),
        Event::AgentAvailable { agent, .. }
        | Event::AgentAway { agent, .. }
        | Event::AgentOffline { agent, .. } => name::of(shop, agent),
        Event::IncidentRaised { incident, .. } => name::of(shop, incident),
        Event::BuyerErased { buyer } => name::of(shop, buyer),
        Event::QualityReviewed { sample, .. }
        | Event::QualityDisputed { sample, .. }
        | Event::QualityResolved { sample, .. } => name::of(shop, sample),
        _ => row.case.map_or_else(|| name::of_shop(shop), |case| name::of(shop, &case)),
    }
}

/// `case.opened` as it is published.
fn print_type(word: &str) -> String {
    format!("amends.{word}.v1")
}

/// The words that event types stand for; `amends.case.*` stands for all of a noun.
pub fn parse_types(fields: &mut Fields, types: Vec<String>) -> Option<Vec<String>> {
    if types.len() > 100 {
        return fields.refuse("event_types", "must have at most 100 entries");
    }
    fields.each("event_types", types, |f, name| {
        let word = name.strip_prefix("amends.").map(|rest| rest.strip_suffix(".v1").unwrap_or(rest));
        let known = word.is_some_and(|word| match word.strip_suffix(".*") {
            Some(noun) => Event::WORDS.iter().any(|known| known.split('.').next() == Some(noun)),
            None => Event::WORDS.contains(&word),
        });
        match word.filter(|_| known) {
            Some(word) => Some(word.to_owned()),
            None => f.refuse("", "is no event type, such as `amends.case.opened.v1` or `amends.case.*`"),
        }
    })
}

/// A sign of life.
#[must_use]
pub fn heartbeat(position: i64, now: Time) -> pb::SubscribeResponse {
    let heartbeat = pb::SubscriptionHeartbeat { position, server_time: Some(time::render(now)) };
    pb::SubscribeResponse { notice: Some(pb::subscribe_response::Notice::Heartbeat(heartbeat)) }
}

/// The last word of a stream: where to resume.
#[must_use]
pub fn going_away(position: i64, reason: pb::Reason) -> pb::SubscribeResponse {
    let away = pb::SubscriptionGoingAway { position, reason: reason.into(), retry_delay: None };
    pb::SubscribeResponse { notice: Some(pb::subscribe_response::Notice::GoingAway(away)) }
}

/// An event as a subscriber gets it.
#[must_use]
pub fn notice(stored: &StoredEvent) -> pb::SubscribeResponse {
    pb::SubscribeResponse { notice: Some(pb::subscribe_response::Notice::Event(render(stored))) }
}

/// The shop that a subscription is about, and the types it wants.
pub fn parse_subscription(
    fields: &mut Fields,
    request: pb::SubscribeRequest,
) -> Option<(ShopId, Vec<String>)> {
    let shop = fields.shop("parent", &request.parent);
    let types = parse_types(fields, request.event_types);
    Some((shop?, types?))
}
