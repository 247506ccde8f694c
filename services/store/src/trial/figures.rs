//! Sums over trials, remedies and reviews for the figures about remedies.

use amends_domain::detection::Reason;
use amends_domain::learning::estimate::Weighted;
use amends_domain::learning::moments::Moments;
use amends_domain::learning::trial::CERTAIN;
use amends_domain::remedy::{RemedyKind, RemedyStage};
use amends_domain::{ShopId, Time};
use sea_orm::Value;

use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, text, time};

/// Which trials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// The shop.
    pub shop: ShopId,
    /// When the first day of the cohort begins.
    pub from: Time,
    /// When the first day after it begins.
    pub until: Time,
    /// Only of this reason.
    pub reason: Option<Reason>,
    /// Trials that mature later than this are not mature.
    pub now: Time,
}

/// Trials of one stratum, order, help and maturity.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The channel.
    pub channel: String,
    /// The reason.
    pub reason: Reason,
    /// Whether they are in the fixed order.
    pub holdout: bool,
    /// Whether an alternative was fulfilled.
    pub helped: bool,
    /// Whether their windows have closed.
    pub mature: bool,
    /// Of them, those with a counted return.
    pub counted: i64,
    /// What they cost.
    pub cost: Moments,
    /// What a return of each would lose.
    pub loss: Moments,
    /// The sum of the products of both.
    pub cross: f64,
}

/// What a trial cost: what was given, and the loss of the units that came back.
const Y: &str = "(t.cost + t.loss * t.returned_units / t.units)";

/// The trials of a cohort.
const SPAN: &str = "t.shop_id = $1 AND t.at >= $2 AND t.at < $3 AND t.day >= $4 AND t.day <= $5";

/// Whether the window of a trial has closed.
const MATURE: &str = "CAST(CASE WHEN t.matures_at <= $6 THEN 1 ELSE 0 END AS BIGINT)";

impl Cohort {
    /// Those of trials: by the instant, and by the days in UTC that their index has.
    fn by_day(&self) -> Vec<Value> {
        let mut values = self.by_time();
        values.extend([self.from, self.until].map(|at| int(at.day().number())));
        values
    }

    fn by_time(&self) -> Vec<Value> {
        vec![text(&self.shop), time(self.from), time(self.until)]
    }

    /// The condition on the reason, and the values with it.
    fn and_reason(&self, column: &str, mut values: Vec<Value>) -> (String, Vec<Value>) {
        let Some(reason) = self.reason else { return (String::new(), values) };
        values.push(text(reason));
        (format!(" AND {column} = ${}", values.len()), values)
    }

    /// Those of trials with their maturity.
    fn with_maturity(&self) -> (String, Vec<Value>) {
        let mut values = self.by_day();
        values.push(time(self.now));
        self.and_reason("t.reason", values)
    }
}

/// The sums of what trials would lose, and of its products with what they cost.
const LOSSES: &str = "CAST(SUM(t.loss) AS DOUBLE PRECISION) AS loss_total, \
    CAST(SUM(CAST(t.loss AS DOUBLE PRECISION) * t.loss) AS DOUBLE PRECISION) AS loss_squares";

fn moments(of: &str) -> String {
    format!(
        "COUNT(*) AS n, CAST(SUM({of}) AS DOUBLE PRECISION) AS total, \
         CAST(SUM(CAST({of} AS DOUBLE PRECISION) * {of}) AS DOUBLE PRECISION) AS squares"
    )
}

fn read_moments(row: &Row<'_>) -> Result<Moments> {
    Ok(Moments { n: row.get("n")?, sum: row.get("total")?, squares: row.get("squares")? })
}

/// Trials by stratum, order, help and maturity.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn cells(conn: &Conn, cohort: &Cohort) -> Result<Vec<Cell>> {
    let (reason, values) = cohort.with_maturity();
    let sql = format!(
        "SELECT t.channel, t.reason, t.holdout, t.helped, {MATURE} AS mature, \
         CAST(SUM(CASE WHEN t.returned_units > 0 THEN 1 ELSE 0 END) AS BIGINT) AS counted, {}, {LOSSES}, \
         CAST(SUM(CAST(t.loss AS DOUBLE PRECISION) * {Y}) AS DOUBLE PRECISION) AS crosses \
         FROM trials t WHERE {SPAN}{reason} \
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
        moments(Y)
    );
    let read = |row: &Fetched| {
        let row = Row::new("trials", row);
        let cost = read_moments(&row)?;
        Ok(Cell {
            channel: row.get("channel")?,
            reason: row.parse("reason")?,
            holdout: row.get("holdout")?,
            helped: row.get("helped")?,
            mature: row.get::<i64>("mature")? == 1,
            counted: row.get("counted")?,
            loss: Moments { n: cost.n, sum: row.get("loss_total")?, squares: row.get("loss_squares")? },
            cross: row.get("crosses")?,
            cost,
        })
    };
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// The weighted sums of an alternative over the trials of a stratum in which it could have come first.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedCell {
    /// The alternative.
    pub kind: RemedyKind,
    /// The channel.
    pub channel: String,
    /// The reason.
    pub reason: Reason,
    /// Whether the windows have closed.
    pub mature: bool,
    /// The sums.
    pub sums: Weighted,
}

