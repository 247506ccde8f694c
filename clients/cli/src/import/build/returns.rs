//! A row as a return request.

use amends_proto::v1;

use super::{Built, Cells, proto};
use crate::import::{field::Field, values};

pub(super) fn build(cells: &Cells<'_>) -> Result<Built, String> {
    let return_id = cells.own_id()?;
    let (status, raw_status) = status(cells)?;
    let refund = |text: &str| values::amount(text, cells.get(Field::Currency));
    let requested = cells.time(Field::Date)?.unwrap_or(cells.reading.date);
    let body = v1::ReturnSignal {
        return_id: return_id.clone(),
        order_id: cells.id(Field::OrderId)?,
        line_id: cells.id_or_empty(Field::LineId)?,
        quantity: cells.read(Field::Quantity, values::pieces)?.unwrap_or(1),
        status: status.map(Into::into),
        raw_status,
        reason: cells.word::<v1::ComplaintReason>(Field::Reason).map(Into::into),
        raw_reason: cells.limited(Field::Reason, 500),
        buyer_id: cells.id_or_empty(Field::BuyerId)?,
        request_time: Some(proto(requested)),
        channel_deadline: cells.time(Field::Deadline)?.map(proto),
        refund_amount: cells.read(Field::RefundAmount, refund)?,
        seller_fault: cells.read(Field::SellerFault, values::truth)?,
        ..Default::default()
    };
    cells.signal(&return_id, v1::signal::Body::ReturnRequest(body))
}

// A status in our words is taken as such, any other goes as it is and the service
// maps it. A file without the column lists requests.
fn status(cells: &Cells<'_>) -> Result<(Option<v1::ReturnStatus>, String), String> {
    if !cells.is_mapped(Field::Status) {
        return Ok((Some(v1::ReturnStatus::Requested), String::new()));
    }
    match cells.limited(Field::Status, 200) {
        raw if raw.is_empty() => Err("status: is empty".to_owned()),
        raw => Ok((cells.word(Field::Status), raw)),
    }
}
