//! Returns as the channel has them, and what they mean for the shop's figure.

use amends_app::returns::ReturnView;
use amends_app::stored::ReturnRow;
use amends_domain::order::Line;
use amends_domain::returns::Verdict;
use amends_proto::v1 as pb;

use super::{Word as _, money, time};
use crate::name;

/// The wire form of a return.
#[must_use]
pub fn render(view: &ReturnView) -> pb::Return {
    pb::Return {
        verdict: view.verdict.number(),
        intent_time: view.intent_at.map(time::render),
        window_end_time: view.window_ends_at.map(time::render),
        ..of_row(&view.row)
    }
}

/// The wire form of a return beside the order line it is about, where that is known.
#[must_use]
pub fn beside(row: &ReturnRow, line: Option<&Line>) -> pb::Return {
    pb::Return {
        verdict: line.map_or(Verdict::Open, Line::verdict).number(),
        intent_time: line.and_then(|line| line.intent_at).map(time::render),
        ..of_row(row)
    }
}

fn of_row(row: &ReturnRow) -> pb::Return {
    pb::Return {
        name: name::of(&row.shop, &row.return_id),
        order_id: row.order.to_string(),
        line_id: row.line.as_ref().map(ToString::to_string).unwrap_or_default(),
        quantity: i32::try_from(row.quantity).unwrap_or(i32::MAX),
        status: row.status.number(),
        raw_status: row.raw_status.clone(),
        reason: row.reason.map(|reason| reason.number()),
        raw_reason: row.raw_reason.clone(),
        verdict: Verdict::Open.number(),
        count_time: row.counted_at.map(time::render),
        channel_deadline: row.deadline.map(time::render),
        intent_time: None,
        request_time: Some(time::render(row.requested_at)),
        update_time: Some(time::render(row.last_event_at)),
        window_end_time: None,
        refund_amount: row.refund.map(money::render),
        seller_fault: row.seller_fault,
        case: name::of_any(&row.shop, row.case.as_ref()),
        buyer: row.buyer.map(|buyer| buyer.to_string()).unwrap_or_default(),
        offer_amount_min: row.bounds.min.map(money::render),
        offer_amount_max: row.bounds.max.map(money::render),
        offers_left: row.bounds.left.map(|left| i32::try_from(left).unwrap_or(i32::MAX)),
    }
}
