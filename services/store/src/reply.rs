//! Replies; their words stand in `texts`.

use amends_domain::reply::{Destination, Reply, ReplyStage, ReplyState};
use amends_domain::{CaseId, MessageId, ReplyId, ReviewId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, str, text, text_opt, time, time_opt};

pub mod template;

const TABLE: Table = Table {
    name: "replies",
    columns: &[
        ("shop_id", Kind::Text),
        ("reply_id", Kind::Text),
        ("case_id", Kind::Text),
        ("fence", Kind::Int),
        ("author", Kind::Text),
        ("drafted_at", Kind::Int),
        ("public", Kind::Bool),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("conversation_id", Kind::Text),
        ("review_id", Kind::Text),
        ("language", Kind::Text),
        ("template_id", Kind::Text),
        ("attempts", Kind::Int),
        ("approved_by", Kind::Text),
        ("message_id", Kind::Text),
        ("stage", Kind::Text),
        ("at", Kind::Int),
        ("until_at", Kind::Int),
        ("why", Kind::Text),
        ("version", Kind::Int),
        ("override_lock", Kind::Bool),
    ],
    key: &["shop_id", "reply_id"],
};

/// Which replies to list; what is empty or none does not restrict.
#[derive(Debug, Clone, Default)]
pub struct ReplyFilter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// At one of these stages.
    pub stages: Vec<ReplyStage>,
}

