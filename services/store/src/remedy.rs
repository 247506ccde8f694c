//! Remedies.

use amends_domain::learning::trial::Stake;
use amends_domain::remedy::{Disposal, Notice, Remedy, RemedyStage, RemedyState, Terms};
use amends_domain::{CaseId, Money, OrderId, RemedyId, ShopId, Span, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, money_opt, text, text_opt, time, time_opt};

const TABLE: Table = Table {
    name: "remedies",
    columns: &[
        ("shop_id", Kind::Text),
        ("remedy_id", Kind::Text),
        ("case_id", Kind::Text),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("units", Kind::Int),
        ("kind", Kind::Text),
        ("amount", Kind::Int),
        ("currency", Kind::Text),
        ("article", Kind::Text),
        ("note", Kind::Text),
        ("reason", Kind::Text),
        ("cost", Kind::Int),
        ("cost_currency", Kind::Text),
        ("proposed_by", Kind::Text),
        ("proposed_at", Kind::Int),
        ("after_remedy", Kind::Text),
        ("stage", Kind::Text),
        ("at", Kind::Int),
        ("expires_at", Kind::Int),
        ("due_at", Kind::Int),
        ("tracking", Kind::Text),
        ("why", Kind::Text),
        ("version", Kind::Int),
        ("trial_case", Kind::Text),
        ("paid", Kind::Int),
        ("band", Kind::Int),
        ("worth", Kind::Int),
        ("disposal", Kind::Text),
        ("gift", Kind::Int),
        ("gift_currency", Kind::Text),
        ("coupon_code", Kind::Text),
        ("return_until", Kind::Int),
        ("stopped_by", Kind::Text),
        ("wish", Kind::Int),
        ("wish_currency", Kind::Text),
        ("accepted_at", Kind::Int),
        ("told", Kind::Text),
        ("life", Kind::Int),
        ("offered_at", Kind::Int),
    ],
    key: &["shop_id", "remedy_id"],
};

/// How long one waits for another person, and stands then, where the row does not tell.
const WAITS: Span = Span::from_days(60);
const LIFE: Span = Span::from_days(3);

/// Which remedies to list; what is empty or none does not restrict.
#[derive(Debug, Clone, Default)]
pub struct RemedyFilter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// At one of these stages.
    pub stages: Vec<RemedyStage>,
}

/// One remedy.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, id: &RemedyId) -> Result<Option<Remedy>> {
    let sql = format!("{} WHERE shop_id = $1 AND remedy_id = $2", bulk::select(&TABLE));
    let row = conn.one(sql, vec![text(shop), text(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// These remedies.
pub fn by_ids(ids: &[Of<RemedyId>]) -> Query<Remedy> {
    Query::by(&TABLE, TABLE.key, value::of(ids), read)
}

/// All remedies of these cases, oldest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn of_cases(conn: &Conn, cases: &[Of<CaseId>]) -> Result<Vec<Remedy>> {
    let mut remedies = by_cases(cases).all(conn).await?;
    remedies.sort_by_key(|remedy| (remedy.proposed_at, remedy.id));
    Ok(remedies)
}

/// All remedies of these cases, in no particular order.
pub fn by_cases(cases: &[Of<CaseId>]) -> Query<Remedy> {
    Query::by(&TABLE, &["shop_id", "case_id"], value::of(cases), read)
}

/// All remedies on the lines of these orders, in no particular order.
pub fn by_orders(orders: &[Of<OrderId>]) -> Query<Remedy> {
    Query::by(&TABLE, &["shop_id", "order_id"], value::of(orders), read)
}

/// Stores new remedies.
///
/// # Errors
/// `Contended` when one is there already.
pub async fn insert(conn: &Conn, remedies: &[Remedy]) -> Result<()> {
    let rows = remedies.iter().map(write).collect();
    Write::insert(&TABLE, rows, Existing::Refuse).run(conn).await.map(drop)
}

/// Stores a changed remedy that was read at `old_version`.
///
/// # Errors
/// `Contended` when it is not at that version any more.
pub async fn update(conn: &Conn, remedy: &Remedy, old_version: i64) -> Result<()> {
    Write::update(&TABLE, vec![(write(remedy), old_version)]).run(conn).await.map(drop)
}

/// Stores changed remedies, each with the version it was read at.
/// `Contended` when one is not at that version any more.
pub fn updates(remedies: &[(Remedy, i64)]) -> Write {
    Write::update(&TABLE, remedies.iter().map(|(remedy, version)| (write(remedy), *version)).collect())
}

/// A page of a shop's remedies, newest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    filter: &RemedyFilter,
    after: Option<&(Time, RemedyId)>,
    limit: u32,
) -> Result<Vec<Remedy>> {
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
        sql.push_str(&format!(" AND (proposed_at, remedy_id) < (${}, ${})", values.len() - 1, values.len()));
    }
    values.push(int(limit));
    // A case has few remedies: looked up and sorted, not searched for in the order of time.
    let time = if filter.case.is_some() { "proposed_at + 0" } else { "proposed_at" };
    sql.push_str(&format!(" ORDER BY {time} DESC, remedy_id DESC LIMIT ${}", values.len()));
    let rows = conn.all(sql, values).await?;
    rows.iter().map(read).collect()
}

