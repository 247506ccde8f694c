//! Finding what stands of a buyer and taking it away, some at a time and all of each kind at once.
//!
//! What is found by a buyer's own key needs nothing else. The rest (a review that named nobody, the notes on
//! a case, the parcel of an order) is found through what it hangs on: orders, reviews and conversations.

use std::collections::BTreeSet;

use amends_domain::subject::{Anchor, Subject};
use amends_domain::{BuyerKey, CaseId, OrderId, ReviewId, ShopId};

use super::erasure::Erased;
use crate::bulk;
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::text::TextOwner;
use crate::value::{int, str, text};

mod facts;
mod words;

/// What hangs on some anchors and is a buyer's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Their orders.
    pub orders: Vec<OrderId>,
    /// Their reviews.
    pub reviews: Vec<ReviewId>,
    /// The cases about any of these.
    pub cases: Vec<CaseId>,
}

/// What one step erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How much.
    pub erased: Erased,
    /// Whether there may be more of the same.
    pub more: bool,
}

/// The next of a buyer's anchors after one, in their order as text.
///
/// A review that named nobody may have hung on itself before its order was known, and the case that it had then
/// still does where it became part of another.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn anchors(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    after: &str,
    limit: u32,
) -> Result<Vec<Anchor>> {
    let sql = "WITH mine AS (
            SELECT 'order:' || order_id AS anchor FROM order_lines WHERE shop_id = $1 AND buyer_key = $2
            UNION SELECT 'order:' || order_id FROM returns WHERE shop_id = $1 AND buyer_key = $2
            UNION SELECT 'order:' || order_id FROM reviews
                WHERE shop_id = $1 AND buyer_key = $2 AND order_id IS NOT NULL
            UNION SELECT 'review:' || review_id FROM reviews WHERE shop_id = $1 AND buyer_key = $2
            UNION SELECT 'review:' || r.review_id FROM order_lines l
                JOIN reviews r ON r.shop_id = l.shop_id AND r.order_id = l.order_id
                WHERE l.shop_id = $1 AND l.buyer_key = $2 AND r.buyer_key IS NULL
            UNION SELECT anchor FROM cases WHERE shop_id = $1 AND buyer_key = $2
        ) SELECT anchor FROM mine WHERE anchor > $3 ORDER BY anchor LIMIT $4";
    let rows = conn.all(sql, vec![text(shop), text(buyer), str(after), int(limit)]).await?;
    rows.iter().map(|row| Ok(Row::new("cases", row).parse::<Subject>("anchor")?.anchor())).collect()
}

/// What hangs on these anchors and is the buyer's; what is known to be another's is not.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn belongings(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    anchors: &[Anchor],
) -> Result<Belongings> {
    let named: Vec<OrderId> = anchors.iter().filter_map(order_of).cloned().collect();
    let others = others(conn, shop, buyer, &named).await?;
    let orders: Vec<OrderId> = named.into_iter().filter(|order| !others.contains(order)).collect();
    let cases = cases(conn, shop, buyer, anchors, &others).await?;
    let alone = anchors.iter().filter_map(|anchor| match anchor {
        Anchor::Review(review) => Some(review.clone()),
        _ => None,
    });
    let reviews = reviews(conn, shop, buyer, (&orders, &cases, alone.collect())).await?;
    Ok(Belongings { orders, reviews, cases })
}

fn order_of(anchor: &Anchor) -> Option<&OrderId> {
    match anchor {
        Anchor::Order(order) => Some(order),
        Anchor::Review(_) | Anchor::Conversation(_) => None,
    }
}

/// Orders that another bought.
async fn others(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    orders: &[OrderId],
) -> Result<BTreeSet<OrderId>> {
    let Some((which, values)) = among(conn, ("", "order_id"), 2, shop, orders) else {
        return Ok(BTreeSet::new());
    };
    let sql = format!(
        "SELECT order_id FROM order_lines WHERE {which} AND buyer_key IS NOT NULL GROUP BY order_id \
         HAVING MAX(CASE WHEN buyer_key = $1 THEN 1 ELSE 0 END) = 0"
    );
    let rows = conn.all(sql, [vec![text(buyer)], values].concat()).await?;
    rows.iter().map(|row| Row::new("order_lines", row).parse("order_id")).collect()
}

