//! Return requests as they stand, and the events their stories are replayed from.

mod step;

use amends_domain::counter::OfferBounds;
use amends_domain::detection::Reason;
use amends_domain::returns::ReturnStatus;
use amends_domain::{BuyerKey, CaseId, LineId, Money, OrderId, ReturnId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, text_opt, time, time_opt};

pub use step::{events_by_orders, insert_events};

const RETURNS: Table = Table {
    name: "returns",
    columns: &[
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("return_id", Kind::Text),
        ("line_id", Kind::Text),
        ("quantity", Kind::Int),
        ("status", Kind::Text),
        ("raw_status", Kind::Text),
        ("reason", Kind::Text),
        ("raw_reason", Kind::Text),
        ("requested_at", Kind::Int),
        ("last_event_at", Kind::Int),
        ("withdrawn_at", Kind::Int),
        ("counted_at", Kind::Int),
        ("deadline", Kind::Int),
        ("refund", Kind::Int),
        ("currency", Kind::Text),
        ("seller_fault", Kind::Bool),
        ("buyer_key", Kind::Text),
        ("case_id", Kind::Text),
        ("offer_min", Kind::Int),
        ("offer_max", Kind::Int),
        ("offer_currency", Kind::Text),
        ("offers_left", Kind::Int),
    ],
    key: &["shop_id", "order_id", "return_id"],
};

/// A return request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRow {
    /// The tenant.
    pub shop: ShopId,
    /// The order.
    pub order: OrderId,
    /// The request, as the channel names it.
    pub return_id: ReturnId,
    /// The line, if known.
    pub line: Option<LineId>,
    /// Units to return.
    pub quantity: u32,
    /// Where it stands, in our words.
    pub status: ReturnStatus,
    /// Where it stands, in the channel's words.
    pub raw_status: String,
    /// Why, in our words.
    pub reason: Option<Reason>,
    /// Why, in the channel's words.
    pub raw_reason: String,
    /// When it was first seen.
    pub requested_at: Time,
    /// When the channel last said something about it.
    pub last_event_at: Time,
    /// When it was withdrawn, if it stands withdrawn.
    pub withdrawn_at: Option<Time>,
    /// When the channel's own metric counts it, if it does.
    pub counted_at: Option<Time>,
    /// When the channel decides by itself.
    pub deadline: Option<Time>,
    /// What the channel would refund.
    pub refund: Option<Money>,
    /// Whether the channel finds the seller at fault; none while it has not said.
    pub seller_fault: Option<bool>,
    /// Who asks, if known.
    pub buyer: Option<BuyerKey>,
    /// The case it opened or joined.
    pub case: Option<CaseId>,
    /// What the channel allows to be offered.
    pub bounds: OfferBounds,
}

/// Which return requests to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReturnFilter {
    /// That stand so.
    pub status: Option<ReturnStatus>,
    /// Of one order.
    pub order: Option<OrderId>,
}

/// All return requests of the orders.
pub fn by_orders(orders: &[Of<OrderId>]) -> Query<ReturnRow> {
    Query::by(&RETURNS, &["shop_id", "order_id"], value::of(orders), read)
}

/// Return requests by id.
pub fn by_ids(returns: &[Of<ReturnId>]) -> Query<ReturnRow> {
    Query::by(&RETURNS, &["shop_id", "return_id"], value::of(returns), read)
}

/// One return request.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(conn: &Conn, shop: &ShopId, return_id: &ReturnId) -> Result<Option<ReturnRow>> {
    let sql = format!("{} WHERE shop_id = $1 AND return_id = $2", bulk::select(&RETURNS));
    let row = conn.one(sql, vec![str(shop.as_str()), str(return_id.as_str())]).await?;
    row.as_ref().map(read).transpose()
}

/// Writes return requests as they now stand.
/// `Contended` when another order of the shop has a request of the same id.
pub fn put(returns: &[ReturnRow]) -> Write {
    let rows = returns.iter().map(write).collect();
    Write::insert(&RETURNS, rows, Existing::Replace)
}

