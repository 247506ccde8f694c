//! How many cases will come.

use std::collections::{BTreeMap, BTreeSet};

use amends_domain::case::CaseKind;
use amends_domain::forecast::{self, DAYS_MAX, Forecast, HORIZON_MAX, Series, forecast};
use amends_domain::shop::Shop;
use amends_domain::zone::Zone;
use amends_domain::{Day, ShopId, Time};
use amends_store::Conn;
use amends_store::planning::volume::{self, Opened};

use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// What is expected of which cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeQuestion {
    /// The shop.
    pub shop: ShopId,
    /// How many days from today on.
    pub horizon: u16,
    /// Only these kinds; empty for all.
    pub kinds: Vec<CaseKind>,
    /// Days of which the log knows too little.
    pub gaps: BTreeSet<Day>,
}

/// What is expected, and what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// The days ahead; none where nothing is known yet.
    pub forecast: Option<Forecast>,
    /// Each day that it was made from, with its cases; none for a gap.
    pub history: Vec<(Day, Option<i64>)>,
    /// Cases opened today so far.
    pub opened_today: i64,
    /// Today, by the shop's clock.
    pub today: Day,
    /// The state of the log it holds for.
    pub as_of: Time,
}

impl App {
    /// How many cases will be opened on each of the next days.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn volume(&self, principal: &Principal, question: &VolumeQuestion) -> Result<Volume> {
        if !(1..=HORIZON_MAX).contains(&question.horizon) {
            return Err(AppError::field("horizon_days", "must be 1–90"));
        }
        let (conn, info, zone) = self.planned(principal, &question.shop).await?;
        let now = self.now();
        look(&conn, &info.shop, &zone, question, now).await
    }
}

/// The forecast from one grouped read of the cases of up to three years.
pub(super) async fn look(
    conn: &Conn,
    shop: &Shop,
    zone: &Zone,
    question: &VolumeQuestion,
    now: Time,
) -> Result<Volume> {
    let today = zone.day(now);
    if question.gaps.last().is_some_and(|gap| *gap >= today) {
        return Err(AppError::field("gap_dates", "must lie before today"));
    }
    // A shop is known since its first case: before that, nobody knows whether it was quiet or not there.
    let first = volume::first(conn, &shop.id).await?.map_or(today, |at| zone.day(at).min(today));
    let reach = i32::try_from(DAYS_MAX).unwrap_or(i32::MAX);
    let first = first.max(Day::from_number(today.number().saturating_sub(reach)));
    let (from, until) = (zone.start(first), later(now));
    let offsets = zone.offsets(from, until);
    let opened = Opened { shop: &shop.id, kinds: &question.kinds, from, until, offsets: &offsets };
    let counts: BTreeMap<Day, i64> = volume::by_day(conn, &opened).await?.into_iter().collect();
    let days = (first.number()..today.number()).map(Day::from_number);
    let count = |day: Day| {
        let known = !question.gaps.contains(&day);
        (day, known.then(|| counts.get(&day).copied().unwrap_or(0)))
    };
    let history: Vec<(Day, Option<i64>)> = days.map(count).collect();
    let forecast = made(first, &history, question.horizon)?;
    let opened_today = counts.get(&today).copied().unwrap_or(0);
    Ok(Volume { forecast, history, opened_today, today, as_of: now })
}

fn later(now: Time) -> Time {
    now + amends_domain::Span::from_micros(1)
}

/// None where no day is known.
fn made(first: Day, history: &[(Day, Option<i64>)], horizon: u16) -> Result<Option<Forecast>> {
    let whole = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let counts: Vec<Option<u32>> = history.iter().map(|(_, count)| count.map(whole)).collect();
    if counts.iter().all(Option::is_none) {
        return Ok(None);
    }
    let wrong = |why: forecast::ForecastProblem| AppError::Internal(why.to_string());
    let series = Series::new(first, counts).map_err(wrong)?;
    forecast(&series, horizon).map(Some).map_err(wrong)
}
