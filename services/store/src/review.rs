//! Reviews as they stand, and the versions their stories are replayed from.

mod look;
mod open;
mod version;
mod wish;

use amends_domain::case::Case;
use amends_domain::review::DiffKind;
use amends_domain::rollup::About;
use amends_domain::tally::ReviewHandling;
use amends_domain::{BuyerKey, CaseId, LineId, OrderId, ReviewId, ShopId, Sku, Time};
use sea_orm::Value;

use crate::Of;
use crate::about;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, text_opt, time, time_opt};

pub use look::to_look_at;
pub use open::{Open, open_since_delivery};
pub use version::{insert_versions, versions, versions_of};
pub use wish::{Heard, wishes_of_orders};

const REVIEWS: Table = Table {
    name: "reviews",
    columns: &[
        ("shop_id", Kind::Text),
        ("review_id", Kind::Text),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("sku", Kind::Text),
        ("buyer_key", Kind::Text),
        ("case_id", Kind::Text),
        ("language", Kind::Text),
        ("negative", Kind::Bool),
        ("hidden_negative", Kind::Bool),
        ("first_rating", Kind::Int),
        ("rating", Kind::Int),
        ("first_observed_at", Kind::Int),
        ("last_observed_at", Kind::Int),
        ("written_at", Kind::Int),
        ("visible", Kind::Bool),
        ("last_diff", Kind::Text),
        ("reversed_at", Kind::Int),
        ("first_human_action_at", Kind::Int),
        ("contacted_at", Kind::Int),
        ("solved_at", Kind::Int),
        ("asked_at", Kind::Int),
        ("delivered_at", Kind::Int),
        ("next_look_at", Kind::Int),
        ("line_sku", Kind::Text),
        ("wished_at", Kind::Int),
        ("case_reason", Kind::Text),
        ("case_remedy", Kind::Text),
        ("case_agent", Kind::Text),
        ("case_language", Kind::Text),
    ],
    key: &["shop_id", "review_id"],
};

/// A review as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The tenant.
    pub shop: ShopId,
    /// The review.
    pub review: ReviewId,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The line it is about.
    pub line: Option<LineId>,
    /// The article it is about.
    pub sku: Option<Sku>,
    /// Who wrote it.
    pub buyer: Option<BuyerKey>,
    /// The case it opened or joined.
    pub case: Option<CaseId>,
    /// BCP 47, empty when unknown.
    pub language: String,
    /// A high rating over a negative text.
    pub hidden_negative: bool,
    /// When it was last seen.
    pub last_observed_at: Time,
    /// What its versions tell, as far as lists show it.
    pub history: ReviewHead,
    /// What was done about it.
    pub handling: ReviewHandling,
    /// When somebody should look at it again; none when nobody needs to.
    pub next_look_at: Option<Time>,
    /// The article of the line it is about, as the order says.
    pub line_sku: Option<Sku>,
    /// When the wish to return was first heard in it.
    pub wished_at: Option<Time>,
    /// What its case says, for figures alone.
    pub about: About,
}

/// The part of a review's story that is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewHead {
    /// Negative when first seen.
    pub negative: bool,
    /// The rating it was first seen with.
    pub first_rating: Option<u8>,
    /// The rating it has now.
    pub rating: Option<u8>,
    /// When it was first seen with a rating.
    pub first_observed_at: Option<Time>,
    /// When it was there at the latest, by what was seen and by what the channel says.
    pub written_at: Option<Time>,
    /// Whether it can be seen now.
    pub visible: bool,
    /// What its last version that brought a change brought.
    pub last_diff: DiffKind,
    /// When it was first reversed.
    pub reversed_at: Option<Time>,
}

/// Which reviews to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReviewFilter {
    /// Negative when first seen, or not.
    pub negative: Option<bool>,
    /// Of one order.
    pub order: Option<OrderId>,
    /// With this as its last change.
    pub outcome: Option<DiffKind>,
}

/// Reviews by id.
pub fn by_ids(reviews: &[Of<ReviewId>]) -> Query<ReviewRow> {
    Query::by(&REVIEWS, REVIEWS.key, value::of(reviews), read)
}

/// Reviews of orders.
pub fn by_orders(orders: &[Of<OrderId>]) -> Query<ReviewRow> {
    Query::by(&REVIEWS, &["shop_id", "order_id"], value::of(orders), read).and("order_id IS NOT NULL")
}

/// Reviews of cases.
pub fn by_cases(cases: &[Of<CaseId>]) -> Query<ReviewRow> {
    Query::by(&REVIEWS, &["shop_id", "case_id"], value::of(cases), read).and("case_id IS NOT NULL")
}

/// Reviews of the cases that a question leads to.
pub fn of_cases(cases: Query<Case>) -> Query<ReviewRow> {
    cases.leading_to(&REVIEWS, &["shop_id", "case_id"], read).and("case_id IS NOT NULL")
}

