//! How long negative reviews take until they are reversed.

use std::collections::BTreeMap;

use amends_domain::lag::{Ending, Origin};
use amends_domain::statistics::Estimate;
use amends_domain::statistics::survival::{Curve, DAYS, Exits};
use amends_domain::tally::Family;
use amends_store::lag::{self, Followed};

use super::bucket::{self, Days};
use super::{Figures, Key, Question, READERS, keep};
use crate::app::App;
use crate::basis;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// The most rows of an answer.
const ROWS_MAX: i64 = 1_000;

/// The share that is reversed by the median day.
const HALF: f64 = 0.5;

/// How long the reviews of one cohort take.
#[derive(Debug, Clone, PartialEq)]
pub struct LagRow {
    /// The days of the cohort.
    pub days: Days,
    /// The values it is about; empty if there is no split.
    pub key: Key,
    /// From the first observation.
    pub observed: LagCurve,
    /// From the solution of the case.
    pub solved: LagCurve,
}

/// How long reviews take from one origin.
#[derive(Debug, Clone, PartialEq)]
pub struct LagCurve {
    /// How many entered.
    pub entered: i64,
    /// Of them, reversed so far.
    pub reversed: i64,
    /// Of them, gone before.
    pub gone: i64,
    /// Of them, as they were.
    pub standing: i64,
    /// The curve on the days at which it is told.
    pub points: Vec<LagPoint>,
    /// The first day by whose end half were reversed.
    pub median_day: Option<u32>,
}

/// A curve on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagPoint {
    /// Days since the entry.
    pub day: u32,
    /// Followed when the day begins.
    pub at_risk: i64,
    /// Reversed by its end.
    pub reversed: i64,
    /// Not followed any more by its end, and not reversed.
    pub censored: i64,
    /// The share reversed by its end; none where nothing can be estimated.
    pub share: Option<Estimate>,
    /// Whether everybody who entered was followed to its end, and nobody enters any more.
    pub mature: bool,
}

impl App {
    /// How long negative reviews take until they are reversed; cohort by the day of first observation.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn time_to_reversal(
        &self,
        principal: &Principal,
        question: &Question,
    ) -> Result<Figures<LagRow>> {
        principal.require(READERS)?;
        let shop = question.shop.as_ref().ok_or_else(|| AppError::field("parent", "must name one shop"))?;
        principal.enter(shop)?;
        question.check(Family::Review)?;
        let (conn, now) = (self.store().reader(), self.now());
        let info = self.shops().get(&conn, shop, now).await?;
        basis::require_counted(&conn, &[shop]).await?;
        let today = info.zone.day(now);
        let pieces = bucket::cut(question.days, question.bucket);
        let spans: Vec<_> = pieces.iter().map(|days| (days.from, days.until)).collect();
        let count = i64::try_from(pieces.len()).unwrap_or(i64::MAX).max(1);
        // A row for each bucket and the rest of it, at least.
        let limit = ROWS_MAX / count - 1;
        if limit < 1 {
            return Err(AppError::field("bucket", "makes too many rows: take longer buckets"));
        }
        let facets = question.facets();
        let asked = lag::Asked { shop, pieces: &spans, facets: &facets, limit, today };
        let followed = if question.matches(&info) { lag::ask(&conn, &asked).await? } else { Vec::new() };
        let mut of: BTreeMap<(i64, bool, Vec<String>), Vec<Followed>> = BTreeMap::new();
        for one in followed {
            of.entry((one.piece, one.is_rest, one.values.clone())).or_default().push(one);
        }
        if facets.iter().all(|(_, is_split, _)| !is_split) {
            // Pieces without any are there if nothing splits them.
            for (n, _) in (0..).zip(&pieces) {
                of.entry((n, false, Vec::new())).or_default();
            }
        }
        let rows = of.into_iter().filter_map(|((piece, is_rest, values), followed)| {
            let days = *pieces.get(usize::try_from(piece).ok()?)?;
            let is_over = days.until <= today;
            let curve = |origin| curve(followed.iter().filter(|one| one.origin == origin), is_over);
            let key = question.key(&values, is_rest, &question.of_shop(&info));
            Some(LagRow { days, key, observed: curve(Origin::Observed), solved: curve(Origin::Solved) })
        });
        Ok(Figures { rows: keep(rows, question, |row| row.observed.entered > 0), as_of: now })
    }
}

/// The curve of those who were followed from one origin.
fn curve<'a>(followed: impl Iterator<Item = &'a Followed>, is_over: bool) -> LagCurve {
    let mut days: BTreeMap<u32, [i64; 3]> = BTreeMap::new();
    for one in followed {
        let [reversed, gone, standing] = days.entry(one.days.unsigned_abs()).or_default();
        match one.ending {
            Ending::Reversed => *reversed += one.members,
            Ending::Gone => *gone += one.members,
            Ending::Still => *standing += one.members,
        }
    }
    let sum = |of: &dyn Fn(&[i64; 3]) -> i64, until: u32| -> i64 {
        days.range(..until).map(|(_, exits)| of(exits)).sum()
    };
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let exits = days.iter().map(|(day, [reversed, gone, standing])| {
        (*day, Exits { events: whole(*reversed), censored: whole(gone + standing) })
    });
    let curve = Curve::of(exits);
    let entered = sum(&|exits| exits.iter().sum(), u32::MAX);
    let point = |day: u32| LagPoint {
        day,
        at_risk: entered - sum(&|exits| exits.iter().sum(), day),
        reversed: sum(&|[reversed, _, _]| *reversed, day + 1),
        censored: sum(&|[_, gone, standing]| gone + standing, day + 1),
        share: curve.at(day).map(|point| point.happened()),
        // Who stands today may still be reversed today.
        mature: is_over && sum(&|[_, _, standing]| *standing, day + 1) == 0,
    };
    LagCurve {
        entered,
        reversed: sum(&|[reversed, _, _]| *reversed, u32::MAX),
        gone: sum(&|[_, gone, _]| *gone, u32::MAX),
        standing: sum(&|[_, _, standing]| *standing, u32::MAX),
        points: DAYS.into_iter().map(point).collect(),
        median_day: curve.reached(HALF).day.filter(|day| DAYS.iter().any(|last| day <= last)),
    }
}
