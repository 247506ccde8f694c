//! Who has a case open: leases that run out by themselves. Nothing here touches a case.

use amends_domain::{AgentId, CaseId, ShopId, Time};

use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, str, text, time};

const VIEWERS: Table = Table {
    name: "viewers",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("agent", Kind::Text),
        ("screen", Kind::Text),
        ("since", Kind::Int),
        ("expires_at", Kind::Int),
    ],
    key: &["shop_id", "case_id", "agent", "screen"],
};

/// An agent who has a case open on one screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerRow {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
    /// Who.
    pub agent: AgentId,
    /// On which screen: an agent may have several.
    pub screen: String,
    /// Since when.
    pub since: Time,
    /// When it is no longer true unless it is said again.
    pub expires_at: Time,
}

/// Says that these have a case open; whoever was there already stays longer.
pub fn put(viewers: &[ViewerRow]) -> Write {
    let rows = viewers.iter().map(|v| {
        vec![
            str(v.shop.as_str()),
            text(v.case),
            str(v.agent.as_str()),
            str(&v.screen),
            time(v.since),
            time(v.expires_at),
        ]
    });
    Write::insert(&VIEWERS, rows.collect(), Existing::Replace)
}

/// Says that these have closed it.
pub fn remove(viewers: &[ViewerRow]) -> Write {
    let key: Vec<_> = VIEWERS.columns.iter().copied().take(VIEWERS.key.len()).collect();
    let rows = viewers
        .iter()
        .map(|v| vec![str(v.shop.as_str()), text(v.case), str(v.agent.as_str()), str(&v.screen)]);
    let before = "DELETE FROM viewers WHERE (shop_id, case_id, agent, screen) IN (SELECT * FROM";
    Write::change("viewers", &key, rows.collect(), before, ")")
}

/// Everyone who has these cases open, those among them whose time is over.
pub fn of_cases(cases: &[Of<CaseId>]) -> Query<ViewerRow> {
    Query::by(&VIEWERS, &["shop_id", "case_id"], value::of(cases), read)
}

/// Forgets those whose time was over before a time, oldest first; says how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(conn: &Conn, before: Time, limit: u32) -> Result<u64> {
    let sql = "DELETE FROM viewers WHERE (shop_id, case_id, agent, screen) IN (
                   SELECT shop_id, case_id, agent, screen FROM viewers
                   WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    conn.run(sql, vec![time(before), int(limit)]).await
}

fn read(row: &Fetched) -> Result<ViewerRow> {
    let row = Row::new("viewers", row);
    Ok(ViewerRow {
        shop: row.parse("shop_id")?,
        case: row.parse("case_id")?,
        agent: row.parse("agent")?,
        screen: row.get("screen")?,
        since: row.time("since")?,
        expires_at: row.time("expires_at")?,
    })
}