/// Writes reviews as they now stand.
pub fn put(reviews: &[ReviewRow]) -> Write {
    let rows = reviews.iter().map(write).collect();
    Write::insert(&REVIEWS, rows, Existing::Replace)
}

/// A shop's reviews, the last seen first, from after one on.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    filter: &ReviewFilter,
    after: Option<(Time, ReviewId)>,
    limit: u32,
) -> Result<Vec<ReviewRow>> {
    let mut sql = format!("{} WHERE shop_id = $1", bulk::select(&REVIEWS));
    let mut values = vec![str(shop.as_str()), int(limit)];
    let mut narrow = |clause: &str, value: Value| {
        values.push(value);
        sql.push_str(&format!(" AND {clause} ${}", values.len()));
    };
    if let Some(negative) = filter.negative {
        narrow("negative =", negative.into());
    }
    if let Some(order) = &filter.order {
        narrow("order_id =", str(order.as_str()));
    }
    if let Some(outcome) = filter.outcome {
        narrow("last_diff =", str(outcome.as_str()));
    }
    if let Some((at, id)) = after {
        values.extend([time(at), str(id.as_str())]);
        let n = values.len();
        sql.push_str(&format!(" AND (last_observed_at, review_id) < (${}, ${n})", n - 1));
    }
    sql.push_str(" ORDER BY last_observed_at DESC, review_id DESC LIMIT $2");
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// A shop's reviews by id, from after one on.
///
/// # Errors
/// When the database refuses.
pub async fn page(conn: &Conn, shop: &ShopId, after: Option<ReviewId>, limit: u32) -> Result<Vec<ReviewRow>> {
    let after = after.as_ref().map_or("", ReviewId::as_str);
    let sql = format!(
        "{} WHERE shop_id = $1 AND review_id > $2 ORDER BY review_id LIMIT $3",
        bulk::select(&REVIEWS)
    );
    conn.all(sql, vec![str(shop.as_str()), str(after), int(limit)]).await?.iter().map(read).collect()
}

fn write(r: &ReviewRow) -> Vec<Value> {
    let (head, handling) = (&r.history, &r.handling);
    let mut row = vec![
        str(r.shop.as_str()),
        str(r.review.as_str()),
        str_opt(r.order.as_ref().map(OrderId::as_str)),
        str_opt(r.line.as_ref().map(LineId::as_str)),
        str_opt(r.sku.as_ref().map(Sku::as_str)),
        text_opt(r.buyer),
        text_opt(r.case),
        str(&r.language),
        head.negative.into(),
        r.hidden_negative.into(),
        int_opt(head.first_rating),
        int_opt(head.rating),
        time_opt(head.first_observed_at),
        time(r.last_observed_at),
        time_opt(head.written_at),
        head.visible.into(),
        str(head.last_diff.as_str()),
        time_opt(head.reversed_at),
        time_opt(handling.first_human_action_at),
        time_opt(handling.contacted_at),
        time_opt(handling.solved_at),
        time_opt(handling.asked_at),
        time_opt(handling.delivered_at),
        time_opt(r.next_look_at),
        str_opt(r.line_sku.as_ref().map(Sku::as_str)),
        time_opt(r.wished_at),
    ];
    row.extend(about::write(&r.about));
    row
}

fn read(row: &Fetched) -> Result<ReviewRow> {
    let row = Row::new("reviews", row);
    Ok(ReviewRow {
        shop: row.parse("shop_id")?,
        review: row.parse("review_id")?,
        order: row.parse_opt("order_id")?,
        line: row.parse_opt("line_id")?,
        sku: row.parse_opt("sku")?,
        buyer: row.parse_opt("buyer_key")?,
        case: row.parse_opt("case_id")?,
        language: row.get("language")?,
        hidden_negative: row.get("hidden_negative")?,
        last_observed_at: row.time("last_observed_at")?,
        next_look_at: row.time_opt("next_look_at")?,
        line_sku: row.parse_opt("line_sku")?,
        wished_at: row.time_opt("wished_at")?,
        about: about::read(&row)?,
        history: ReviewHead {
            negative: row.get("negative")?,
            first_rating: row.number_opt("first_rating")?,
            rating: row.number_opt("rating")?,
            first_observed_at: row.time_opt("first_observed_at")?,
            written_at: row.time_opt("written_at")?,
            visible: row.get("visible")?,
            last_diff: row.parse("last_diff")?,
            reversed_at: row.time_opt("reversed_at")?,
        },
        handling: ReviewHandling {
            first_human_action_at: row.time_opt("first_human_action_at")?,
            contacted_at: row.time_opt("contacted_at")?,
            solved_at: row.time_opt("solved_at")?,
            asked_at: row.time_opt("asked_at")?,
            delivered_at: row.time_opt("delivered_at")?,
        },
    })
}
