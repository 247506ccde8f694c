//! Rows as an order with its lines.

use std::collections::HashSet;

use amends_proto::v1;

use super::{Built, Cells, Refusal};
use crate::import::{field::Field, values};

/// The most lines an order may have.
pub(crate) const LINES_MAX: usize = 500;

const PAID: [&str; 8] =
    ["completed", "complete", "shipped", "delivered", "fulfilled", "processing", "processed", "confirmed"];
const PLACED: [&str; 7] = ["new", "open", "created", "pending", "unpaid", "ordered", "on_hold"];
const CANCELLED: [&str; 4] = ["canceled", "voided", "void", "aborted"];

pub(super) fn build(parts: &[(usize, Cells<'_>)]) -> Result<Built, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut lines: Vec<v1::OrderLine> = Vec::new();
    let mut seen = HashSet::new();
    for (number, (place, cells)) in parts.iter().enumerate() {
        match line(cells, number) {
            Ok(line) if !seen.insert(line.line_id.clone()) => {
                refusals
                    .push((*place, format!("line_id: comes twice in this order (found {})", line.line_id)));
            }
            Ok(line) => lines.push(line),
            Err(reason) => refusals.push((*place, reason)),
        }
    }
    let Some((_, first)) = parts.first() else { return Err(refusals) };
    if lines.len() > LINES_MAX {
        refusals.push((0, format!("the order has more than {LINES_MAX} lines")));
    }
    // What belongs to the whole order stands in its first row.
    match order(first, lines) {
        Ok(built) if refusals.is_empty() => Ok(built),
        Ok(_) => Err(refusals),
        Err(reason) => {
            if refusals.iter().all(|(place, _)| *place != 0) {
                refusals.push((0, reason));
            }
            Err(refusals)
        }
    }
}

fn order(cells: &Cells<'_>, lines: Vec<v1::OrderLine>) -> Result<Built, String> {
    let order_id = cells.id(Field::OrderId)?;
    let body = v1::OrderSignal {
        order_id: order_id.clone(),
        buyer_id: cells.id(Field::BuyerId)?,
        lines,
        state: state(cells)?.into(),
        language: cells.language()?,
        buyer_time_zone: cells.limited(Field::Zone, 64),
        buyer_region: region(cells),
    };
    cells.signal(&order_id, v1::signal::Body::Order(body))
}

fn line(cells: &Cells<'_>, number: usize) -> Result<v1::OrderLine, String> {
    let line_id = if cells.is_mapped(Field::LineId) {
        cells.id(Field::LineId)?
    } else {
        // The rows of an order come in the same sequence in every export.
        (number + 1).to_string()
    };
    let sku = if cells.is_mapped(Field::Sku) { cells.id(Field::Sku)? } else { line_id.clone() };
    let price = |text: &str| values::amount(text, cells.get(Field::Currency));
    Ok(v1::OrderLine {
        line_id,
        sku,
        title: cells.limited(Field::Title, 500),
        category: cells.limited(Field::Category, 200),
        quantity: cells.read(Field::Quantity, values::pieces)?.unwrap_or(1),
        unit_price: Some(cells.required(Field::UnitPrice, price)?),
    })
}

// A list of orders without a state is a list of sales.
fn state(cells: &Cells<'_>) -> Result<v1::OrderState, String> {
    let text = cells.get(Field::State);
    if text.is_empty() {
        return Ok(v1::OrderState::Paid);
    }
    if let Some(state) = cells.word(Field::State) {
        return Ok(state);
    }
    let plain = text.to_ascii_lowercase().replace([' ', '-'], "_");
    match plain.as_str() {
        plain if PAID.contains(&plain) => Ok(v1::OrderState::Paid),
        plain if PLACED.contains(&plain) => Ok(v1::OrderState::Placed),
        plain if CANCELLED.contains(&plain) => Ok(v1::OrderState::Cancelled),
        _ => Err(format!("state: must be placed, paid or cancelled (found {text})")),
    }
}

// Only a code says something the rules can use; a country's name is left out.
fn region(cells: &Cells<'_>) -> String {
    let code = cells.get(Field::Region).to_ascii_uppercase();
    if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) { code } else { String::new() }
}
