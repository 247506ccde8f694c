//! How buyers answered offers, added up at three levels: of all reasons, of a
//! reason, and of a reason and band of value. A question reads one row of each
//! for each kind, however many cases there were.

use amends_domain::ShopId;
use amends_domain::detection::Reason;
use amends_domain::learning::Tried;
use amends_domain::remedy::RemedyKind;
use sea_orm::Value;

use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str, text};

const TABLE: Table = Table {
    name: "remedy_answers",
    columns: &[
        ("shop_id", Kind::Text),
        ("level_key", Kind::Text),
        ("kind", Kind::Text),
        ("answered", Kind::Int),
        ("accepted", Kind::Int),
        ("scored", Kind::Int),
        ("low", Kind::Int),
    ],
    key: &["shop_id", "level_key", "kind"],
};

/// What answers are added up over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// All reasons together.
    Everywhere,
    /// One reason.
    Reason(Reason),
    /// One reason and one band of value.
    Band(Reason, u32),
}

/// Answers and scores of one kind at one level. Numbers to add may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Counted {
    /// Offers accepted, declined or left to expire.
    pub answered: i64,
    /// Of those, accepted.
    pub accepted: i64,
    /// Solutions judged after it was accepted; at the first level only.
    pub scored: i64,
    /// Of those, with 1 or 2 of 5.
    pub low: i64,
}

/// One row.
pub type AnswersRow = (ShopId, Level, RemedyKind, Counted);

impl Level {
    /// The levels that an answer counts at.
    #[must_use]
    pub const fn of(reason: Reason, band: u32) -> [Self; 3] {
        [Self::Everywhere, Self::Reason(reason), Self::Band(reason, band)]
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everywhere => Ok(()),
            Self::Reason(reason) => write!(f, "{reason}"),
            Self::Band(reason, band) => write!(f, "{reason}/{band}"),
        }
    }
}

impl std::str::FromStr for Level {
    type Err = String;

    fn from_str(word: &str) -> std::result::Result<Self, String> {
        let wrong = |_| format!("{word:?} is no level");
        match word.split_once('/') {
            None if word.is_empty() => Ok(Self::Everywhere),
            None => word.parse().map(Self::Reason).map_err(|e: amends_domain::UnknownWord| e.to_string()),
            Some((reason, band)) => {
                let reason = reason.parse().map_err(|e: amends_domain::UnknownWord| e.to_string())?;
                band.parse()
                    .map(|band| Self::Band(reason, band))
                    .map_err(|e: std::num::ParseIntError| wrong(e))
            }
        }
    }
}

impl Counted {
    /// As evidence has it.
    #[must_use]
    pub fn tried(self) -> Tried {
        let count = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
        Tried { answered: count(self.answered), accepted: count(self.accepted) }
    }
}

/// Adds to what was counted. Rows of one key must have been added up before.
pub fn add(rows: &[AnswersRow]) -> Write {
    let mut rows: Vec<&AnswersRow> = rows.iter().collect();
    // Two writers that lock the same rows in the same order never wait for each other in a ring.
    rows.sort_by(|a, b| (&a.0, a.1, a.2).cmp(&(&b.0, b.1, b.2)));
    let names = TABLE.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let sums = ["answered", "accepted", "scored", "low"];
    let sums: Vec<String> =
        sums.iter().map(|one| format!("{one} = remedy_answers.{one} + excluded.{one}")).collect();
    let before = format!("INSERT INTO remedy_answers ({names}) SELECT {names} FROM");
    let after =
        format!("WHERE true ON CONFLICT ({}) DO UPDATE SET {}", TABLE.key.join(", "), sums.join(", "));
    Write::change(TABLE.name, TABLE.columns, rows.into_iter().map(write).collect(), before, after)
}

/// The rows at these levels, of all kinds.
pub fn at(shop: &ShopId, levels: &[Level]) -> Query<AnswersRow> {
    let keys = levels.iter().map(|level| vec![shop.to_string(), level.to_string()]).collect();
    Query::by(&TABLE, &["shop_id", "level_key"], keys, read)
}

/// All rows of a shop.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn all(conn: &Conn, shop: &ShopId) -> Result<Vec<AnswersRow>> {
    Query::by(&TABLE, &["shop_id"], vec![vec![shop.to_string()]], read).all(conn).await
}

/// What remedies and surveys make of it, at the finest level: answers by reason and band, scores at none.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn derived(conn: &Conn, shop: &ShopId) -> Result<Vec<AnswersRow>> {
    let sql = "SELECT shop_id, reason || '/' || CAST(band AS TEXT) AS level_key, kind, COUNT(*) AS answered, \
               CAST(SUM(CASE WHEN stage IN ('DECLINED', 'EXPIRED') THEN 0 ELSE 1 END) AS BIGINT) AS accepted, \
               CAST(0 AS BIGINT) AS scored, CAST(0 AS BIGINT) AS low FROM remedies \
               WHERE shop_id = $1 AND band IS NOT NULL AND stage IN \
               ('ACCEPTED', 'EXECUTING', 'FULFILLED', 'FAILED', 'DECLINED', 'EXPIRED') \
               GROUP BY shop_id, reason, band, kind \
               UNION ALL \
               SELECT shop_id, '' AS level_key, remedy_kind AS kind, CAST(0 AS BIGINT), CAST(0 AS BIGINT), COUNT(*), \
               CAST(SUM(CASE WHEN score <= 2 THEN 1 ELSE 0 END) AS BIGINT) FROM surveys \
               WHERE shop_id = $1 AND remedy_kind IS NOT NULL GROUP BY shop_id, remedy_kind";
    conn.all(sql, vec![text(shop)]).await?.iter().map(read).collect()
}

/// Puts recomputed rows in the place of all that a shop has.
///
/// # Errors
/// When the database refuses.
pub async fn replace(conn: &Conn, shop: &ShopId, rows: &[AnswersRow]) -> Result<()> {
    conn.run("DELETE FROM remedy_answers WHERE shop_id = $1", vec![text(shop)]).await?;
    let rows = rows.iter().map(write).collect();
    Write::insert(&TABLE, rows, Existing::Refuse).run(conn).await.map(drop)
}

fn write((shop, level, kind, counted): &AnswersRow) -> Vec<Value> {
    vec![
        str(shop.as_str()),
        text(level),
        str(kind.as_str()),
        int(counted.answered),
        int(counted.accepted),
        int(counted.scored),
        int(counted.low),
    ]
}

fn read(row: &Fetched) -> Result<AnswersRow> {
    let row = Row::new("remedy_answers", row);
    let counted = Counted {
        answered: row.get("answered")?,
        accepted: row.get("accepted")?,
        scored: row.get("scored")?,
        low: row.get("low")?,
    };
    Ok((row.parse("shop_id")?, row.parse("level_key")?, row.parse("kind")?, counted))
}
