//! How much of the work was judged, and how it came out.

use std::collections::BTreeMap;
use std::sync::Arc;

use amends_domain::quality::{Counts, QualityFigures, week_of};
use amends_domain::{AgentId, Day, ShopId, Time};
use amends_store::quality;

use super::READS_ALL;
use super::draw::draws_at;
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::metrics::{Bucket, DAYS_MAX, Days, Figures, ROWS_MAX, pieces_of};
use crate::shops::ShopInfo;

/// A question about judgements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityQuestion {
    /// The shop; none for all that the caller may read.
    pub shop: Option<ShopId>,
    /// The days in which the weeks begin.
    pub days: Days,
    /// How they are cut.
    pub bucket: Bucket,
}

/// What was judged of one agent, or of all together.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityRow {
    /// The days in which the weeks begin.
    pub days: Days,
    /// What it adds up to.
    pub figures: QualityFigures,
    /// Whether all of it was drawn, everything that was drawn was reviewed, and every dispute decided that can come.
    pub mature: bool,
}

/// Whose counts: all agents together come before each.
type Rows = BTreeMap<Option<AgentId>, Counts>;

impl App {
    /// How much was judged and how it came out; by the weeks in which cases were solved.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read it, or storage fails.
    pub async fn quality_figures(
        &self,
        principal: &Principal,
        question: &QualityQuestion,
    ) -> Result<Figures<QualityRow>> {
        principal.require(READS_ALL)?;
        let length = question.days.until.number().saturating_sub(question.days.from.number());
        if !(1..=DAYS_MAX).contains(&length) {
            return Err(AppError::field("days.end_date", "must be 1 to 1,100 days after the start"));
        }
        let (conn, now) = (self.store().reader(), self.now());
        let infos = self.shops_of(&conn, principal, question.shop.as_ref()).await?;
        let shops: Vec<ShopId> = infos.iter().map(|info| info.shop.id.clone()).collect();
        // Asked first: of a week that is drawn in between it is said too late, and never too early.
        let next = quality::next_draw(&conn, &shops).await?;
        let counts = quality::counts(&conn, &shops, (question.days.from, question.days.until), now).await?;
        let is_drawn = |days: Days| is_drawn(&infos, days, next, now);
        let mut rows = Vec::new();
        for days in pieces_of(question.days, question.bucket) {
            let drawn = is_drawn(days);
            let mut mine = Rows::from([(None, Counts::default())]);
            for (week, agent, counts) in counts.iter().filter(|(week, ..)| within(days, *week)) {
                debug_assert!(within(days, *week));
                for key in [None, Some(agent.clone())] {
                    let sum = mine.entry(key).or_default();
                    *sum = sum.and(*counts);
                }
            }
            rows.extend(mine.into_iter().map(|(agent, counts)| QualityRow {
                days,
                mature: drawn && counts.is_settled(),
                figures: QualityFigures { agent, counts },
            }));
        }
        if rows.len() > ROWS_MAX {
            return Err(AppError::field("bucket", "makes more than 5,000 rows: take longer buckets"));
        }
        Ok(Figures { rows, as_of: now })
    }
}

/// Whether each week that begins in these days was drawn in each shop.
fn is_drawn(infos: &[Arc<ShopInfo>], days: Days, next: Option<Day>, now: Time) -> bool {
    let last = week_of(Day::from_number(days.until.number() - 1));
    next.is_none_or(|next| next > last) && infos.iter().all(|info| draws_at(info, last) <= now)
}

fn within(days: Days, week: Day) -> bool {
    (days.from..days.until).contains(&week)
}