/// For each alternative, the weighted sums over the trials in which it could have come first, by stratum
/// and maturity.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn weighted(conn: &Conn, cohort: &Cohort) -> Result<Vec<WeightedCell>> {
    let (reason, values) = cohort.with_maturity();
    let w = format!("({CERTAIN}.0 / a.propensity)");
    let sum = |name: &str, of: &str| {
        let hit = format!("CASE WHEN t.first_kind = a.kind THEN {of} ELSE 0 END");
        format!("CAST(SUM({hit}) AS DOUBLE PRECISION) AS {name}")
    };
    let sums = [
        sum("w", &w),
        sum("ww", &format!("{w} * {w}")),
        sum("wy", &format!("{w} * {Y}")),
        sum("wwy", &format!("{w} * {w} * {Y}")),
        sum("wwyy", &format!("{w} * {w} * {Y} * {Y}")),
    ];
    let sql = format!(
        "SELECT a.kind, t.channel, t.reason, {MATURE} AS mature, \
         CAST(SUM(CASE WHEN t.first_kind = a.kind THEN 1 ELSE 0 END) AS BIGINT) AS hits, {}, {} \
         FROM trials t JOIN trial_arms a ON a.shop_id = t.shop_id AND a.case_id = t.case_id \
         WHERE {SPAN}{reason} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        sums.join(", "),
        moments(Y)
    );
    let read = |row: &Fetched| {
        let row = Row::new("trial_arms", row);
        let sums = Weighted {
            hits: row.get("hits")?,
            w: row.get("w")?,
            ww: row.get("ww")?,
            wy: row.get("wy")?,
            wwy: row.get("wwy")?,
            wwyy: row.get("wwyy")?,
            logged: read_moments(&row)?,
        };
        Ok(WeightedCell {
            kind: row.parse("kind")?,
            channel: row.get("channel")?,
            reason: row.parse("reason")?,
            mature: row.get::<i64>("mature")? == 1,
            sums,
        })
    };
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// How many trials each alternative came first in.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn firsts(conn: &Conn, cohort: &Cohort) -> Result<Vec<(RemedyKind, i64)>> {
    let (reason, values) = cohort.and_reason("t.reason", cohort.by_day());
    let sql = format!(
        "SELECT first_kind, COUNT(*) AS n FROM trials t WHERE {SPAN}{reason} \
         GROUP BY first_kind ORDER BY first_kind"
    );
    let read = |row: &Fetched| {
        let row = Row::new("trials", row);
        Ok((row.parse("first_kind")?, row.get("n")?))
    };
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Remedies of one kind and stage: how many, and what they cost together.
pub type StageRow = (RemedyKind, RemedyStage, i64, i64);

/// Remedies proposed on the days, by kind and stage.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn stages(conn: &Conn, cohort: &Cohort) -> Result<Vec<StageRow>> {
    let (reason, values) = cohort.and_reason("reason", cohort.by_time());
    let sql = format!(
        "SELECT kind, stage, COUNT(*) AS n, CAST(COALESCE(SUM(cost), 0) AS BIGINT) AS cost FROM remedies \
         WHERE shop_id = $1 AND proposed_at >= $2 AND proposed_at < $3{reason} GROUP BY kind, stage \
         ORDER BY kind, stage"
    );
    let read = |row: &Fetched| {
        let row = Row::new("remedies", row);
        Ok((row.parse("kind")?, row.parse("stage")?, row.get("n")?, row.get("cost")?))
    };
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// What was granted under one reason and band to buyers of one star.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Granted {
    /// The reason.
    pub reason: Reason,
    /// The band.
    pub band: u32,
    /// The stars that the buyer had given the line when the remedy was proposed; none if none.
    pub star: Option<u8>,
    /// What was granted as a share of what was paid.
    pub share: Moments,
}

/// What was accepted of what was proposed on the days, by reason, band and star.
///
/// The one place where a remedy and a review meet: it says afterwards whether anyone let the one
/// depend on the other. A review that came later is none, because it may answer to the remedy.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn granted(conn: &Conn, cohort: &Cohort) -> Result<Vec<Granted>> {
    let (reason, values) = cohort.and_reason("r.reason", cohort.by_time());
    let sql = format!(
        "SELECT g.reason, g.band, g.star, {} FROM (\
         SELECT r.reason, r.band, CAST(r.worth AS DOUBLE PRECISION) / r.paid AS share, \
         (SELECT v.first_rating FROM reviews v WHERE v.shop_id = r.shop_id AND v.order_id = r.order_id \
         AND (v.line_id IS NULL OR v.line_id = r.line_id) AND v.first_observed_at <= r.proposed_at \
         AND v.first_rating IS NOT NULL ORDER BY v.first_observed_at, v.review_id LIMIT 1) AS star \
         FROM remedies r WHERE r.shop_id = $1 AND r.proposed_at >= $2 AND r.proposed_at < $3 \
         AND r.paid > 0 AND r.stage IN ('ACCEPTED', 'EXECUTING', 'FULFILLED', 'FAILED'){reason}\
         ) AS g GROUP BY g.reason, g.band, g.star ORDER BY g.reason, g.band, g.star",
        moments("g.share")
    );
    let read = |row: &Fetched| {
        let row = Row::new("remedies", row);
        Ok(Granted {
            reason: row.parse("reason")?,
            band: row.number("band")?,
            star: row.number_opt("star")?,
            share: read_moments(&row)?,
        })
    };
    conn.all(sql, values).await?.iter().map(read).collect()
}
