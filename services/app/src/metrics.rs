//! Figures: sums of the tallies, as rates with everything needed to judge them.
//!
//! A question costs one read of the tallies of its days, whatever number of
//! orders stands behind them. Days, weeks and months are those of UTC; the
//! shop's own time zone comes with the business calendars.

use amends_domain::rate::Rate;
use amends_domain::tally::Measure;
use amends_domain::{Day, ShopId, Time};
use amends_store::tally;

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

mod bucket;
mod fairness;
mod remedies;
mod returns;
mod reversal;

pub use bucket::{Bucket, Days};
pub use fairness::{Fairness, StarRow, Verdict};
pub use remedies::{Group, KindRow, Naive, RemedyFigures, RemedyQuestion};
pub use returns::{Avoided, ReturnsRow};
pub use reversal::{Funnel, ReversalRow};

use bucket::Sums;

/// The most days one question may span.
pub const DAYS_MAX: i32 = 1_100;

/// The most dimensions one question may be split by.
const DIMENSIONS_MAX: usize = 2;

const READERS: &[Role] = &[Role::Analyst, Role::Supervisor, Role::Admin];

/// What figures can be split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The shop.
    Shop,
    /// Its channel.
    Channel,
    /// Its region.
    Region,
    /// The article.
    Sku,
    /// The first root cause.
    Reason,
    /// The kind of the fulfilled remedy.
    RemedyKind,
    /// The agent who acted first.
    Agent,
    /// The buyer's language.
    Language,
    /// The rating at the first observation.
    Star,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The shop.
    pub shop: ShopId,
    /// The days of the cohort.
    pub days: Days,
    /// How they are cut.
    pub bucket: Bucket,
    /// What to split by.
    pub dimensions: Vec<Dimension>,
    /// Only members with these values; several of one dimension mean any of them.
    pub filters: Vec<(Dimension, String)>,
}

/// A rate that says whether it can still change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatureRate {
    /// The rate.
    pub rate: Rate,
    /// Whether the window of every member has closed.
    pub mature: bool,
}

/// A sum with its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The sum over the members.
    pub sum: i64,
    /// How many members there are.
    pub count: i64,
    /// The quotient; none of nothing.
    pub value: Option<f64>,
    /// Whether the window of every member has closed.
    pub mature: bool,
}

/// An answer: rows by time, and the instant they hold for.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures<Row> {
    /// The rows.
    pub rows: Vec<Row>,
    /// The state of the log they hold for.
    pub as_of: Time,
}

impl App {
    /// How many negative reviews were revised; cohort by the day of first observation.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn review_reversal(
        &self,
        principal: &Principal,
        question: &Question,
    ) -> Result<Figures<ReversalRow>> {
        let (key, cut, info) = self.sums(principal, question).await?;
        let now = self.now();
        let rows = cut.into_iter().map(|(days, sums)| reversal::row(days, key.clone(), &sums, &info, now));
        Ok(Figures { rows: keep(rows, question, |row| row.funnel.negative > 0), as_of: now })
    }

    /// How much came back in the channel's count, and what was avoided; cohort by the day of
    /// delivery, for what was wanted back by the day the wish first showed.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn return_figures(
        &self,
        principal: &Principal,
        question: &Question,
    ) -> Result<Figures<ReturnsRow>> {
        let (key, cut, info) = self.sums(principal, question).await?;
        let now = self.now();
        let rows = cut.into_iter().map(|(days, sums)| returns::row(days, key.clone(), &sums, &info, now));
        let has_members = |row: &ReturnsRow| {
            row.return_rate_units.rate.denominator > 0 || row.rescue_rate.rate.denominator > 0
        };
        Ok(Figures { rows: keep(rows, question, has_members), as_of: now })
    }

    async fn sums(
        &self,
        principal: &Principal,
        question: &Question,
    ) -> Result<(Key, Vec<(Days, Sums)>, std::sync::Arc<ShopInfo>)> {
        principal.require(READERS)?;
        principal.enter(&question.shop)?;
        question.check()?;
        let conn = self.store().reader();
        let info = self.shops().get(&conn, &question.shop, self.now()).await?;
        let days = question.days;
        let counts = if question.matches(&info) {
            tally::sum(&conn, std::slice::from_ref(&question.shop), days.from, days.until).await?
        } else {
            Vec::new()
        };
        let counts: Vec<(Day, Measure, i64)> = counts.into_iter().map(|(_, day, m, v)| (day, m, v)).collect();
        let key = question.dimensions.iter().map(|d| (*d, value(*d, &info).unwrap_or_default())).collect();
        Ok((key, bucket::cut(days, question.bucket, &counts), info))
    }
}

/// The values of the dimensions a row is about.
pub type Key = Vec<(Dimension, String)>;

impl Question {
    fn check(&self) -> Result<()> {
        let length = self.days.until.number().saturating_sub(self.days.from.number());
        if !(1..=DAYS_MAX).contains(&length) {
            return Err(AppError::field("cohort.end_date", "must be 1 to 1,100 days after the start"));
        }
        if self.dimensions.len() > DIMENSIONS_MAX {
            return Err(AppError::field("dimensions", "must be at most 2"));
        }
        let all = self.dimensions.iter().enumerate().map(|(i, d)| (format!("dimensions[{i}]"), *d));
        let filters =
            self.filters.iter().enumerate().map(|(i, (d, _))| (format!("filters[{i}].dimension"), *d));
        let unknown = all.chain(filters).filter(|(_, dimension)| !dimension.is_of_shop());
        let wrong: Vec<_> = unknown
            .map(|(field, _)| crate::error::Violation {
                field,
                problem: "is not available yet; there are SHOP, CHANNEL and REGION".to_owned(),
                why: crate::error::Why::Malformed,
            })
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(AppError::Invalid(wrong)) }
    }

    /// Whether the shop has one of the wanted values in every dimension that is filtered.
    fn matches(&self, info: &ShopInfo) -> bool {
        self.filters.iter().all(|(dimension, _)| {
            let mine = value(*dimension, info);
            self.filters.iter().any(|(d, wanted)| d == dimension && Some(wanted) == mine.as_ref())
        })
    }
}

impl Dimension {
    /// Whether it is the same for everything in a shop.
    const fn is_of_shop(self) -> bool {
        matches!(self, Self::Shop | Self::Channel | Self::Region)
    }
}

fn value(dimension: Dimension, info: &ShopInfo) -> Option<String> {
    match dimension {
        Dimension::Shop => Some(info.shop.id.to_string()),
        Dimension::Channel => Some(info.shop.channel.as_str().to_owned()),
        Dimension::Region => Some(info.shop.region.clone()),
        _ => None,
    }
}

/// Rows without a member are left out, but for the only row of a whole span without a split.
fn keep<Row>(
    rows: impl Iterator<Item = Row>,
    question: &Question,
    has_members: impl Fn(&Row) -> bool,
) -> Vec<Row> {
    let only = question.bucket == Bucket::Total && question.dimensions.is_empty();
    rows.filter(|row| only || has_members(row)).collect()
}
