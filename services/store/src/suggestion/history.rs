//! What went before, counted in one question.

use amends_domain::detection::Reason;
use amends_domain::remedy::RemedyKind;
use amends_domain::tally::Measure;
use amends_domain::{BuyerKey, Day, OrderId, ShopId, Time};

use crate::bulk::{Column, Kind, Select};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, text, text_opt, time};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The tenant.
    pub shop: &'a ShopId,
    /// The buyer, if known.
    pub buyer: Option<BuyerKey>,
    /// The order at hand, which is none of the earlier ones.
    pub order: Option<&'a OrderId>,
    /// From when on remedies count.
    pub remedies_from: Time,
    /// The days of the deliveries that count, the last one excluded.
    pub days: (Day, Day),
}

/// What went before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Other orders of the buyer.
    pub orders: i64,
    /// What the buyer was given, by kind and reason: how often.
    pub remedies: Vec<(RemedyKind, Reason, i64)>,
    /// Units of the shop that were delivered.
    pub delivered: i64,
    /// Of those, counted as returned.
    pub returned: i64,
}

/// One number of what went before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Past {
    /// Other orders of the buyer.
    Orders(i64),
    /// Remedies of a kind that the buyer was given for a reason.
    Remedies(RemedyKind, Reason, i64),
    /// Units of the shop that were delivered.
    Delivered(i64),
    /// Of those, counted as returned.
    Returned(i64),
}

const COLUMNS: &[Column] =
    &[("what", Kind::Text), ("kind", Kind::Text), ("reason", Kind::Text), ("n", Kind::Int)];

const COUNTED: &str = "SELECT 'ORDERS' AS what, '' AS kind, '' AS reason, COUNT(DISTINCT order_id) AS n \
     FROM order_lines WHERE shop_id = {1} AND buyer_key = {2} AND order_id <> {3} \
     UNION ALL SELECT 'REMEDY', r.kind, r.reason, COUNT(*) FROM cases AS c JOIN remedies AS r \
     ON r.shop_id = c.shop_id AND r.case_id = c.case_id \
     WHERE c.shop_id = {1} AND c.buyer_key = {2} AND r.proposed_at >= {4} \
     AND r.stage IN ('ACCEPTED', 'EXECUTING', 'FULFILLED') GROUP BY r.kind, r.reason \
     UNION ALL SELECT 'UNITS_DELIVERED', '', '', CAST(coalesce(SUM(units_delivered), 0) AS BIGINT) \
     FROM line_rollups WHERE shop_id = {1} AND split = 0 AND grain = 0 AND period >= {5} AND period < {6} \
     UNION ALL SELECT 'UNITS_RETURNED', '', '', CAST(coalesce(SUM(units_returned), 0) AS BIGINT) \
     FROM line_rollups WHERE shop_id = {1} AND split = 0 AND grain = 0 AND period >= {5} AND period < {6}";

/// Counts what went before. No index leads to more than the buyer's own rows and the days asked for.
pub fn history(wanted: &Wanted<'_>) -> Select<Past> {
    let values = vec![
        text(wanted.shop),
        text_opt(wanted.buyer),
        text(wanted.order.map_or("", OrderId::as_str)),
        time(wanted.remedies_from),
        int(wanted.days.0.number()),
        int(wanted.days.1.number()),
    ];
    Select::written(COLUMNS, COUNTED, values, read)
}

fn read(row: &Fetched) -> Result<Past> {
    let row = Row::new("history", row);
    let (what, n): (String, i64) = (row.get("what")?, row.get("n")?);
    Ok(match what.as_str() {
        "ORDERS" => Past::Orders(n),
        "REMEDY" => Past::Remedies(row.parse("kind")?, row.parse("reason")?, n),
        _ if row.parse::<Measure>("what")? == Measure::UnitsReturned => Past::Returned(n),
        _ => Past::Delivered(n),
    })
}

impl FromIterator<Past> for History {
    fn from_iter<I: IntoIterator<Item = Past>>(all: I) -> Self {
        let mut history = Self::default();
        for past in all {
            match past {
                Past::Orders(n) => history.orders = n,
                Past::Remedies(kind, reason, n) => history.remedies.push((kind, reason, n)),
                Past::Delivered(n) => history.delivered = n,
                Past::Returned(n) => history.returned = n,
            }
        }
        history
    }
}
