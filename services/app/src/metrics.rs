//! Figures: sums of the roll-ups, as rates with everything needed to judge them.
//!
//! A question costs one statement over the rows of its days and months, whatever number of
//! orders stands behind them. Days, weeks and months are those of the shop's time zone.

use amends_domain::rate::Rate;
use amends_domain::tally::Family;
use amends_domain::{ShopId, Time};

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::Result;

mod agent_performance;
mod ask;
mod attainment;
mod bucket;
mod closing;
mod fairness;
mod handling;
mod lag;
mod remedies;
mod returns;
mod reversal;
mod satisfaction;
mod savings;
mod times;

pub use agent_performance::{AgentQuestion, AgentRow};
pub use attainment::{AttainmentRow, ClockRow};
pub use bucket::{Bucket, Days};
pub use fairness::{Fairness, StarRow, Verdict};
pub use handling::{Cases, HandlingRow, Spread, Waiting};
pub use lag::{LagCurve, LagPoint, LagRow};
pub use remedies::{Group, KindRow, Naive, RemedyFigures, RemedyQuestion};
pub use returns::{Avoided, ReturnsRow};
pub use reversal::{Funnel, ReversalRow};
pub use satisfaction::{Recommended, SatisfactionRow};
pub use savings::{CausalMissing, Distance, Repeat, Retained, Savings};

use ask::Piece;
pub(crate) use bucket::cut as pieces_of;

/// The most days one question may span.
pub const DAYS_MAX: i32 = 1_100;

/// The most rows of an answer: what is left is one row of each piece of time, with this as its value.
pub const ROWS_MAX: usize = 5_000;

/// The value of what the limit of rows left.
pub const REST: &str = "other";

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
    /// How urgent the case is.
    Priority,
    /// What was promised.
    Target,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The shop; none for all that the caller may read, each with the days of its own zone.
    pub shop: Option<ShopId>,
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
        let (pieces, closing) = self.pieces(principal, question, Family::Review).await?;
        let rows = pieces.into_iter().map(|Piece { days, key, sums, group }| {
            reversal::row(days, key, &sums, closing.of_reviews(group, days))
        });
        Ok(Figures { rows: keep(rows, question, |row| row.funnel.negative > 0), as_of: closing.now() })
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
        let (pieces, closing) = self.pieces(principal, question, Family::Line).await?;
        let rows = pieces.into_iter().map(|Piece { days, key, sums, group }| {
            returns::row(days, key, &sums, closing.of_lines(group, days))
        });
        let has_members = |row: &ReturnsRow| {
            row.return_rate_units.rate.denominator > 0 || row.rescue_rate.rate.denominator > 0
        };
        Ok(Figures { rows: keep(rows, question, has_members), as_of: closing.now() })
    }
}

/// The values of the dimensions a row is about.
pub type Key = Vec<(Dimension, String)>;

/// Rows without a member are left out, but for the only row of a whole span without a split.
fn keep<Row>(
    rows: impl Iterator<Item = Row>,
    question: &Question,
    has_members: impl Fn(&Row) -> bool,
) -> Vec<Row> {
    let only = question.bucket == Bucket::Total && question.dimensions.is_empty();
    rows.filter(|row| only || has_members(row)).collect()
}
