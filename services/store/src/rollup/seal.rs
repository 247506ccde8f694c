//! Weeks and months that are over, summed from their days.
//!
//! Whoever changes days that may be sealed shares a lock of the shop and adds to what is sealed; whoever seals
//! holds it alone. So between reading the days and saying that they are summed nobody changes them, while
//! those who write about today wait for nobody.

use std::collections::HashMap;

use amends_domain::rollup::{Grain, Sealed, Split};
use amends_domain::tally::Family;
use amends_domain::{Day, ShopId};
use sea_orm::Value;

use super::tables::measures;
use super::{name, pack};
use crate::bulk;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::lock;
use crate::row::Row;
use crate::value::{int, str};

/// How far these shops are sealed; nothing more of them is sealed until the transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn sealed_until_end(conn: &Conn, shops: &[&ShopId]) -> Result<HashMap<ShopId, Sealed>> {
    // Apart from the question: its answer would be of before the wait.
    lock::old_days(conn, shops).await?;
    sealed(conn, shops).await
}

/// How far these shops are sealed.
///
/// # Errors
/// When the database refuses.
pub async fn sealed(conn: &Conn, shops: &[&ShopId]) -> Result<HashMap<ShopId, Sealed>> {
    if shops.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<[&str; 1]> = shops.iter().map(|shop| [shop.as_str()]).collect();
    let (among, values) = bulk::keys(conn.engine(), &["shop_id"], 1, &keys);
    let sql = format!("SELECT shop_id, sealed_until FROM rollup_bases WHERE {among}");
    let of = |row| {
        let row = Row::new("rollup_bases", row);
        let until: Option<i32> = row.number_opt("sealed_until")?;
        let sealed = until.map_or(Sealed::NONE, |until| Sealed::until(Day::from_number(until)));
        Ok((row.parse("shop_id")?, sealed))
    };
    conn.all(sql, values).await?.iter().map(of).collect()
}

/// Shops of which less is sealed than up to a day, at most so many.
///
/// # Errors
/// When the database refuses.
pub async fn unsealed(conn: &Conn, until: Day, limit: u32) -> Result<Vec<ShopId>> {
    let sql = "SELECT shop_id FROM rollup_bases WHERE sealed_until IS NULL OR sealed_until < $1 \
               ORDER BY shop_id LIMIT +$2";
    let rows = conn.all(sql, vec![int(until.number()), int(limit)]).await?;
    rows.iter().map(|row| Row::new("rollup_bases", row).parse("shop_id")).collect()
}

/// The first day for which anything of a shop is summed.
///
/// # Errors
/// When the database refuses.
pub async fn first_day(conn: &Conn, shop: &ShopId) -> Result<Option<Day>> {
    let of = |family: &Family| {
        let table = name(*family);
        format!(
            "SELECT MIN(period) AS day FROM {table} WHERE shop_id = $1 AND {} AND grain = {}",
            splits(*family),
            Grain::Day.number()
        )
    };
    let all = Family::ALL.iter().map(of).collect::<Vec<_>>().join(" UNION ALL ");
    let sql = format!("SELECT MIN(day) AS day FROM ({all}) AS d");
    let row = conn.one(sql, vec![str(shop.as_str())]).await?;
    let day = row.map(|row| Row::new("rollups", &row).number_opt::<i32>("day")).transpose()?;
    Ok(day.flatten().map(Day::from_number))
}

/// Seals what ended between two days, from the days, and packs what has so many rows; it was sealed as said
/// before.
///
/// # Errors
/// `Contended` when others sealed meanwhile, or when the database refuses.
pub async fn seal(
    conn: &Conn,
    shop: &ShopId,
    before: Sealed,
    (since, until): (Day, Day),
    packed_from: i64,
) -> Result<()> {
    mark(conn, shop, before, until).await?;
    for &family in Family::ALL {
        weeks(conn, shop, family, since, until).await?;
        let mut month = Grain::Month.start(since);
        while Grain::Month.end(month) <= until {
            months(conn, shop, family, month).await?;
            month = Grain::Month.end(month);
        }
    }
    pack::seal(conn, shop, (since, until), packed_from).await
}

