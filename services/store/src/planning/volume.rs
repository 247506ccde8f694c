//! How many cases were opened when, by the wall clock of the shop.

use amends_domain::case::CaseKind;
use amends_domain::zone::Offset;
use amends_domain::{Day, ShopId, Time};

use super::Values;
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{text, time};

/// Which cases.
#[derive(Debug, Clone)]
pub struct Opened<'a> {
    /// The shop.
    pub shop: &'a ShopId,
    /// Only these kinds; all where there are none.
    pub kinds: &'a [CaseKind],
    /// Opened at this instant or later.
    pub from: Time,
    /// Opened before this instant.
    pub until: Time,
    /// The wall clock over that time.
    pub offsets: &'a [Offset],
}

impl Opened<'_> {
    /// The wall clock of each case, and the condition on the cases.
    fn parts(&self, values: &mut Values) -> (String, String) {
        let (shop, from) = (values.bind(text(self.shop)), values.bind(time(self.from)));
        let until = values.bind(time(self.until));
        let mut which = format!("shop_id = {shop} AND opened_at >= {from} AND opened_at < {until}");
        if !self.kinds.is_empty() {
            let words: Vec<String> = self.kinds.iter().map(|kind| format!("'{kind}'")).collect();
            which.push_str(&format!(" AND kind IN ({})", words.join(", ")));
        }
        (values.wall("opened_at", self.offsets), which)
    }
}

/// How many were opened on each local day, in order, without days that had none.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn by_day(conn: &Conn, opened: &Opened<'_>) -> Result<Vec<(Day, i64)>> {
    let mut values = Values::default();
    let (wall, which) = opened.parts(&mut values);
    let sql = format!(
        "SELECT {wall} / 86400000000 AS day, COUNT(*) AS opened FROM cases WHERE {which} GROUP BY 1 ORDER BY 1"
    );
    let read = |row: &Fetched| {
        let row = Row::new("cases", row);
        Ok((Day::from_number(row.number("day")?), row.get("opened")?))
    };
    conn.all(sql, values.0).await?.iter().map(read).collect()
}

/// When the first case was opened.
///
/// # Errors
/// When the database fails.
pub async fn first(conn: &Conn, shop: &ShopId) -> Result<Option<Time>> {
    let sql = "SELECT opened_at FROM cases WHERE shop_id = $1 ORDER BY opened_at LIMIT 1";
    let row = conn.one(sql, vec![text(shop)]).await?;
    row.map(|row| Row::new("cases", &row).time("opened_at")).transpose()
}

/// How many were opened in an hour of the wall clock, over all days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourCount {
    /// Whether on Saturdays and Sundays, or on the other days.
    pub weekend: bool,
    /// The hour, 0–23.
    pub hour: usize,
    /// How many.
    pub opened: u64,
}

/// How many were opened in each hour of working days and of weekends.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn by_hour(conn: &Conn, opened: &Opened<'_>) -> Result<Vec<HourCount>> {
    let mut values = Values::default();
    let (wall, which) = opened.parts(&mut values);
    // Day 0 was a Thursday, three days after a Monday.
    let sql = format!(
        "SELECT weekday, hour, COUNT(*) AS opened FROM (
             SELECT ({wall} / 86400000000 + 3) % 7 AS weekday, {wall} / 3600000000 % 24 AS hour
             FROM cases WHERE {which}
         ) AS times GROUP BY weekday, hour ORDER BY weekday, hour"
    );
    let read = |row: &Fetched| {
        let row = Row::new("cases", row);
        let weekend = row.number::<u8>("weekday")? >= 5;
        Ok(HourCount { weekend, hour: row.number("hour")?, opened: row.number("opened")? })
    };
    conn.all(sql, values.0).await?.iter().map(read).collect()
}
