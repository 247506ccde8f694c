//! What avoided returns were worth, naive beside causal.

use std::collections::BTreeMap;

use amends_domain::counting::{Standing, shadow_price};
use amends_domain::learning::estimate::{Causal, causal};
use amends_domain::rate::Rate;
use amends_domain::remedy_policy::Target;
use amends_domain::rollup::Grain;
use amends_domain::saving::{RetainedBy, retained};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Currency, Day, ShopId, Span, Time};
use amends_store::rollup::{self, Part};
use amends_store::saving::{self, Again, Saved};
use amends_store::trial::figures::{self, Cell, Cohort};
use amends_store::{Conn, order};

use super::remedies::{check, strata};
use super::returns::Avoided;
use super::{Bucket, Days, Question, READERS};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

/// The most lines that one question reads.
const LINES_MAX: u32 = 100_000;

/// How long buyers have to order again.
const AGAIN_WITHIN: Span = Span::from_days(90);

/// Order lines among which buyers without a case are looked for.
const SAMPLE: i64 = 50_000;

/// Why nothing can be said of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CausalMissing {
    /// No window has closed.
    NoMatureCase,
    /// Nobody was kept in the fixed order.
    NoHoldout,
    /// Everybody was.
    NoneTreated,
    /// No stratum has two on either side.
    TooFew,
}

/// What stayed in the books in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// In which way.
    pub by: RetainedBy,
    /// The currency.
    pub currency: Currency,
    /// Units.
    pub units: i64,
    /// Their revenue in minor units.
    pub revenue: i64,
    /// Of it, that of units whose window has closed.
    pub confirmed: i64,
}

/// Buyers who came back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeat {
    /// Of those whose time is over.
    pub rate: Rate,
    /// Whose time is not over.
    pub waiting: i64,
}

/// How far the channel's penalty is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Where the shop stands.
    pub current: Rate,
    /// What it is measured by.
    pub target: Target,
    /// Counted returns until the penalty.
    pub until: Option<i64>,
}

/// What avoided returns were worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Savings {
    /// Units avoided, as they are counted.
    pub naive: Avoided,
    /// What the learned order caused.
    pub causal: std::result::Result<Causal, CausalMissing>,
    /// What stayed in the books.
    pub retained: Vec<Retained>,
    /// Avoided loss and cost.
    pub saved: Saved,
    /// With a case that was solved.
    pub solved: Repeat,
    /// With cases that ended otherwise.
    pub failed: Repeat,
    /// Without any case.
    pub without: Repeat,
    /// Whether the last are a sample.
    pub sampled: bool,
    /// How far the penalty is; none without a target.
    pub distance: Option<Distance>,
    /// The shop's currency.
    pub currency: Currency,
    /// The state of the log it holds for.
    pub as_of: Time,
}

impl App {
    /// What avoided returns were worth.
    ///
    /// # Errors
    /// When the days are none or too many, too much was helped on them, the principal may not read figures, or
    /// storage fails.
    pub async fn savings(&self, principal: &Principal, shop: &ShopId, days: Days) -> Result<Savings> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        check(days)?;
        let (conn, now) = (self.store().reader(), self.now());
        let info = self.shops().get(&conn, shop, now).await?;
        let question = Question {
            shop: Some(shop.clone()),
            days,
            bucket: Bucket::Total,
            dimensions: Vec::new(),
            filters: Vec::new(),
        };
        let naive = self.return_figures(principal, &question).await?.rows;
        let (from, until) = (info.zone.start(days.from), info.zone.start(days.until));
        let cohort = Cohort { shop: shop.clone(), from, until, reason: None, now };
        let cells = figures::cells(&conn, &cohort).await?;
        let buyers = saving::Cohort { from, until, within: AGAIN_WITHIN, now, sample: SAMPLE };
        let repeats = saving::repeats(&conn, shop, &buyers).await?;
        Ok(Savings {
            naive: naive.first().map(super::ReturnsRow::avoided).unwrap_or_default(),
            causal: compared(&cells),
            retained: revenue(&conn, &info, days).await?,
            saved: saving::saved(&conn, shop, (from, until), now).await?,
            solved: repeat(repeats.solved),
            failed: repeat(repeats.failed),
            without: repeat(repeats.without),
            sampled: repeats.sampled,
            distance: distance(&conn, &info, now).await?,
            currency: info.shop.currency,
            as_of: now,
        })
    }
}

