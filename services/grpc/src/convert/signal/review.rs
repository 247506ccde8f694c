//! Reviews as they are observed.

use amends_domain::review::RemovedBy;
use amends_domain::signal::ReviewSignal;
use amends_proto::v1 as pb;

use super::{Limits, line_needs_order, stars};
use crate::fields::{Fields, TEXT_CHARACTERS_MAX};

pub(super) fn parse(
    fields: &mut Fields,
    signal: pb::ReviewSignal,
    limits: Limits<'_>,
) -> Option<ReviewSignal> {
    let review = fields.id("review_id", &signal.review_id);
    let order = fields.id_or_none("order_id", &signal.order_id);
    let line = fields.id_or_none("line_id", &signal.line_id);
    line_needs_order(fields, &signal.line_id, &signal.order_id);
    let sku = fields.id_or_none("sku", &signal.sku);
    let buyer = fields.id_or_none("buyer_id", &signal.buyer_id);
    let rating = rating(fields, &signal);
    let text = fields.text("text", signal.text, TEXT_CHARACTERS_MAX);
    let language = fields.language("language", signal.language);
    let visible = signal.visible.unwrap_or(true);
    let removed_by = removal(fields, signal.removal, visible);
    let modified_at = fields.past_or_none("platform_modify_time", signal.platform_modify_time, limits.latest);
    let edit_state = fields.word_or_none("edit_state", signal.edit_state);
    Some(ReviewSignal {
        review: review?,
        order: order?,
        line: line?,
        sku: sku?,
        buyer: buyer?,
        rating: rating?,
        text: text?,
        language: language?,
        visible,
        removed_by: removed_by?,
        platform_modified_at: modified_at?,
        edit_state: edit_state?,
        follow_up: signal.follow_up,
    })
}

fn rating(fields: &mut Fields, signal: &pb::ReviewSignal) -> Option<Option<u8>> {
    let rating = stars(fields, "rating", signal.rating)?;
    if signal.follow_up && rating.is_some() {
        return fields.refuse("rating", "must be unset for a follow-up, which has no stars of its own");
    }
    Some(rating)
}

fn removal(fields: &mut Fields, removal: Option<i32>, visible: bool) -> Option<Option<RemovedBy>> {
    let Some(number) = removal else { return Some(None) };
    if visible {
        return fields.refuse("removal", "must be unset for a review that can be seen");
    }
    match pb::ReviewRemoval::try_from(number) {
        Ok(pb::ReviewRemoval::ByBuyer) => Some(Some(RemovedBy::Buyer)),
        Ok(pb::ReviewRemoval::ByPlatform) => Some(Some(RemovedBy::Platform)),
        Ok(pb::ReviewRemoval::Unknown) => Some(None),
        Ok(pb::ReviewRemoval::Unspecified) => fields.refuse("removal", "must be set or left out"),
        Err(_) => fields.refuse("removal", format!("{number} is no value that can be sent here")),
    }
}