/// One reply.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, id: &ReplyId) -> Result<Option<Reply>> {
    let sql = format!("{} WHERE shop_id = $1 AND reply_id = $2", bulk::select(&TABLE));
    let row = conn.one(sql, vec![text(shop), text(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// The replies that the channel knows, or may know, by these ids.
pub fn by_messages(messages: &[Of<MessageId>]) -> Query<Reply> {
    // The condition is that of the index, which is looked up only where a query repeats it.
    Query::by(&TABLE, &["shop_id", "message_id"], value::of(messages), read).and("message_id IS NOT NULL")
}

/// The public replies to these reviews.
pub fn of_reviews(reviews: &[Of<ReviewId>]) -> Query<Reply> {
    // The condition is that of the index, which is looked up only where a query repeats it.
    Query::by(&TABLE, &["shop_id", "review_id"], value::of(reviews), read).and("review_id IS NOT NULL")
}

/// The replies of these cases.
pub fn by_cases(cases: &[Of<CaseId>]) -> Query<Reply> {
    Query::by(&TABLE, &["shop_id", "case_id"], value::of(cases), read)
}

/// The replies of these cases that no connector has had and that may still go out.
pub fn unsent(cases: &[Of<CaseId>]) -> Query<Reply> {
    let unsent = "stage IN ('DRAFT', 'AWAITING_APPROVAL', 'QUEUED')";
    Query::by(&TABLE, &["shop_id", "case_id"], value::of(cases), read).and(unsent)
}

/// Stores new replies.
/// `Contended` when one is there already.
pub fn insert(replies: &[Reply]) -> Write {
    Write::insert(&TABLE, replies.iter().map(write).collect(), Existing::Refuse)
}

/// Stores changed replies, each with the version it was read at.
/// `Contended` when one is not at that version any more, or the channel's id of another.
pub fn update(changed: &[(Reply, i64)]) -> Write {
    Write::update(&TABLE, changed.iter().map(|(reply, old)| (write(reply), *old)).collect())
}

/// Moves the replies of merged cases to the cases they were merged into. A hold on the one is
/// none on the other, so what was not under way by then is not sent any more.
pub fn absorb(merged: &[(ShopId, CaseId, CaseId)]) -> Write {
    const MOVED: [Column; 3] = [("shop_id", Kind::Text), ("case_id", Kind::Text), ("into_id", Kind::Text)];
    let rows = merged.iter().map(|(shop, from, into)| vec![text(shop), text(from), text(into)]);
    let set = "UPDATE replies SET case_id = t.into_id, fence = 0, version = version + 1 FROM";
    let which = "WHERE replies.shop_id = t.shop_id AND replies.case_id = t.case_id";
    Write::change(TABLE.name, &MOVED, rows.collect(), set, which)
}

/// A page of a shop's replies, newest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    filter: &ReplyFilter,
    after: Option<&(Time, ReplyId)>,
    limit: u32,
) -> Result<Vec<Reply>> {
    let mut sql = format!("{} WHERE shop_id = $1", bulk::select(&TABLE));
    let mut values = vec![text(shop)];
    if let Some(case) = filter.case {
        values.push(text(case));
        sql.push_str(&format!(" AND case_id = ${}", values.len()));
    }
    if !filter.stages.is_empty() {
        let words: Vec<String> = filter.stages.iter().map(|s| format!("'{s}'")).collect();
        sql.push_str(&format!(" AND stage IN ({})", words.join(", ")));
    }
    if let Some((at, id)) = after {
        values.extend([time(*at), text(id)]);
        sql.push_str(&format!(" AND (drafted_at, reply_id) < (${}, ${})", values.len() - 1, values.len()));
    }
    values.push(int(limit));
    // A case has few replies: looked up and sorted, not searched for in the order of time.
    let time = if filter.case.is_some() { "drafted_at + 0" } else { "drafted_at" };
    sql.push_str(&format!(" ORDER BY {time} DESC, reply_id DESC LIMIT ${}", values.len()));
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// The columns that hold the facts of a state, in the order of the table.
fn facts(state: &ReplyState) -> (Option<Time>, Option<Time>, Option<&str>) {
    match state {
        ReplyState::Draft => (None, None, None),
        ReplyState::AwaitingApproval { at }
        | ReplyState::Queued { at }
        | ReplyState::Sent { at }
        | ReplyState::Withdrawn { at } => (Some(*at), None, None),
        ReplyState::Sending { at, until } => (Some(*at), Some(*until), None),
        ReplyState::Failed { at, why } | ReplyState::Unknown { at, why } => (Some(*at), None, Some(why)),
    }
}

fn write(reply: &Reply) -> Vec<Value> {
    let (at, until, why) = facts(&reply.state);
    let to = &reply.destination;
    vec![
        text(&reply.shop),
        text(reply.id),
        text(reply.case),
        int(reply.fence),
        text(&reply.author),
        time(reply.drafted_at),
        to.public.into(),
        text_opt(to.order.as_ref()),
        text_opt(to.line.as_ref()),
        text_opt(to.conversation.as_ref()),
        text_opt(to.review.as_ref()),
        str(&reply.language),
        text_opt(reply.template.as_ref()),
        int(reply.attempts),
        text_opt(reply.approved_by.as_ref()),
        text_opt(reply.message.as_ref()),
        text(reply.state.stage()),
        time_opt(at),
        time_opt(until),
        text_opt(why),
        int(reply.version),
        reply.override_lock.into(),
    ]
}

fn read(row: &Fetched) -> Result<Reply> {
    let row = Row::new("replies", row);
    Ok(Reply {
        id: row.parse("reply_id")?,
        shop: row.parse("shop_id")?,
        case: row.parse("case_id")?,
        fence: row.get("fence")?,
        author: row.parse("author")?,
        drafted_at: row.time("drafted_at")?,
        destination: Destination {
            public: row.get("public")?,
            order: row.parse_opt("order_id")?,
            line: row.parse_opt("line_id")?,
            conversation: row.parse_opt("conversation_id")?,
            review: row.parse_opt("review_id")?,
        },
        language: row.get("language")?,
        template: row.parse_opt("template_id")?,
        attempts: row.number("attempts")?,
        approved_by: row.parse_opt("approved_by")?,
        message: row.parse_opt("message_id")?,
        state: state(&row)?,
        version: row.get("version")?,
        override_lock: row.get("override_lock")?,
    })
}

fn state(row: &Row<'_>) -> Result<ReplyState> {
    let at = || row.time("at");
    Ok(match row.parse::<ReplyStage>("stage")? {
        ReplyStage::Draft => ReplyState::Draft,
        ReplyStage::AwaitingApproval => ReplyState::AwaitingApproval { at: at()? },
        ReplyStage::Queued => ReplyState::Queued { at: at()? },
        ReplyStage::Sending => ReplyState::Sending { at: at()?, until: row.time("until_at")? },
        ReplyStage::Sent => ReplyState::Sent { at: at()? },
        ReplyStage::Failed => ReplyState::Failed { at: at()?, why: row.get("why")? },
        ReplyStage::Unknown => ReplyState::Unknown { at: at()?, why: row.get("why")? },
        ReplyStage::Withdrawn => ReplyState::Withdrawn { at: at()? },
    })
}
