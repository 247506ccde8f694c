//! Messages: who wrote when about what; the words stand in `texts`.

use std::collections::HashSet;

use amends_domain::signal::{Author, Direction};
use amends_domain::{BuyerKey, CaseId, ConversationId, LineId, MessageId, OrderId, ShopId, SignalId, Time};

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, str, str_opt, text, text_opt, time};

const MESSAGES: Table = Table {
    name: "messages",
    columns: &[
        ("shop_id", Kind::Text),
        ("message_id", Kind::Text),
        ("conversation_id", Kind::Text),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("buyer_key", Kind::Text),
        ("direction", Kind::Text),
        ("author", Kind::Text),
        ("public", Kind::Bool),
        ("occurred_at", Kind::Int),
        ("language", Kind::Text),
        ("case_id", Kind::Text),
        ("signal_id", Kind::Text),
        ("return_intent", Kind::Bool),
    ],
    key: &["shop_id", "message_id"],
};

/// A message without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// The tenant.
    pub shop: ShopId,
    /// The message.
    pub message: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The line it is about.
    pub line: Option<LineId>,
    /// The buyer of the conversation.
    pub buyer: BuyerKey,
    /// Who wrote.
    pub direction: Direction,
    /// What kind of author.
    pub author: Author,
    /// Everyone can read it.
    pub public: bool,
    /// When it was sent.
    pub occurred_at: Time,
    /// BCP 47, empty when unknown.
    pub language: String,
    /// The case it opened or joined.
    pub case: Option<CaseId>,
    /// The signal that brought it.
    pub signal: SignalId,
    /// Whether the wish to return was heard in it.
    pub return_intent: bool,
}

/// Adds messages; one that is there already stays as it is.
pub fn insert(messages: &[MessageRow]) -> Write {
    let mut seen = HashSet::new();
    let first = messages.iter().filter(|m| seen.insert((&m.shop, &m.message)));
    let rows = first.map(|m| {
        vec![
            str(m.shop.as_str()),
            str(m.message.as_str()),
            str(m.conversation.as_str()),
            str_opt(m.order.as_ref().map(OrderId::as_str)),
            str_opt(m.line.as_ref().map(LineId::as_str)),
            text(m.buyer),
            str(m.direction.as_str()),
            str(m.author.as_str()),
            m.public.into(),
            time(m.occurred_at),
            str(&m.language),
            text_opt(m.case),
            str(m.signal.as_str()),
            m.return_intent.into(),
        ]
    });
    Write::insert(&MESSAGES, rows.collect(), Existing::Keep)
}

/// The newest messages of a case, the oldest of them first.
///
/// # Errors
/// When the database refuses.
pub async fn of_case(conn: &Conn, shop: &ShopId, case: &CaseId, limit: u32) -> Result<Vec<MessageRow>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND case_id = $2 ORDER BY occurred_at DESC, message_id DESC LIMIT $3",
        bulk::select(&MESSAGES)
    );
    let rows = conn.all(sql, vec![str(shop.as_str()), text(case), int(limit)]).await?;
    rows.iter().rev().map(read).collect()
}

/// The newest message of a case.
///
/// # Errors
/// When the database refuses.
pub async fn latest_of_case(conn: &Conn, shop: &ShopId, case: &CaseId) -> Result<Option<MessageRow>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND case_id = $2 ORDER BY occurred_at DESC, message_id DESC LIMIT 1",
        bulk::select(&MESSAGES)
    );
    let row = conn.one(sql, vec![str(shop.as_str()), text(case)]).await?;
    row.as_ref().map(read).transpose()
}

/// When the buyer last wrote to the shop alone on a case: what everybody reads is written to everybody.
///
/// # Errors
/// When the database refuses.
pub async fn last_from_buyer(conn: &Conn, shop: &ShopId, case: &CaseId) -> Result<Option<Time>> {
    let sql = format!(
        "SELECT occurred_at FROM messages WHERE shop_id = $1 AND case_id = $2 AND direction = '{}' \
         AND NOT public ORDER BY occurred_at DESC LIMIT 1",
        Direction::FromBuyer
    );
    let row = conn.one(&sql, vec![str(shop.as_str()), text(case)]).await?;
    row.map(|row| Row::new(MESSAGES.name, &row).time("occurred_at")).transpose()
}

/// The messages with these ids.
pub fn by_ids(messages: &[Of<MessageId>]) -> Query<MessageRow> {
    Query::by(&MESSAGES, MESSAGES.key, value::of(messages), read)
}

fn read(row: &Fetched) -> Result<MessageRow> {
    let row = Row::new("messages", row);
    Ok(MessageRow {
        shop: row.parse("shop_id")?,
        message: row.parse("message_id")?,
        conversation: row.parse("conversation_id")?,
        order: row.parse_opt("order_id")?,
        line: row.parse_opt("line_id")?,
        buyer: row.parse("buyer_key")?,
        direction: row.parse("direction")?,
        author: row.parse("author")?,
        public: row.get("public")?,
        occurred_at: row.time("occurred_at")?,
        language: row.get("language")?,
        case: row.parse_opt("case_id")?,
        signal: row.parse("signal_id")?,
        return_intent: row.get("return_intent")?,
    })
}
