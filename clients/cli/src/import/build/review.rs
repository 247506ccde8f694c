//! A row as a review.

use amends_proto::v1;

use super::{Built, Cells, proto};
use crate::import::{field::Field, values};

pub(super) fn build(cells: &Cells<'_>) -> Result<Built, String> {
    let review_id = cells.own_id()?;
    let order_id = cells.id_or_empty(Field::OrderId)?;
    let line_id = cells.line_of(&order_id)?;
    let follow_up = cells.read(Field::FollowUp, values::truth)?.unwrap_or_default();
    // An addition has no stars of its own, whatever the export repeats beside it.
    let rating = if follow_up { None } else { Some(cells.required(Field::Rating, values::stars)?) };
    let visible = cells.read(Field::Visible, values::truth)?;
    let body = v1::ReviewSignal {
        review_id: review_id.clone(),
        order_id,
        line_id,
        sku: cells.id_or_empty(Field::Sku)?,
        buyer_id: cells.id_or_empty(Field::BuyerId)?,
        rating,
        text: cells.text()?,
        language: cells.language()?,
        visible,
        platform_modify_time: cells.time(Field::Updated)?.map(proto),
        follow_up,
        ..v1::ReviewSignal::default()
    };
    cells.signal(&review_id, v1::signal::Body::Review(body))
}
