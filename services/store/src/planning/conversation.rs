//! Conversations as marketplaces count them: when a buyer began one, and who answered first.

use amends_domain::signal::{Author, Direction};
use amends_domain::{CaseId, ConversationId, ShopId, Span, Time};

use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, text, time};

/// After so long without a word from anybody, the buyer's next message begins a conversation anew:
/// channels keep one thread for all that a buyer ever writes.
pub const QUIET: Span = Span::from_hours(24);

/// A conversation that a buyer began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Which.
    pub conversation: ConversationId,
    /// The case of its first message, or else the first case of a later one.
    pub case: Option<CaseId>,
    /// When the buyer's first message came.
    pub received_at: Time,
    /// When a person first wrote after it.
    pub human_at: Option<Time>,
    /// Whether a machine wrote after it.
    pub machine: bool,
}

/// Which conversations.
#[derive(Debug, Clone)]
pub struct Which<'a> {
    /// The shop.
    pub shop: &'a ShopId,
    /// Begun at this instant or later.
    pub from: Time,
    /// What came later is not looked at.
    pub at: Time,
    /// At most so many, the latest.
    pub limit: i64,
}

/// Whether more was written than that within the window of the conversations: then they are not to be looked
/// at, because what tells where each began is every word of it.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn has_more_words(conn: &Conn, which: &Which<'_>, words: i64) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS words FROM (SELECT 1 AS word FROM messages WHERE shop_id = $1 AND NOT public \
         AND occurred_at >= $2 AND occurred_at <= $3 LIMIT $4) AS found";
    let values =
        vec![text(which.shop), time(which.from - QUIET), time(which.at), int(words.saturating_add(1))];
    let rows = conn.all(sql.to_owned(), values).await?;
    let read = |row: &Fetched| Row::new("messages", row).get::<i64>("words");
    Ok(rows.first().map(read).transpose()?.unwrap_or(0) > words)
}

/// The conversations that buyers began, the latest first. What everybody reads is no conversation. An
/// answer is a message that a person wrote, wherever they did, or a reply of an agent that the channel took.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn begun(conn: &Conn, which: &Which<'_>) -> Result<Vec<Begun>> {
    let (buyer, seller, bot) = (Direction::FromBuyer, Direction::ToBuyer, Author::Bot);
    // Read backwards, so that what comes after a word is added up once and not anew for each. Of words written
    // at one moment the buyer's come first, so that an answer of that moment is one.
    let sql = format!(
        "WITH words AS (
             SELECT conversation_id, message_id AS id, case_id, occurred_at, direction,
                 CASE WHEN direction = '{seller}' AND author <> '{bot}' THEN occurred_at END AS human_at,
                 CASE WHEN direction = '{seller}' AND author = '{bot}' THEN 1 ELSE 0 END AS machine
             FROM messages WHERE shop_id = $1 AND NOT public AND occurred_at >= $2 AND occurred_at <= $3
             UNION ALL
             SELECT conversation_id, reply_id AS id, case_id, at AS occurred_at, '{seller}' AS direction,
                 at AS human_at, 0 AS machine
             FROM replies WHERE shop_id = $1 AND stage = 'SENT' AND NOT public AND at >= $2 AND at <= $3
                 AND conversation_id IS NOT NULL
         ), talk AS (
             SELECT conversation_id, id, case_id, occurred_at, direction,
                 LEAD(occurred_at) OVER back AS earlier, MIN(human_at) OVER back AS human_at,
                 MAX(machine) OVER back AS machine, MIN(case_id) OVER back AS later_case
             FROM words WINDOW back AS (PARTITION BY conversation_id
                 ORDER BY occurred_at DESC, direction DESC, id DESC
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
         )
         SELECT conversation_id, COALESCE(case_id, later_case) AS case_id, occurred_at, human_at,
             CAST(machine AS BIGINT) AS machine
         FROM talk WHERE direction = '{buyer}' AND occurred_at >= $4 AND (earlier IS NULL OR occurred_at - earlier >= $5)
         ORDER BY occurred_at DESC, conversation_id DESC LIMIT $6"
    );
    // What was written just before says whether the first message in the window begins anything.
    let values = vec![
        text(which.shop),
        time(which.from - QUIET),
        time(which.at),
        time(which.from),
        int(QUIET.micros()),
        int(which.limit),
    ];
    conn.all(sql, values).await?.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<Begun> {
    let row = Row::new("messages", row);
    Ok(Begun {
        conversation: row.parse("conversation_id")?,
        case: row.parse_opt("case_id")?,
        received_at: row.time("occurred_at")?,
        human_at: row.time_opt("human_at")?,
        machine: row.get::<i64>("machine")? == 1,
    })
}