fn repeat(again: Again) -> Repeat {
    Repeat { rate: Rate::of(again.came, again.buyers), waiting: again.waiting }
}

/// The learned order beside the fixed one, of cases whose window has closed.
fn compared(cells: &[Cell]) -> std::result::Result<Causal, CausalMissing> {
    let mature: Vec<&Cell> = cells.iter().filter(|cell| cell.mature).collect();
    let cases = |holdout: bool| mature.iter().any(|cell| cell.holdout == holdout && cell.cost.n > 0);
    match (cases(true), cases(false)) {
        (false, false) => return Err(CausalMissing::NoMatureCase),
        (false, true) => return Err(CausalMissing::NoHoldout),
        (true, false) => return Err(CausalMissing::NoneTreated),
        (true, true) => {}
    }
    let told = causal(&strata(&mature));
    if told.avoided.is_some() { Ok(told) } else { Err(CausalMissing::TooFew) }
}

/// What stayed in the books of what was wanted back on the days.
async fn revenue(conn: &Conn, info: &ShopInfo, days: Days) -> Result<Vec<Retained>> {
    // Nobody is helped before they want to return, so earlier help belongs to earlier days.
    let from = info.zone.start(days.from);
    let lines = order::helped(conn, &info.shop.id, from, LINES_MAX + 1).await?;
    if lines.len() > LINES_MAX as usize {
        return Err(AppError::field(
            "cohort.start_date",
            "must be later: more than 100,000 lines were helped since",
        ));
    }
    let refunded = saving::refunded(conn, &info.shop.id, from).await?;
    let mut sums: BTreeMap<(RetainedBy, String), Retained> = BTreeMap::new();
    for line in &lines {
        let is_mine = |at| (days.from..days.until).contains(&info.zone.day(at));
        if !line.wanted_at().is_some_and(is_mine) {
            continue;
        }
        let given = refunded.get(&(line.order.clone(), line.line.clone())).copied().unwrap_or(0);
        let Some(kept) = retained(line, given) else { continue };
        let key = (kept.by, kept.currency.as_str().to_owned());
        let none = Retained { by: kept.by, currency: kept.currency, units: 0, revenue: 0, confirmed: 0 };
        let sum = sums.entry(key).or_insert(none);
        sum.units += kept.units;
        sum.revenue += kept.revenue;
        sum.confirmed += if kept.is_confirmed { kept.revenue } else { 0 };
    }
    Ok(sums.into_values().collect())
}

/// How far the penalty is, by the deliveries before today.
async fn distance(conn: &Conn, info: &ShopInfo, now: Time) -> Result<Option<Distance>> {
    let Some(target) = info.remedy.target else { return Ok(None) };
    let until = info.zone.day(now);
    let days = i32::try_from(target.days).unwrap_or(i32::MAX);
    let from = Day::from_number(until.number().saturating_sub(days));
    let parts = [Part { piece: 0, grain: Grain::Day, from, until }];
    let shops = [(info.shop.id.clone(), 0)];
    let (family, facets) = (Family::Line, &[]);
    let asked = rollup::Asked { shops: &shops, family, parts: &parts, whole: &parts, facets, limit: 1 };
    let answers = rollup::ask(conn, &asked).await?;
    let answers =
        answers.ok_or_else(|| AppError::Internal("a sum without a split is too large".to_owned()))?;
    let sum = |measure| answers.iter().filter_map(|answer| answer.sums.get(&measure)).sum();
    let standing = Standing { delivered: sum(Measure::UnitsDelivered), counted: sum(Measure::UnitsReturned) };
    let current = Rate::of(standing.counted, standing.delivered);
    Ok(Some(Distance { current, target, until: shadow_price(&target, standing).until_penalty }))
}
