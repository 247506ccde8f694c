//! The control chart of an article and a reason, as the daily look sees it.

use std::collections::HashMap;

use amends_domain::detection::Reason;
use amends_domain::incident::chart::{DELIVERED_DAYS, Point, Watch, judge};
use amends_domain::statistics::chart::Sample;
use amends_domain::zone::Zone;
use amends_domain::{Day, ShopId, Sku, Time};
use amends_store::incident::chart::{self, Counted, Week};

use crate::app::App;
use crate::call::Principal;
use crate::case::READERS;
use crate::error::{AppError, Result};

/// The most weeks of one chart.
pub const CHART_WEEKS_MAX: u32 = 104;

/// Weeks of an article and a reason, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The weeks, the oldest first; the last one ended with yesterday.
    pub points: Vec<ChartPoint>,
    /// How many pairs of an article and a reason were looked at together.
    pub pairs: u64,
}

/// One week.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPoint {
    /// When it begins.
    pub from: Time,
    /// The first instant after it.
    pub until: Time,
    /// How it is beside the weeks before it.
    pub point: Point,
}

impl App {
    /// The chart of an article and a reason over so many weeks, the last of which ended with yesterday.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, there are too many weeks, or storage fails.
    pub async fn control_chart(
        &self,
        principal: &Principal,
        shop: &ShopId,
        (sku, reason): (&Sku, Reason),
        weeks: u32,
    ) -> Result<Chart> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        if !(1..=CHART_WEEKS_MAX).contains(&weeks) {
            return Err(AppError::field("weeks", "must be 1–104"));
        }
        let (conn, now) = (self.store().reader(), self.now());
        let info = self.shops().get(&conn, shop, now).await?;
        let watch = &info.policy.incidents;
        let weeks = weeks_until(&info.zone, info.zone.day(now), weeks + watch.base_weeks);
        let heard = chart::complaints(&conn, shop, &weeks, 0, Some((sku, reason))).await?;
        let heard: Vec<_> = heard.into_iter().map(|one| (one.week, one.count)).collect();
        let units = chart::delivered(&conn, shop, &weeks, &[sku]).await?;
        let base = usize::try_from(watch.base_weeks).unwrap_or_default();
        let today = weeks.get(weeks.len().saturating_sub(base + 1)..).unwrap_or_default();
        let pairs = chart::pairs(&conn, shop, today, watch.least_complaints).await?;
        let samples = series(weeks.len(), &heard, &counts(&units, sku));
        let points = samples.windows(base + 1).zip(weeks.iter().skip(base));
        let points = points.filter_map(|(window, week)| {
            let point = last(watch, window, pairs)?;
            Some(ChartPoint { from: week.from, until: week.until, point })
        });
        Ok(Chart { points: points.collect(), pairs })
    }
}

/// Judges the last of some weeks beside the others.
pub(super) fn last(watch: &Watch, weeks: &[Sample], pairs: u64) -> Option<Point> {
    weeks.split_last().map(|(week, before)| judge(watch, before, *week, pairs))
}

/// So many weeks, the oldest first; the last one ends before that day.
pub(super) fn weeks_until(zone: &Zone, until: Day, weeks: u32) -> Vec<Week> {
    let count = i32::try_from(weeks).unwrap_or_default();
    let week = |ago: i32| {
        let until = until.number() - 7 * ago;
        let at = |day| zone.start(Day::from_number(day));
        Week {
            from: at(until - 7),
            until: at(until),
            delivered_from: Day::from_number(until - DELIVERED_DAYS),
            delivered_until: Day::from_number(until),
        }
    };
    (0..count).rev().map(week).collect()
}

/// The units of one article by weeks.
pub(super) fn counts(units: &[Counted<Sku>], sku: &Sku) -> HashMap<usize, u64> {
    units.iter().filter(|one| one.of == *sku).map(|one| (one.week, one.count)).collect()
}

/// Complaints of units, week by week.
pub(super) fn series(weeks: usize, heard: &[(usize, u64)], units: &HashMap<usize, u64>) -> Vec<Sample> {
    let heard: HashMap<usize, u64> = heard.iter().copied().collect();
    let of = |counts: &HashMap<usize, u64>, week| counts.get(&week).copied().unwrap_or_default();
    (0..weeks).map(|week| Sample { count: of(&heard, week), size: of(units, week) }).collect()
}
