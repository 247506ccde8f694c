//! Asking for sums: read from packs and rows, completed, filtered, ranked and cut.
//!
//! Rows are stored only for what is known. What is not known of the first facet is the sum without a
//! split less all known ones; with two facets, by the rule of inclusion and exclusion, each stored row
//! is added where it stands and taken off or added where one or both values are left open.

use amends_domain::rollup::{Facet, Grain};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Day, ShopId};

use super::{Sums, pack};
use crate::bulk::{Column, Kind};
use crate::conn::Conn;
use crate::error::Result;

mod gathered;
mod read;
mod role;
mod span;
mod table;

use gathered::{Gathered, Kept};
use read::Packs;
pub(crate) use role::{Role, roles};

/// How often a question is asked again because packs were made meanwhile.
const TRIES: u32 = 3;

/// Rows of one grain that belong to one piece of the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The number of the piece.
    pub piece: i64,
    /// Days, weeks or months.
    pub grain: Grain,
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
}

/// A question for the sums of a family.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The shops, each with what is added to the numbers of its pieces: those of one number are one sum.
    pub shops: &'a [(ShopId, i64)],
    /// Whose sums.
    pub family: Family,
    /// What they are summed over.
    pub parts: &'a [Part],
    /// The same span in as few parts as there are: by it values are ranked where there are several pieces.
    pub whole: &'a [Part],
    /// At most two, each with whether rows are split by it, and which of its values count; none for all.
    pub facets: &'a [(Facet, bool, Option<Vec<String>>)],
    /// How many values, or pairs of values, are told apart; the rest is one row.
    pub limit: usize,
}

/// One row of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The piece of the span.
    pub piece: i64,
    /// Whether it is the rest that the limit left.
    pub is_rest: bool,
    /// The values of the facets that rows are split by, in the order of the question.
    pub values: Vec<String>,
    /// The sums.
    pub sums: Sums,
}

pub(super) const PART: [Column; 4] =
    [("piece", Kind::Int), ("grain", Kind::Int), ("first", Kind::Int), ("until", Kind::Int)];

/// The sums, by piece, values and the rest last; none if too much would have to be read for them.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn ask(conn: &Conn, asked: &Asked<'_>) -> Result<Option<Vec<Answer>>> {
    if asked.reads_packs() {
        let shops: Vec<&ShopId> = asked.shops.iter().map(|(shop, _)| shop).collect();
        let mut before = pack::version(conn, &shops).await?;
        for _ in 0..TRIES {
            let answer = asked.answer(conn, Packs::Read).await?;
            let after = pack::version(conn, &shops).await?;
            if before == after {
                return Ok(answer);
            }
            before = after;
        }
    }
    // Rows alone are always whole: they are read in one statement.
    asked.answer(conn, Packs::Leave).await
}

impl Asked<'_> {
    async fn answer(&self, conn: &Conn, packs: Packs) -> Result<Option<Vec<Answer>>> {
        let mut kept = None;
        if self.has_pieces() && self.facets.iter().any(|(_, is_split, _)| *is_split) {
            let shops: Vec<(ShopId, i64)> = self.shops.iter().map(|(shop, _)| (shop.clone(), 0)).collect();
            let whole = Asked { shops: &shops, parts: self.whole, ..*self };
            let Some(gathered) = whole.gathered(conn, packs, None).await? else { return Ok(None) };
            kept = gathered.largest();
        }
        let Some(gathered) = self.gathered(conn, packs, kept).await? else { return Ok(None) };
        gathered.answers().map(Some)
    }

    /// What is told of each piece and value, the values that are not kept as one.
    async fn gathered(&self, conn: &Conn, packs: Packs, kept: Option<Kept>) -> Result<Option<Gathered>> {
        let mut gathered = Gathered::new(self, kept);
        let Some(source) = read::source(conn, self, packs).await? else { return Ok(None) };
        for some in source.packs() {
            gathered = gathered.with_packs(read::packs(conn, self, some).await?).await?;
        }
        let Some(rows) = read::rows(conn, self, &source).await? else { return Ok(None) };
        gathered.with_rows(rows).await.map(Some)
    }

    fn has_pieces(&self) -> bool {
        let mut numbers = self.shops.iter().map(|(_, base)| base);
        let first = numbers.next();
        numbers.any(|base| Some(base) != first) || self.parts.iter().any(|part| part.piece != 0)
    }

    /// Whether any of it may be packed. One article is found faster among the rows.
    fn reads_packs(&self) -> bool {
        let of_sku = self.facets.iter().position(|(facet, _, _)| *facet == Facet::Sku);
        of_sku.is_some_and(|n| self.narrow(n).is_none()) && !pack::splits(self.family).is_empty()
    }

    /// The roles that matter: whoever asks for some known values needs neither the rows of others nor what
    /// they leave.
    fn roles(&self) -> Vec<Role> {
        let facets: Vec<Facet> = self.facets.iter().map(|(facet, _, _)| *facet).collect();
        let mut roles = roles(&facets);
        roles.retain(|(_, a, b, _)| {
            [a, b].iter().zip(0..).all(|(at, n)| **at != 0 || self.narrow(n).is_none())
        });
        roles
    }

    /// The wanted values of a facet, if what is not known is none of them.
    fn narrow(&self, facet: usize) -> Option<&[String]> {
        let wanted = self.facets.get(facet)?.2.as_deref()?;
        wanted.iter().all(|value| !value.is_empty()).then_some(wanted)
    }
}

/// How large the cohort is: its denominators.
const fn size(family: Family) -> &'static [Measure] {
    match family {
        Family::Review => &[Measure::Negative],
        Family::Line => &[Measure::UnitsDelivered, Measure::LinesWanted],
        Family::Handling => {
            &[Measure::CasesOpened, Measure::NextGiven, Measure::NextWaiting, Measure::NextWithout]
        }
        Family::Time => &[Measure::FirstCalendar, Measure::ResolutionCalendar],
        Family::Promise => &[
            Measure::FirstMet,
            Measure::FirstMissed,
            Measure::NextMet,
            Measure::NextMissed,
            Measure::UpdateMet,
            Measure::UpdateMissed,
            Measure::AgreedMet,
            Measure::AgreedMissed,
            Measure::SolutionMet,
            Measure::SolutionMissed,
        ],
        Family::Answer => &[
            Measure::Csat1,
            Measure::Csat2,
            Measure::Csat3,
            Measure::Csat4,
            Measure::Csat5,
            Measure::Promoters,
            Measure::Passives,
            Measure::Detractors,
        ],
    }
}