/// The columns that hold the facts of a state, in the order of the table.
#[derive(Default)]
struct StateFacts<'a> {
    at: Option<Time>,
    expires_at: Option<Time>,
    due_at: Option<Time>,
    tracking: Option<&'a str>,
    why: Option<&'a str>,
    wish: Option<Money>,
    life: Option<Span>,
}

fn facts(state: &RemedyState) -> StateFacts<'_> {
    let mut facts = StateFacts::default();
    match state {
        RemedyState::Proposed => {}
        RemedyState::AwaitingApproval { expires_at, life } => {
            facts.expires_at = Some(*expires_at);
            facts.life = Some(*life);
        }
        RemedyState::Offered { at, expires_at } => {
            facts.at = Some(*at);
            facts.expires_at = Some(*expires_at);
        }
        RemedyState::Accepted { at, due_at } | RemedyState::Executing { at, due_at } => {
            facts.at = Some(*at);
            facts.due_at = Some(*due_at);
        }
        RemedyState::Fulfilled { at, tracking } => {
            facts.at = Some(*at);
            facts.tracking = Some(tracking);
        }
        RemedyState::Declined { at, wish } => {
            facts.at = Some(*at);
            facts.wish = *wish;
        }
        RemedyState::Expired { at } | RemedyState::Withdrawn { at } => facts.at = Some(*at),
        RemedyState::Failed { at, due_at, why } => {
            facts.at = Some(*at);
            facts.due_at = Some(*due_at);
            facts.why = Some(why);
        }
    }
    facts
}

fn write(remedy: &Remedy) -> Vec<Value> {
    let facts = facts(&remedy.state);
    let [amount, currency] = money_opt(remedy.terms.amount);
    let [cost, cost_currency] = money_opt(remedy.cost);
    let [gift, gift_currency] = money_opt(remedy.terms.gift);
    let [wish, wish_currency] = money_opt(facts.wish);
    vec![
        text(&remedy.shop),
        text(remedy.id),
        text(remedy.case),
        text_opt(remedy.line.as_ref().map(|(order, _)| order)),
        text_opt(remedy.line.as_ref().map(|(_, line)| line)),
        int(remedy.units),
        text(remedy.kind),
        amount,
        currency,
        text(&remedy.terms.article),
        text(&remedy.terms.note),
        text(remedy.reason),
        cost,
        cost_currency,
        text(&remedy.proposed_by),
        time(remedy.proposed_at),
        text_opt(remedy.after),
        text(remedy.state.stage()),
        time_opt(facts.at),
        time_opt(facts.expires_at),
        time_opt(facts.due_at),
        text_opt(facts.tracking),
        text_opt(facts.why),
        int(remedy.version),
        text_opt(remedy.stake.map(|stake| stake.case)),
        int_opt(remedy.stake.map(|stake| stake.paid)),
        int_opt(remedy.stake.map(|stake| stake.band)),
        int_opt(remedy.stake.map(|stake| stake.worth)),
        text_opt(remedy.terms.disposal),
        gift,
        gift_currency,
        text(&remedy.terms.coupon_code),
        time_opt(remedy.terms.return_until),
        text_opt(remedy.stopped_by.as_ref()),
        wish,
        wish_currency,
        time_opt(remedy.accepted_at),
        text(told(&remedy.told)),
        int_opt(facts.life.map(Span::micros)),
        time_opt(remedy.offered_at),
    ]
}

