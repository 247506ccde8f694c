//! What a question asks of the roll-ups, and its answer as pieces of time with the values they are about.

use std::collections::BTreeMap;
use std::sync::Arc;

use amends_domain::rollup::Facet;
use amends_domain::tally::Family;
use amends_store::rollup::{self, Answer};

use super::bucket::{self, Sums};
use super::{DAYS_MAX, Days, Dimension, Key, Question, READERS, REST, ROWS_MAX};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result, Violation, Why};
use crate::shops::ShopInfo;

/// The most dimensions one question may be split by, and the most that split and filter together.
const DIMENSIONS_MAX: usize = 2;

/// The sums of some days and values.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) days: Days,
    pub(super) key: Key,
    pub(super) sums: Sums,
}

impl Piece {
    /// The first value it is about that tells members apart.
    pub(super) fn value(&self) -> Option<&str> {
        let mut values = self.key.iter().filter(|(dimension, _)| dimension.facet().is_some());
        values.next().map(|(_, value)| value.as_str())
    }
}

impl App {
    pub(super) async fn pieces(
        &self,
        principal: &Principal,
        question: &Question,
        family: Family,
    ) -> Result<(Vec<Piece>, Arc<ShopInfo>)> {
        principal.require(READERS)?;
        principal.enter(&question.shop)?;
        question.check(family)?;
        let conn = self.store().reader();
        let info = self.shops().get(&conn, &question.shop, self.now()).await?;
        let pieces = bucket::cut(question.days, question.bucket);
        let answers = if question.matches(&info) {
            let parts: Vec<_> =
                (0..).zip(&pieces).flat_map(|(n, days)| bucket::parts(n, *days, question.bucket)).collect();
            let facets = question.facets();
            let count = i64::try_from(pieces.len()).unwrap_or(i64::MAX).max(1);
            let asked = rollup::Asked {
                shop: &question.shop,
                family,
                parts: &parts,
                facets: &facets,
                limit: (ROWS_MAX / count - 1).max(1),
            };
            rollup::ask(&conn, &asked).await?
        } else {
            Vec::new()
        };
        Ok((question.told(&pieces, answers, &info), info))
    }
}

impl Question {
    fn check(&self, family: Family) -> Result<()> {
        let length = self.days.until.number().saturating_sub(self.days.from.number());
        if !(1..=DAYS_MAX).contains(&length) {
            return Err(AppError::field("cohort.end_date", "must be 1 to 1,100 days after the start"));
        }
        if self.dimensions.len() > DIMENSIONS_MAX {
            return Err(AppError::field("dimensions", "must be at most 2"));
        }
        let twice =
            self.dimensions.first().is_some_and(|first| self.dimensions.iter().skip(1).any(|d| d == first));
        if twice {
            return Err(AppError::field("dimensions", "must not name one twice"));
        }
        let all = self.dimensions.iter().enumerate().map(|(i, d)| (format!("dimensions[{i}]"), *d));
        let filters =
            self.filters.iter().enumerate().map(|(i, (d, _))| (format!("filters[{i}].dimension"), *d));
        let foreign = all.chain(filters).filter_map(|(field, d)| Some((field, d.facet()?)));
        let wrong: Vec<_> = foreign
            .filter(|(_, facet)| !facet.is_of(family))
            .map(|(field, facet)| Violation {
                field,
                problem: foreign_to(facet, family).to_owned(),
                why: Why::Malformed,
            })
            .collect();
        if !wrong.is_empty() {
            return Err(AppError::Invalid(wrong));
        }
        if self.facets().len() > DIMENSIONS_MAX {
            let problem =
                "must name, together with the dimensions, at most 2 besides SHOP, CHANNEL and REGION";
            return Err(AppError::field("filters", problem));
        }
        if family == Family::Handling && self.facets().len() > 1 {
            let problem = "may name, together with the filters, at most 1 besides SHOP, CHANNEL and REGION";
            return Err(AppError::field("dimensions", problem));
        }
        Ok(())
    }

