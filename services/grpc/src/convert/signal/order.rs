//! Orders, parcels and return requests: the signals that always name an order.

use std::collections::HashSet;

use amends_domain::Money;
use amends_domain::counter::OfferBounds;
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::{OrderSignal, OrderedLine, ReturnSignal, ShipmentSignal};
use amends_proto::v1 as pb;

use super::Limits;
use crate::fields::Fields;

/// The most lines an order or parcel may have.
const LINES_MAX: usize = 500;

pub(super) fn parse_order(fields: &mut Fields, signal: pb::OrderSignal) -> Option<OrderSignal> {
    let order = fields.id("order_id", &signal.order_id);
    let buyer = fields.id("buyer_id", &signal.buyer_id);
    let lines = match signal.lines.len() {
        1..=LINES_MAX => ordered_lines(fields, signal.lines),
        _ => fields.refuse("lines", "must have 1–500 entries"),
    };
    let state = fields.word("state", signal.state);
    let language = fields.language("language", signal.language);
    let time_zone = fields.text("buyer_time_zone", signal.buyer_time_zone, 64);
    region(fields, &signal.buyer_region);
    Some(OrderSignal {
        order: order?,
        buyer: buyer?,
        lines: lines?,
        state: state?,
        language: language?,
        time_zone: time_zone?,
    })
}

fn region(fields: &mut Fields, region: &str) {
    let well_formed = region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
    if !region.is_empty() && !well_formed {
        fields.refuse::<()>("buyer_region", "must be two upper-case letters of ISO 3166-1");
    }
}

fn ordered_lines(fields: &mut Fields, lines: Vec<pb::OrderLine>) -> Option<Vec<OrderedLine>> {
    let mut seen = HashSet::new();
    let mut first: Option<Money> = None;
    fields.each("lines", lines, |f, line| {
        let parsed = ordered_line(f, line)?;
        if !seen.insert(parsed.line.clone()) {
            return f.refuse("line_id", "must be unique within the order");
        }
        let expected = *first.get_or_insert(parsed.unit_price);
        if expected.currency != parsed.unit_price.currency {
            return f.foreign_currency("unit_price.currency", expected);
        }
        Some(parsed)
    })
}

fn ordered_line(fields: &mut Fields, line: pb::OrderLine) -> Option<OrderedLine> {
    let id = fields.id("line_id", &line.line_id);
    let sku = fields.id("sku", &line.sku);
    let title = fields.text("title", line.title, 500);
    let category = fields.text("category", line.category, 200);
    let quantity = fields.pieces("quantity", line.quantity);
    let unit_price = fields.money("unit_price", line.unit_price);
    Some(OrderedLine {
        line: id?,
        sku: sku?,
        title: title?,
        category: category?,
        quantity: quantity?,
        unit_price: unit_price?,
    })
}

pub(super) fn parse_shipment(
    fields: &mut Fields,
    signal: pb::ShipmentSignal,
    limits: Limits<'_>,
) -> Option<ShipmentSignal> {
    let shipment = fields.id("shipment_id", &signal.shipment_id);
    let order = fields.id("order_id", &signal.order_id);
    let lines = if signal.lines.len() > LINES_MAX {
        fields.refuse("lines", "must have at most 500 entries")
    } else {
        let mut seen = HashSet::new();
        fields.each("lines", signal.lines, |f, line| {
            let id = f.id("line_id", &line.line_id);
            let quantity = f.pieces("quantity", line.quantity);
            if !seen.insert(line.line_id) {
                return f.refuse("line_id", "must be unique within the parcel");
            }
            Some((id?, quantity?))
        })
    };
    let state = fields.word("state", signal.state);
    let eta = fields.time_or_none("eta", signal.eta);
    let carrier = fields.text("carrier", signal.carrier, 100);
    let tracking = fields.text("tracking", signal.tracking, 200);
    let remedy = fields.named_in("remedy", &signal.remedy, Some(limits.shop));
    Some(ShipmentSignal {
        shipment: shipment?,
        order: order?,
        lines: lines?,
        state: state?,
        eta: eta?,
        carrier: carrier?,
        tracking: tracking?,
        remedy: remedy?,
    })
}

pub(super) fn parse_return(
    fields: &mut Fields,
    signal: pb::ReturnSignal,
    limits: Limits<'_>,
) -> Option<ReturnSignal> {
    let return_id = fields.id("return_id", &signal.return_id);
    let order = fields.id("order_id", &signal.order_id);
    let line = fields.id_or_none("line_id", &signal.line_id);
    let quantity = fields.pieces("quantity", signal.quantity);
    let status = fields.word_or_none::<ReturnStatus>("status", signal.status);
    let raw_status = fields.text("raw_status", signal.raw_status, 200);
    if signal.status.is_none() && raw_status.as_ref().is_some_and(String::is_empty) {
        fields.refuse::<()>("status", "must be set where `raw_status` is empty");
    }
    let reason = fields.word_or_none("reason", signal.reason);
    let raw_reason = fields.text("raw_reason", signal.raw_reason, 500);
    let buyer = fields.id_or_none("buyer_id", &signal.buyer_id);
    let requested_at = fields.past("request_time", signal.request_time, limits.latest);
    let deadline = fields.time_or_none("channel_deadline", signal.channel_deadline);
    let refund = fields.money_or_none("refund_amount", signal.refund_amount);
    let bounds = parse_bounds(fields, signal.offer_amount_min, signal.offer_amount_max, signal.offers_left);
    let (status, raw_status) = (status?, raw_status?);
    Some(ReturnSignal {
        return_id: return_id?,
        order: order?,
        line: line?,
        quantity: quantity?,
        status: status.unwrap_or_else(|| ReturnStatus::from_raw(&raw_status)),
        raw_status,
        reason: reason?,
        raw_reason: raw_reason?,
        buyer: buyer?,
        requested_at: requested_at?,
        deadline: deadline?,
        refund: refund?,
        seller_fault: signal.seller_fault,
        bounds: bounds?,
    })
}

fn parse_bounds(
    fields: &mut Fields,
    min: Option<pb::Money>,
    max: Option<pb::Money>,
    left: Option<i32>,
) -> Option<OfferBounds> {
    let min = fields.money_or_none("offer_amount_min", min);
    let max = fields.money_or_none("offer_amount_max", max);
    let left = match left.map(u32::try_from) {
        None => Some(None),
        Some(Ok(left @ 0..=1_000)) => Some(Some(left)),
        Some(_) => fields.refuse("offers_left", "must be 0–1,000"),
    };
    let (min, max) = (min?, max?);
    match (min, max) {
        (Some(min), Some(max)) if min.currency != max.currency => {
            return fields.foreign_currency("offer_amount_max.currency", min);
        }
        (Some(min), Some(max)) if min.minor_units > max.minor_units => {
            return fields.refuse("offer_amount_max", "must not be below the least amount");
        }
        _ => {}
    }
    Some(OfferBounds { min, max, left: left? })
}