/// Cases about these anchors, but for those of others.
async fn cases(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    anchors: &[Anchor],
    others: &BTreeSet<OrderId>,
) -> Result<Vec<CaseId>> {
    let Some((which, values)) = among(conn, ("", "anchor"), 2, shop, anchors) else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "SELECT case_id, subject, buyer_key FROM cases WHERE {which} AND (buyer_key = $1 OR buyer_key IS NULL)"
    );
    let mut found = Vec::new();
    for row in &conn.all(sql, [vec![text(buyer)], values].concat()).await? {
        let row = Row::new("cases", row);
        let (subject, owner): (Subject, Option<BuyerKey>) =
            (row.parse("subject")?, row.parse_opt("buyer_key")?);
        if owner.is_some() || !subject.order().is_some_and(|order| others.contains(order)) {
            found.push(row.parse("case_id")?);
        }
    }
    Ok(found)
}

/// Reviews of these orders and cases, and these by themselves, but for those of others.
async fn reviews(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    (orders, cases, alone): (&[OrderId], &[CaseId], Vec<ReviewId>),
) -> Result<Vec<ReviewId>> {
    let sets = [
        among(conn, ("", "order_id"), 2, shop, orders),
        among(conn, ("", "case_id"), 2, shop, cases),
        among(conn, ("", "review_id"), 2, shop, &alone),
    ];
    let mut found = BTreeSet::new();
    for (which, values) in sets.into_iter().flatten() {
        let sql =
            format!("SELECT review_id FROM reviews WHERE {which} AND (buyer_key = $1 OR buyer_key IS NULL)");
        for row in &conn.all(sql, [vec![text(buyer)], values].concat()).await? {
            found.insert(Row::new("reviews", row).parse("review_id")?);
        }
    }
    Ok(found.into_iter().collect())
}

/// Takes the words of these belongings away, so many of each kind at most, and what repeats them.
///
/// # Errors
/// When the database fails.
pub async fn erase(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    of: &Belongings,
    limit: u32,
) -> Result<Swept> {
    let mut swept = words::of_belongings(conn, shop, of, limit).await?;
    swept.erased.add(&facts::blank(conn, shop, buyer, of).await?);
    Ok(swept)
}

/// Takes the texts away that stand under the buyer's own key, so many at most, and the reasons of returns that
/// they asked for on whatever order.
///
/// # Errors
/// When the database fails.
pub async fn erase_own(conn: &Conn, shop: &ShopId, buyer: &BuyerKey, limit: u32) -> Result<Swept> {
    let mut swept = words::of_buyer(conn, shop, buyer, limit).await?;
    swept.erased.returns += facts::blank_returns(conn, shop, buyer).await?;
    Ok(swept)
}

/// A condition on a shop's rows of these ids, with its values; none when there are no ids. `of` stands before
/// the columns of the table.
fn among<T: std::fmt::Display>(
    conn: &Conn,
    (of, column): (&str, &str),
    first: usize,
    shop: &ShopId,
    ids: &[T],
) -> Option<(String, Vec<sea_orm::Value>)> {
    if ids.is_empty() {
        return None;
    }
    let keys: Vec<[String; 2]> = ids.iter().map(|id| [shop.to_string(), id.to_string()]).collect();
    let (source, values) = bulk::source(conn.engine(), &["shop_id", column], first, &keys);
    Some((format!("({of}shop_id, {of}{column}) IN (SELECT * FROM {source})"), values))
}

/// Whose words a row that was taken away held.
fn owner(row: &crate::row::Fetched) -> Result<TextOwner> {
    Row::new("texts", row).parse("owner")
}
