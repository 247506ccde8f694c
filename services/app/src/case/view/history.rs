//! What was between the buyer and the shop before: orders, cases, and what was done about them.

use amends_domain::OrderId;
use amends_domain::case::Case;
use amends_domain::order::Line;
use amends_store::case::{CaseFilter, CaseOrder};
use amends_store::{Conn, case, order};

use crate::case::summary::{CaseSummary, summaries};
use crate::error::Result;

/// Earlier cases that are shown at most.
const CASES_MAX: u32 = 50;

/// Other orders that are shown at most, and lines that are looked through for them.
const ORDERS_MAX: usize = 50;
const LINES_READ: u32 = 500;

/// What was between the buyer and the shop before.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The buyer's other orders, newest first, each with its lines.
    pub orders: Vec<Vec<Line>>,
    /// Other cases of the buyer, and about the same order, newest first, each with its remedies.
    pub cases: Vec<CaseSummary>,
}

pub(super) async fn read(conn: &Conn, case: &Case) -> Result<History> {
    Ok(History { orders: orders(conn, case).await?, cases: cases(conn, case).await? })
}

async fn orders(conn: &Conn, case: &Case) -> Result<Vec<Vec<Line>>> {
    let Some(buyer) = case.buyer else { return Ok(Vec::new()) };
    let lines = order::of_buyer(conn, &case.shop, &buyer, LINES_READ).await?;
    let is_cut = lines.len() >= usize::try_from(LINES_READ).unwrap_or(usize::MAX);
    let mut orders: Vec<Vec<Line>> = lines.chunk_by(|a, b| a.order == b.order).map(<[_]>::to_vec).collect();
    if is_cut && orders.len() > 1 {
        // The last one may have more lines than were read.
        orders.pop();
    }
    let about: Option<&OrderId> = case.subject.order();
    orders.retain(|lines| lines.first().map(|line| &line.order) != about);
    orders.truncate(ORDERS_MAX);
    Ok(orders)
}

async fn cases(conn: &Conn, case: &Case) -> Result<Vec<CaseSummary>> {
    let everything = CaseFilter::default;
    let of_buyer = case.buyer.map(|buyer| CaseFilter { buyer: Some(buyer), ..everything() });
    // Its buyer may not have been known then, or not be known now.
    let of_order =
        case.subject.order().map(|order| CaseFilter { order: Some(order.clone()), ..everything() });
    let mut found: Vec<Case> = Vec::new();
    for filter in [of_buyer, of_order].into_iter().flatten() {
        found.extend(case::list(conn, &case.shop, &filter, CaseOrder::Opened, None, CASES_MAX + 1).await?);
    }
    found.sort_by_key(|other| std::cmp::Reverse((other.opened_at, other.id)));
    found.dedup_by_key(|other| other.id);
    found.retain(|other| other.id != case.id);
    found.truncate(usize::try_from(CASES_MAX).unwrap_or(usize::MAX));
    summaries(conn, found).await
}
