//! What agents do with their time, and what came of it.
//!
//! A presence is told to a shop, and a case is a shop's. So a question about one shop counts what was told to it
//! and done in it; a question about all of them takes each agent's time together, so that nobody who is there for
//! two shops is counted as there twice.

use std::collections::BTreeMap;

use amends_domain::agent_performance::{Figures as Told, Frame, figures};
use amends_domain::quality::Counts;
use amends_domain::zone::Zone;
use amends_domain::{AgentId, Day, ShopId, Time};
use amends_store::agent_performance::{marks_within, spans_within};
use amends_store::quality::counts;

use super::bucket::{self, Days};
use super::{Bucket, DAYS_MAX, Figures, READERS, ROWS_MAX};
use crate::app::App;
use crate::basis;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

/// The most spans, and the most marks, that one question may read.
const READ_MAX: u32 = 200_000;

/// A question about agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentQuestion {
    /// The shop; none for all that the caller may read.
    pub shop: Option<ShopId>,
    /// The days on which it happened.
    pub days: Days,
    /// How they are cut.
    pub bucket: Bucket,
    /// Whose days; none for that of the shops, if it is the same.
    pub zone: Option<String>,
    /// Only these; none for all.
    pub agents: Vec<AgentId>,
}

/// What one agent did in a piece of time, or all of them together.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentRow {
    /// The days.
    pub days: Days,
    /// What they did.
    pub told: Told,
    /// How their work of the weeks that begin in them was judged.
    pub quality: Counts,
    /// Whether the days are over.
    pub over: bool,
}

impl App {
    /// What agents did; by the time at which they did it.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn agent_performance(
        &self,
        principal: &Principal,
        question: &AgentQuestion,
    ) -> Result<Figures<AgentRow>> {
        principal.require(READERS)?;
        let length = question.days.until.number().saturating_sub(question.days.from.number());
        if !(1..=DAYS_MAX).contains(&length) {
            return Err(AppError::field("days.end_date", "must be 1 to 1,100 days after the start"));
        }
        let (conn, now) = (self.store().reader(), self.now());
        let infos = self.shops_of(&conn, principal, question.shop.as_ref()).await?;
        let shops: Vec<ShopId> = infos.iter().map(|info| info.shop.id.clone()).collect();
        if !shops.is_empty() {
            basis::require_counted(&conn, &shops.iter().collect::<Vec<_>>()).await?;
        }
        let zone = question.zone(infos.iter().map(AsRef::as_ref))?;
        let (pieces, frame) = question.frame(&zone, now);
        let ends = (frame.cuts.first().copied().unwrap_or(now), frame.cuts.last().copied().unwrap_or(now));
        let spans = spans_within(&conn, &shops, ends, READ_MAX + 1).await?;
        let marks = marks_within(&conn, &shops, ends, READ_MAX + 1).await?;
        if spans.len().max(marks.len()) > READ_MAX as usize {
            let problem =
                "hold more than 200,000 holds or acts of agents: ask for fewer days or for one shop";
            return Err(AppError::field("days", problem));
        }
        let judged = counts(&conn, &shops, (question.days.from, question.days.until), now).await?;
        let wanted = |agent: &AgentId| question.agents.is_empty() || question.agents.contains(agent);
        let told = figures(&spans, &marks, &frame, wanted);
        let rows = pieces.iter().zip(told).flat_map(|(days, told)| {
            let over = zone.start(days.until) <= now;
            let mine = |(week, agent, _): &&(Day, AgentId, Counts)| {
                (days.from..days.until).contains(week) && wanted(agent)
            };
            beside(told, judged.iter().filter(mine)).into_iter().map(move |(told, quality)| AgentRow {
                days: *days,
                told,
                quality,
                over,
            })
        });
        let rows: Vec<AgentRow> = rows.collect();
        if rows.len() > ROWS_MAX {
            let problem =
                "makes more than 5,000 rows with so many agents: take longer buckets or name agents";
            return Err(AppError::field("bucket", problem));
        }
        Ok(Figures { rows, as_of: now })
    }
}

/// Figures with how the work was judged; who did nothing and was judged has a row as well.
fn beside<'a>(
    told: Vec<Told>,
    judged: impl Iterator<Item = &'a (Day, AgentId, Counts)>,
) -> Vec<(Told, Counts)> {
    let mut rows: BTreeMap<Option<AgentId>, (Option<Told>, Counts)> =
        told.into_iter().map(|told| (told.agent.clone(), (Some(told), Counts::default()))).collect();
    for (_, agent, counts) in judged {
        for key in [None, Some(agent.clone())] {
            let (_, sum) = rows.entry(key).or_default();
            *sum = sum.and(*counts);
        }
    }
    let row = |(agent, (told, counts)): (Option<AgentId>, (Option<Told>, Counts))| {
        Some((told.or_else(|| agent.map(Told::nothing))?, counts))
    };
    rows.into_iter().filter_map(row).collect()
}

impl AgentQuestion {
    fn zone<'a>(&self, shops: impl Iterator<Item = &'a ShopInfo>) -> Result<Zone> {
        if let Some(name) = &self.zone {
            return Zone::new(name)
                .map_err(|_| AppError::field("time_zone", "is not a name of the IANA database"));
        }
        let mut names: Vec<&str> = shops.map(|info| info.shop.time_zone.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        match names.as_slice() {
            [] => Ok(Zone::utc()),
            [one] => Ok(Zone::named(one)),
            _ => Err(AppError::field("time_zone", "must be named, because the shops have different ones")),
        }
    }

    /// The pieces of time, and their days as instants.
    fn frame(&self, zone: &Zone, as_of: Time) -> (Vec<Days>, Frame) {
        let first = self.days.from.number();
        let cuts = (first..=self.days.until.number()).map(|day| zone.start(Day::from_number(day)));
        let pieces = bucket::cut(self.days, self.bucket);
        let place = |day: Day| usize::try_from(day.number() - first).unwrap_or(0);
        let places = pieces.iter().map(|days| (place(days.from), place(days.until))).collect();
        let frame = Frame { cuts: cuts.collect(), pieces: places, as_of };
        (pieces, frame)
    }
}
