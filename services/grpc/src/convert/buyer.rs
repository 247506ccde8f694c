//! Erasures of buyers.

use amends_app::buyer::{EraseBuyer, Erased, Erasure};
use amends_app::stored::EventRow;
use amends_domain::event::Event;
use amends_proto::v1 as pb;

use super::time;
use crate::fields::Fields;
use crate::name;

/// The wire form of an erasure.
#[must_use]
pub fn render(erasure: &Erasure) -> pb::Erasure {
    pb::Erasure {
        name: name::of(&erasure.shop, &erasure.buyer),
        erase_time: Some(time::render(erasure.asked_at)),
        // Something that came later may have to be gone through, after all of it was gone through once.
        done: erasure.reached.is_none(),
        done_time: erasure.done_at.map(time::render),
        author: erasure.asked_by.to_string(),
        counts: Some(counts(&erasure.erased)),
    }
}

fn counts(erased: &Erased) -> pb::ErasedCounts {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    pb::ErasedCounts {
        message_count: count(erased.messages),
        review_count: count(erased.reviews),
        survey_count: count(erased.surveys),
        note_count: count(erased.notes),
        reply_count: count(erased.replies),
        withdrawn_reply_count: count(erased.withdrawn),
        remedy_count: count(erased.remedies),
        shipment_count: count(erased.shipments),
        return_count: count(erased.returns),
        event_count: count(erased.events),
        answer_count: count(erased.answers),
    }
}

/// The erasure that an event tells of, as it begins.
#[must_use]
pub fn of_event(row: &EventRow) -> Option<pb::Erasure> {
    let Event::BuyerErased { buyer } = &row.event else { return None };
    Some(pb::Erasure {
        name: name::of(&row.shop, buyer),
        erase_time: Some(time::render(row.occurred_at)),
        author: row.actor.name.clone(),
        ..pb::Erasure::default()
    })
}

/// Whom to erase.
pub fn parse(fields: &mut Fields, request: &pb::EraseBuyerRequest) -> Option<EraseBuyer> {
    let shop = fields.shop("parent", &request.parent);
    let buyer = fields.id("buyer_id", &request.buyer_id);
    Some(EraseBuyer { shop: shop?, buyer: buyer?, allow_missing: request.allow_missing })
}
