//! What a shop wrote to a buyer unasked, and what it used of its channel's quota of asks.

use amends_domain::{BuyerKey, ShopId, Time};

use crate::bulk::{Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{str, text, time};

const TABLE: Table = Table {
    name: "contacts",
    columns: &[
        ("shop_id", Kind::Text),
        ("buyer_key", Kind::Text),
        ("contact_id", Kind::Text),
        ("kind", Kind::Text),
        ("at", Kind::Int),
    ],
    key: &["shop_id", "buyer_key", "contact_id"],
};

/// One contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// The tenant.
    pub shop: ShopId,
    /// To whom.
    pub buyer: BuyerKey,
    /// What was written: the id of the reply, the remedy or the decision of an ask.
    pub id: String,
    /// What kind of thing, as a word.
    pub kind: String,
    /// When it was decided that it goes out.
    pub at: Time,
}

/// What happened in a time: asks sent, and reviews received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskUse {
    /// Reviews that were asked about.
    pub asked: u32,
    /// Reviews that were written, as well as that is known.
    pub received: u32,
}

/// Notes contacts; one that is there already is there once, at the later time.
pub fn put(contacts: &[ContactRow]) -> Write {
    let rows = contacts
        .iter()
        .map(|c| vec![str(c.shop.as_str()), text(c.buyer), str(&c.id), str(&c.kind), time(c.at)]);
    Write::insert(&TABLE, rows.collect(), Existing::Replace)
}

/// Which contacts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All of them.
    All,
    /// All but asks about reviews.
    ButAsks,
}

/// When a buyer was written to since a time, besides by one message. A reply counts from when it was
/// queued, and from when the channel got it; one that no connector has any more does not.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn of_buyer(
    conn: &Conn,
    shop: &ShopId,
    buyer: &BuyerKey,
    besides: &str,
    counted: Counted,
    since: Time,
) -> Result<Vec<Time>> {
    let sql = "SELECT CASE WHEN r.stage = 'SENT' THEN r.at ELSE c.at END AS at FROM contacts c \
               LEFT JOIN replies r ON r.shop_id = c.shop_id AND r.reply_id = c.contact_id \
               WHERE c.shop_id = $1 AND c.buyer_key = $2 AND c.contact_id <> $3 AND c.at >= $4 \
               AND (r.reply_id IS NULL OR r.stage IN ('QUEUED', 'SENDING', 'SENT', 'UNKNOWN')) \
               AND c.kind <> $5";
    let left_out = match counted {
        Counted::All => "",
        Counted::ButAsks => "ASK",
    };
    let values = vec![text(shop), text(buyer), str(besides), time(since), str(left_out)];
    let rows = conn.all(sql, values).await?;
    rows.iter().map(|row| Row::new(TABLE.name, row).time("at")).collect()
}

/// How many reviews of a shop were asked about and received in `[from, to)`.
///
/// # Errors
/// When the database fails.
pub async fn asks_between(conn: &Conn, shop: &ShopId, from: Time, to: Time) -> Result<AskUse> {
    let within = |column| format!("count(CASE WHEN {column} >= $2 AND {column} < $3 THEN 1 END)");
    let sql = format!(
        "SELECT {} AS asked, {} AS received FROM reviews WHERE shop_id = $1",
        within("asked_at"),
        within("written_at")
    );
    let Some(row) = conn.one(&sql, vec![text(shop), time(from), time(to)]).await? else {
        return Ok(AskUse { asked: 0, received: 0 });
    };
    let row = Row::new("reviews", &row);
    Ok(AskUse { asked: row.number("asked")?, received: row.number("received")? })
}