/// Says that all up to a day is sealed, when nobody writes about old days.
///
/// # Errors
/// `Contended` when others sealed meanwhile, or when the database refuses.
pub async fn mark(conn: &Conn, shop: &ShopId, before: Sealed, until: Day) -> Result<()> {
    lock::sealing(conn, shop).await?;
    let mut values = vec![str(shop.as_str()), int(until.number())];
    let same = match before.day() {
        Some(day) => {
            values.push(int(day.number()));
            "sealed_until = $3"
        }
        None => "sealed_until IS NULL",
    };
    let sql = format!("UPDATE rollup_bases SET sealed_until = $2 WHERE shop_id = $1 AND {same}");
    match conn.run(sql, values).await? {
        0 => Err(StoreError::Contended("others sealed meanwhile".to_owned())),
        _ => Ok(()),
    }
}

/// Each split of a family by its number: the key leads from there to grain and period.
fn splits(family: Family) -> String {
    let numbers: Vec<String> =
        Split::all_of(family).into_iter().map(|split| split.number().to_string()).collect();
    format!("split IN ({})", numbers.join(", "))
}

/// All weeks that end between two days.
async fn weeks(conn: &Conn, shop: &ShopId, family: Family, since: Day, until: Day) -> Result<()> {
    let (first, last) = (since.monday(), until.monday());
    if first >= last {
        return Ok(());
    }
    clear(conn, shop, family, Grain::Week, (first, last)).await?;
    // Days of weeks from the first Monday on: whole numbers, and none below zero.
    let period = format!("{first} + (period - {first}) / 7 * 7", first = first.number());
    let days = format!("grain = {} AND period >= $2 AND period < $3", Grain::Day.number());
    let of = vec![str(shop.as_str()), int(first.number()), int(last.number())];
    insert(conn, family, Grain::Week, &period, &days, of).await
}

/// One month, from the weeks that lie within it and the days around them.
async fn months(conn: &Conn, shop: &ShopId, family: Family, month: Day) -> Result<()> {
    let end = Grain::Month.end(month);
    let first = if month == month.monday() { month } else { Grain::Week.end(month) };
    let last = end.monday();
    clear(conn, shop, family, Grain::Month, (month, end)).await?;
    let days = format!(
        "(grain = {week} AND period >= $3 AND period < $4 \
         OR grain = {day} AND (period >= $2 AND period < $3 OR period >= $4 AND period < $5))",
        week = Grain::Week.number(),
        day = Grain::Day.number(),
    );
    let of = [month, first, last, end].map(|day| int(day.number()));
    let of = std::iter::once(str(shop.as_str())).chain(of).collect();
    insert(conn, family, Grain::Month, &month.number().to_string(), &days, of).await
}

/// Forgets rows of one grain that begin within a span: an older version of the service may have left some.
async fn clear(
    conn: &Conn,
    shop: &ShopId,
    family: Family,
    grain: Grain,
    (first, last): (Day, Day),
) -> Result<()> {
    let sql = format!(
        "DELETE FROM {table} WHERE shop_id = $1 AND {splits} AND grain = {grain} AND period >= $2 AND period < $3",
        table = name(family),
        splits = splits(family),
        grain = grain.number(),
    );
    conn.run(sql, vec![str(shop.as_str()), int(first.number()), int(last.number())]).await?;
    Ok(())
}

/// Adds the rows of one grain: `period` says which they belong to, `days` from which rows they are summed.
async fn insert(
    conn: &Conn,
    family: Family,
    grain: Grain,
    period: &str,
    days: &str,
    of: Vec<Value>,
) -> Result<()> {
    let columns: Vec<&str> = measures(family).map(|(_, column)| column).collect();
    let sums: Vec<String> = columns.iter().map(|column| format!("SUM({column})")).collect();
    let sql = format!(
        "INSERT INTO {table} (shop_id, split, grain, period, a, b, shard, {columns}) \
         SELECT shop_id, split, {grain}, {period}, a, b, 0, {sums} FROM {table} \
         WHERE shop_id = $1 AND {splits} AND {days} GROUP BY shop_id, split, a, b{of_period}",
        table = name(family),
        columns = columns.join(", "),
        splits = splits(family),
        grain = grain.number(),
        sums = sums.join(", "),
        // One month is one period, and a number here would be the place of a column.
        of_period = if grain == Grain::Week { format!(", {period}") } else { String::new() },
    );
    conn.run(sql, of).await?;
    Ok(())
}
