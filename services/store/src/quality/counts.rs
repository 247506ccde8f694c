//! What weeks of agents add up to.

use amends_domain::deadline::DeadlineKind;
use amends_domain::quality::Counts;
use amends_domain::{AgentId, Day, ShopId, Time};

use super::DRAWS;
use crate::bulk;
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, text, time};

/// What weeks add up to, by agent: weeks that begin between two days, the second not among
/// them. What can be disputed depends on the time.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn counts(
    conn: &Conn,
    shops: &[ShopId],
    (from, until): (Day, Day),
    now: Time,
) -> Result<Vec<(Day, AgentId, Counts)>> {
    let keys: Vec<[&str; 1]> = shops.iter().map(|shop| [shop.as_str()]).collect();
    let (ours, keys) = bulk::keys(conn.engine(), &["shop_id"], 4, &keys);
    let sum = |what: &str| format!("CAST(COALESCE(SUM({what}), 0) AS BIGINT)");
    let is = |what: &str| sum(&format!("CASE WHEN {what} THEN 1 ELSE 0 END"));
    let within_days = "(SELECT f.dispute_within FROM quality_forms AS f
        WHERE f.shop_id = quality_samples.shop_id AND f.version = quality_samples.form)";
    let samples = [
        ("reviewed", is("state <> 'OPEN'")),
        ("disputed", is("disputed_at IS NOT NULL")),
        ("disputable", is(&format!("state = 'REVIEWED' AND reviewed_at + {within_days} > $3"))),
        ("undecided", is("state = 'DISPUTED'")),
        ("upheld", is("state = 'RESOLVED' AND new_score IS NULL")),
        ("scores", is("standing IS NOT NULL")),
        ("total", sum("standing")),
        ("squares", sum("standing * standing")),
    ];
    let sums: Vec<String> = samples.iter().map(|(name, sum)| format!("{sum} AS {name}")).collect();
    let within = format!("{ours} AND week >= $1 AND week < $2");
    let judged = samples.iter().map(|(name, _)| format!("{} AS {name}", sum(&format!("j.{name}"))));
    let judged: Vec<String> = judged.collect();
    // Each half is summed by itself, so that neither multiplies the other.
    let sql = format!(
        "SELECT d.week AS week, d.agent_id AS agent_id, {} AS solved, {} AS drawn, {}
         FROM quality_draws AS d LEFT JOIN (
             SELECT shop_id AS of_shop, week AS of_week, agent_id AS of_agent, {}
             FROM quality_samples WHERE {within} GROUP BY shop_id, week, agent_id
         ) AS j ON j.of_shop = d.shop_id AND j.of_week = d.week AND j.of_agent = d.agent_id
         WHERE {within} GROUP BY d.week, d.agent_id ORDER BY d.week, d.agent_id",
        sum("d.solved"),
        sum("d.drawn"),
        judged.join(", "),
        sums.join(", ")
    );
    let values = [vec![int(from.number()), int(until.number()), time(now)], keys].concat();
    let rows = conn.all(sql, values).await?;
    rows.iter().map(|row| read_counts(&Row::new(DRAWS.name, row))).collect()
}

/// The first week of any of these shops that is not drawn yet; none where nothing is to be drawn.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn next_draw(conn: &Conn, shops: &[ShopId]) -> Result<Option<Day>> {
    let keys: Vec<[&str; 1]> = shops.iter().map(|shop| [shop.as_str()]).collect();
    let (ours, keys) = bulk::keys(conn.engine(), &["shop_id"], 2, &keys);
    let sql =
        format!("SELECT MIN(CAST(subject AS BIGINT)) AS week FROM deadlines WHERE {ours} AND kind = $1");
    let row = conn.one(sql, [vec![text(DeadlineKind::QualityDraw)], keys].concat()).await?;
    let week = row.as_ref().map(|row| Row::new("deadlines", row).number_opt("week")).transpose()?.flatten();
    Ok(week.map(Day::from_number))
}

fn read_counts(row: &Row<'_>) -> Result<(Day, AgentId, Counts)> {
    let counts = Counts {
        solved: row.get("solved")?,
        sampled: row.get("drawn")?,
        reviewed: row.get("reviewed")?,
        disputed: row.get("disputed")?,
        disputable: row.get("disputable")?,
        undecided: row.get("undecided")?,
        upheld: row.get("upheld")?,
        scores: row.get("scores")?,
        sum: row.get("total")?,
        squares: row.get("squares")?,
    };
    Ok((row.number("week").map(Day::from_number)?, row.parse("agent_id")?, counts))
}