fn read(row: &Fetched) -> Result<Remedy> {
    let row = Row::new("remedies", row);
    let line = match (row.parse_opt("order_id")?, row.parse_opt("line_id")?) {
        (Some(order), Some(line)) => Some((order, line)),
        _ => None,
    };
    Ok(Remedy {
        id: row.parse("remedy_id")?,
        shop: row.parse("shop_id")?,
        case: row.parse("case_id")?,
        line,
        units: row.number("units")?,
        kind: row.parse("kind")?,
        terms: Terms {
            amount: row.money_opt("amount", "currency")?,
            article: row.get("article")?,
            note: row.get("note")?,
            disposal: row.parse_opt::<Disposal>("disposal")?,
            gift: row.money_opt("gift", "gift_currency")?,
            coupon_code: row.get("coupon_code")?,
            return_until: row.time_opt("return_until")?,
        },
        reason: row.parse("reason")?,
        cost: row.money_opt("cost", "cost_currency")?,
        stake: stake(&row)?,
        proposed_by: row.parse("proposed_by")?,
        proposed_at: row.time("proposed_at")?,
        after: row.parse_opt("after_remedy")?,
        offered_at: row.time_opt("offered_at")?,
        accepted_at: row.time_opt("accepted_at")?,
        stopped_by: row.parse_opt("stopped_by")?,
        told: notices(&row.get::<String>("told")?)?,
        state: state(&row)?,
        version: row.get("version")?,
    })
}

/// One notice a line: what was told, and the return, whose id holds no line break.
fn told(notices: &[Notice]) -> String {
    let lines: Vec<String> = notices.iter().map(|one| format!("{} {}", one.kind, one.return_id)).collect();
    lines.join("\n")
}

fn notices(stored: &str) -> Result<Vec<Notice>> {
    let notice = |line: &str| {
        let (kind, return_id) = line.split_once(' ')?;
        Some(Notice { return_id: return_id.parse().ok()?, kind: kind.parse().ok()? })
    };
    let bad = |line: &str| {
        let (column, why) = ("told".to_owned(), format!("{line:?} is no notice"));
        StoreError::Corrupt { table: "remedies", column, why }
    };
    stored.lines().map(|line| notice(line).ok_or_else(|| bad(line))).collect()
}

fn stake(row: &Row<'_>) -> Result<Option<Stake>> {
    let Some(case) = row.parse_opt("trial_case")? else { return Ok(None) };
    let (paid, band, worth) = (row.get("paid")?, row.number("band")?, row.get("worth")?);
    Ok(Some(Stake { case, paid, band, worth }))
}

fn state(row: &Row<'_>) -> Result<RemedyState> {
    let at = || row.time("at");
    Ok(match row.parse::<RemedyStage>("stage")? {
        RemedyStage::Proposed => RemedyState::Proposed,
        RemedyStage::AwaitingApproval => {
            // A program of the version before, which may still run beside this one, writes neither.
            let (end, life) = (row.time_opt("expires_at")?, row.get::<Option<i64>>("life")?);
            RemedyState::AwaitingApproval {
                expires_at: end.map_or_else(|| row.time("proposed_at").map(|at| at + WAITS), Ok)?,
                life: life.map_or(LIFE, Span::from_micros),
            }
        }
        RemedyStage::Offered => RemedyState::Offered { at: at()?, expires_at: row.time("expires_at")? },
        RemedyStage::Accepted => RemedyState::Accepted { at: at()?, due_at: row.time("due_at")? },
        RemedyStage::Executing => RemedyState::Executing { at: at()?, due_at: row.time("due_at")? },
        RemedyStage::Fulfilled => RemedyState::Fulfilled { at: at()?, tracking: row.get("tracking")? },
        RemedyStage::Declined => {
            RemedyState::Declined { at: at()?, wish: row.money_opt("wish", "wish_currency")? }
        }
        RemedyStage::Expired => RemedyState::Expired { at: at()? },
        RemedyStage::Withdrawn => RemedyState::Withdrawn { at: at()? },
        RemedyStage::Failed => {
            RemedyState::Failed { at: at()?, due_at: row.time("due_at")?, why: row.get("why")? }
        }
    })
}