    /// What tells members apart, or says which of them count: those that split first.
    pub(super) fn facets(&self) -> Vec<(Facet, bool, Option<Vec<String>>)> {
        let mut facets: Vec<(Facet, bool, Option<Vec<String>>)> = Vec::new();
        for facet in self.dimensions.iter().filter_map(|d| d.facet()) {
            facets.push((facet, true, None));
        }
        for (dimension, value) in &self.filters {
            let Some(facet) = dimension.facet() else { continue };
            match facets.iter_mut().find(|(known, _, _)| *known == facet) {
                Some((_, _, wanted)) => wanted.get_or_insert_default().push(value.clone()),
                None => facets.push((facet, false, Some(vec![value.clone()]))),
            }
        }
        facets
    }

    /// Whether the shop has one of the wanted values in every dimension of it that is filtered.
    pub(super) fn matches(&self, info: &ShopInfo) -> bool {
        self.filters.iter().filter(|(dimension, _)| dimension.facet().is_none()).all(|(dimension, _)| {
            let mine = value(*dimension, info);
            self.filters.iter().any(|(d, wanted)| d == dimension && Some(wanted) == mine.as_ref())
        })
    }

    /// The answer by time, then values, the rest of each piece last; pieces without any are there if
    /// nothing splits them.
    fn told(&self, pieces: &[Days], answers: Vec<Answer>, info: &ShopInfo) -> Vec<Piece> {
        let mut of: BTreeMap<i64, Vec<Answer>> = BTreeMap::new();
        for answer in answers {
            of.entry(answer.piece).or_default().push(answer);
        }
        let is_split = self.dimensions.iter().any(|d| d.facet().is_some());
        let mut told = Vec::new();
        for (n, days) in (0..).zip(pieces) {
            let mut mine = of.remove(&n).unwrap_or_default();
            mine.sort_by(|a, b| (a.is_rest, &a.values).cmp(&(b.is_rest, &b.values)));
            if mine.is_empty() && !is_split {
                let key = self.key(&[], false, info);
                told.push(Piece { days: *days, key, sums: Sums::default() });
            }
            told.extend(mine.into_iter().map(|answer| {
                let key = self.key(&answer.values, answer.is_rest, info);
                Piece { days: *days, key, sums: Sums::of(answer.sums) }
            }));
        }
        told
    }

    /// The values a row is about, in the order of the dimensions.
    fn key(&self, values: &[String], is_rest: bool, info: &ShopInfo) -> Key {
        let mut values = values.iter();
        let mut one = |dimension: Dimension| match dimension.facet() {
            Some(_) if is_rest => REST.to_owned(),
            Some(_) => values.next().cloned().unwrap_or_default(),
            None => value(dimension, info).unwrap_or_default(),
        };
        self.dimensions.iter().map(|dimension| (*dimension, one(*dimension))).collect()
    }
}

impl Dimension {
    /// By what the members of a shop are told apart; none if it is the same for all of them.
    const fn facet(self) -> Option<Facet> {
        match self {
            Self::Shop | Self::Channel | Self::Region => None,
            Self::Sku => Some(Facet::Sku),
            Self::Reason => Some(Facet::Reason),
            Self::RemedyKind => Some(Facet::RemedyKind),
            Self::Agent => Some(Facet::Agent),
            Self::Language => Some(Facet::Language),
            Self::Star => Some(Facet::Star),
            Self::Priority => Some(Facet::Priority),
            Self::Target => Some(Facet::Target),
        }
    }
}

/// Why members of a family are not told apart by a facet.
const fn foreign_to(facet: Facet, family: Family) -> &'static str {
    match (facet, family) {
        (Facet::Star, Family::Line) => "is of reviews alone: returns have no STAR",
        (Facet::Star, _) => "is of reviews alone",
        (Facet::Sku, _) => "is of reviews and returns alone",
        _ => "is of promises alone",
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