/// A shop's return requests, the newest first, from after one on.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    filter: &ReturnFilter,
    after: Option<(Time, ReturnId)>,
    limit: u32,
) -> Result<Vec<ReturnRow>> {
    let mut sql = format!("{} WHERE shop_id = $1", bulk::select(&RETURNS));
    let mut values = vec![str(shop.as_str()), int(limit)];
    let mut narrow = |clause: &str, value: Value| {
        values.push(value);
        sql.push_str(&format!(" AND {clause} ${}", values.len()));
    };
    if let Some(status) = filter.status {
        narrow("status =", str(status.as_str()));
    }
    if let Some(order) = &filter.order {
        narrow("order_id =", str(order.as_str()));
    }
    if let Some((at, id)) = after {
        values.extend([time(at), str(id.as_str())]);
        let n = values.len();
        sql.push_str(&format!(" AND (requested_at, return_id) < (${}, ${n})", n - 1));
    }
    sql.push_str(" ORDER BY requested_at DESC, return_id DESC LIMIT $2");
    conn.all(sql, values).await?.iter().map(read).collect()
}

fn write(r: &ReturnRow) -> Vec<Value> {
    vec![
        str(r.shop.as_str()),
        str(r.order.as_str()),
        str(r.return_id.as_str()),
        str_opt(r.line.as_ref().map(LineId::as_str)),
        int(r.quantity),
        str(r.status.as_str()),
        str(&r.raw_status),
        str_opt(r.reason.map(Reason::as_str)),
        str(&r.raw_reason),
        time(r.requested_at),
        time(r.last_event_at),
        time_opt(r.withdrawn_at),
        time_opt(r.counted_at),
        time_opt(r.deadline),
        int_opt(r.refund.map(|money| money.minor_units)),
        text_opt(r.refund.as_ref().map(|money| money.currency.as_str())),
        Value::Bool(r.seller_fault),
        text_opt(r.buyer),
        text_opt(r.case),
    ]
    .into_iter()
    .chain(write_bounds(r.bounds))
    .collect()
}

/// Bounds for four columns; both amounts are in one currency.
fn write_bounds(bounds: OfferBounds) -> [Value; 4] {
    let OfferBounds { min, max, left } = bounds;
    let minor = |bound: Option<Money>| int_opt(bound.map(|money| money.minor_units));
    [minor(min), minor(max), text_opt(min.or(max).map(|money| money.currency)), int_opt(left)]
}

fn read_bounds(row: &Row<'_>) -> Result<OfferBounds> {
    Ok(OfferBounds {
        min: row.money_opt("offer_min", "offer_currency")?,
        max: row.money_opt("offer_max", "offer_currency")?,
        left: row.number_opt("offers_left")?,
    })
}

fn read(row: &Fetched) -> Result<ReturnRow> {
    let row = Row::new("returns", row);
    Ok(ReturnRow {
        shop: row.parse("shop_id")?,
        order: row.parse("order_id")?,
        return_id: row.parse("return_id")?,
        line: row.parse_opt("line_id")?,
        quantity: row.number("quantity")?,
        status: row.parse("status")?,
        raw_status: row.get("raw_status")?,
        reason: row.parse_opt("reason")?,
        raw_reason: row.get("raw_reason")?,
        requested_at: row.time("requested_at")?,
        last_event_at: row.time("last_event_at")?,
        withdrawn_at: row.time_opt("withdrawn_at")?,
        counted_at: row.time_opt("counted_at")?,
        deadline: row.time_opt("deadline")?,
        refund: row.money_opt("refund", "currency")?,
        seller_fault: row.get("seller_fault")?,
        buyer: row.parse_opt("buyer_key")?,
        case: row.parse_opt("case_id")?,
        bounds: read_bounds(&row)?,
    })
}
