//! Erasures: that a buyer is to be forgotten, how far that has come, and what it took.

use amends_domain::{AgentId, BuyerKey, ShopId, Time};

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str_opt, text, time, time_opt};

const TABLE: Table = Table {
    name: "erasures",
    columns: &[
        ("shop_id", Kind::Text),
        ("buyer_key", Kind::Text),
        ("asked_by", Kind::Text),
        ("asked_at", Kind::Int),
        ("done_at", Kind::Int),
        ("reached", Kind::Text),
        ("messages", Kind::Int),
        ("reviews", Kind::Int),
        ("surveys", Kind::Int),
        ("notes", Kind::Int),
        ("replies", Kind::Int),
        ("withdrawn", Kind::Int),
        ("remedies", Kind::Int),
        ("shipments", Kind::Int),
        ("returns", Kind::Int),
        ("events", Kind::Int),
        ("answers", Kind::Int),
        ("version", Kind::Int),
    ],
    key: &["shop_id", "buyer_key"],
};

/// How much was erased, by what it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Texts of messages, of the buyer and to them.
    pub messages: u64,
    /// Texts of reviews, one for each version that had one.
    pub reviews: u64,
    /// Comments of surveys.
    pub surveys: u64,
    /// Notes of agents, and what was written with offers and asks.
    pub notes: u64,
    /// Texts of replies.
    pub replies: u64,
    /// Replies that were on their way and are withdrawn.
    pub withdrawn: u64,
    /// Remedies with a description, a coupon's code, a number or a reason in somebody's words.
    pub remedies: u64,
    /// Numbers of parcels.
    pub shipments: u64,
    /// Reasons of returns in the channel's words.
    pub returns: u64,
    /// Entries of timelines that repeated one of these.
    pub events: u64,
    /// Answers that were kept for callers who repeat a request.
    pub answers: u64,
}

/// The erasure of a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    /// The tenant.
    pub shop: ShopId,
    /// The pseudonym.
    pub buyer: BuyerKey,
    /// Who asked for it first.
    pub asked_by: AgentId,
    /// When.
    pub asked_at: Time,
    /// When nothing was left; none while it is under way.
    pub done_at: Option<Time>,
    /// The last thing that was gone through, while it is under way; empty at the beginning.
    pub reached: Option<String>,
    /// What was erased so far.
    pub erased: Erased,
    /// Rises with every step.
    pub version: i64,
}

impl Erased {
    /// Adds what another step erased.
    pub fn add(&mut self, more: &Self) {
        self.messages += more.messages;
        self.reviews += more.reviews;
        self.surveys += more.surveys;
        self.notes += more.notes;
        self.replies += more.replies;
        self.withdrawn += more.withdrawn;
        self.remedies += more.remedies;
        self.shipments += more.shipments;
        self.returns += more.returns;
        self.events += more.events;
        self.answers += more.answers;
    }

    const fn counts(&self) -> [u64; 11] {
        [
            self.messages,
            self.reviews,
            self.surveys,
            self.notes,
            self.replies,
            self.withdrawn,
            self.remedies,
            self.shipments,
            self.returns,
            self.events,
            self.answers,
        ]
    }
}

/// The erasure of a buyer, if one was asked for.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, buyer: &BuyerKey) -> Result<Option<ErasureRow>> {
    let sql = format!("{} WHERE shop_id = $1 AND buyer_key = $2", bulk::select(&TABLE));
    let row = conn.one(sql, vec![text(shop), text(buyer)]).await?;
    row.as_ref().map(read).transpose()
}

/// Adds one; of a buyer who has one already nothing changes.
pub fn insert(erasure: &ErasureRow) -> Write {
    Write::insert(&TABLE, vec![write(erasure)], Existing::Keep)
}

/// Stores one that was read at `old_version`.
/// `Contended` when it is not at that version any more.
pub fn update(erasure: &ErasureRow, old_version: i64) -> Write {
    Write::update(&TABLE, vec![(write(erasure), old_version)])
}

/// Lets everything of these buyers be gone through once more, from the beginning.
pub fn again(buyers: &[Of<BuyerKey>]) -> Write {
    const OF: [Column; 2] = [("shop_id", Kind::Text), ("buyer_key", Kind::Text)];
    let rows = buyers.iter().map(|(shop, buyer)| vec![text(shop), text(buyer)]).collect();
    let set = "UPDATE erasures SET reached = '', version = version + 1 FROM";
    Write::change(
        TABLE.name,
        &OF,
        rows,
        set,
        "WHERE erasures.shop_id = t.shop_id AND erasures.buyer_key = t.buyer_key",
    )
}

fn write(erasure: &ErasureRow) -> Vec<sea_orm::Value> {
    let counts = erasure.erased.counts();
    let mut row = vec![
        text(&erasure.shop),
        text(erasure.buyer),
        text(&erasure.asked_by),
        time(erasure.asked_at),
        time_opt(erasure.done_at),
        str_opt(erasure.reached.as_deref()),
    ];
    row.extend(counts.iter().map(|count| int(i64::try_from(*count).unwrap_or(i64::MAX))));
    row.push(int(erasure.version));
    row
}

fn read(row: &Fetched) -> Result<ErasureRow> {
    let row = Row::new(TABLE.name, row);
    Ok(ErasureRow {
        shop: row.parse("shop_id")?,
        buyer: row.parse("buyer_key")?,
        asked_by: row.parse("asked_by")?,
        asked_at: row.time("asked_at")?,
        done_at: row.time_opt("done_at")?,
        reached: row.get("reached")?,
        erased: Erased {
            messages: row.number("messages")?,
            reviews: row.number("reviews")?,
            surveys: row.number("surveys")?,
            notes: row.number("notes")?,
            replies: row.number("replies")?,
            withdrawn: row.number("withdrawn")?,
            remedies: row.number("remedies")?,
            shipments: row.number("shipments")?,
            returns: row.number("returns")?,
            events: row.number("events")?,
            answers: row.number("answers")?,
        },
        version: row.get("version")?,
    })
}
