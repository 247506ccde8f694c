//! What a question asks of the roll-ups, and its answer as pieces of time with the values they are about.

use std::collections::BTreeMap;

use amends_domain::ShopId;
use amends_domain::rollup::Facet;
use amends_domain::tally::Family;
use amends_store::rollup::{self, Answer};
use amends_store::{Conn, shop};

use super::bucket::{self, Bucket, Sums};
use super::closing::{Closing, Group};
use super::{DAYS_MAX, Days, Dimension, Key, Question, READERS, REST, ROWS_MAX};
use crate::app::App;
use crate::basis;
use crate::call::{Principal, ShopScope};
use crate::error::{AppError, Result, Violation, Why};
use crate::seal;
use crate::shops::ShopInfo;

/// The most dimensions one question may be split by, and the most that split and filter together.
const DIMENSIONS_MAX: usize = 2;

/// What is said of a question that would read too many sums.
const TOO_MUCH: &str = "takes too many sums to answer: ask for fewer days, longer buckets or fewer values";

/// The most shops that are summed at a time.
const SHOPS_MAX: u32 = 1_000;

/// The sums of some days and values.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) days: Days,
    pub(super) key: Key,
    pub(super) sums: Sums,
    /// The number of the shops they are about.
    pub(super) group: usize,
}

/// Values of the dimensions that are the same for a whole shop, and the shops that have them.
type Groups = BTreeMap<Vec<String>, Group>;

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
    ) -> Result<(Vec<Piece>, Closing)> {
        principal.require(READERS)?;
        question.check(family)?;
        let (conn, now) = (self.store().reader(), self.now());
        let groups = question.groups(self.shops_of(&conn, principal, question.shop.as_ref()).await?);
        let pieces = bucket::cut(question.days, question.bucket);
        let count = pieces.len().saturating_mul(groups.len().max(1));
        // A row for each bucket and the rest of it, at least.
        let limit = (ROWS_MAX / count.max(1)).saturating_sub(1);
        if limit < 1 {
            let problem = "makes too many rows with so many shops: take longer buckets or fewer shops";
            return Err(AppError::field("bucket", problem));
        }
        let step = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
        let of_group = |(n, shops): (i64, &Group)| {
            shops.iter().map(move |info| (info.shop.id.clone(), n * step)).collect::<Vec<_>>()
        };
        let shops: Vec<_> = (0..).zip(groups.values()).flat_map(of_group).collect();
        let sealed = seal::sealed_by_all(&conn, shops.iter().map(|(shop, _)| shop)).await?;
        let parts: Vec<_> = (0..)
            .zip(&pieces)
            .flat_map(|(n, days)| bucket::parts(n, *days, question.bucket, sealed))
            .collect();
        let whole = bucket::parts(0, question.days, Bucket::Total, sealed);
        let facets = question.facets();
        let asked =
            rollup::Asked { shops: &shops, family, parts: &parts, whole: &whole, facets: &facets, limit };
        // Those of reviews and lines were there before.
        if !matches!(family, Family::Review | Family::Line) && !shops.is_empty() {
            basis::require_counted(&conn, &shops.iter().map(|(shop, _)| shop).collect::<Vec<_>>()).await?;
        }
        let answers = if shops.is_empty() { Some(Vec::new()) } else { rollup::ask(&conn, &asked).await? };
        let answers = answers.ok_or_else(|| AppError::field("cohort.end_date", TOO_MUCH))?;
        let told = question.told(&pieces, answers, &groups);
        let mut closing = Closing::new(now, groups.into_values().collect());
        if family == Family::Review {
            closing.look(&conn, question.days).await?;
        }
        Ok((told, closing))
    }

    /// The shop, or all that the caller may read.
    pub(crate) async fn shops_of(
        &self,
        conn: &Conn,
        principal: &Principal,
        one: Option<&ShopId>,
    ) -> Result<Group> {
        let now = self.now();
        if let Some(shop) = one {
            principal.enter(shop)?;
            return Ok(vec![self.shops().get(conn, shop, now).await?]);
        }
        let only = match &principal.shops {
            ShopScope::All => None,
            ShopScope::Only(shops) => Some(shops.as_slice()),
        };
        let shops = shop::list(conn, None, only, SHOPS_MAX + 1).await?;
        if shops.len() > SHOPS_MAX as usize {
            return Err(AppError::field("parent", "stands for more than 1,000 shops: name one"));
        }
        let mut infos = Vec::with_capacity(shops.len());
        for shop in shops {
            infos.push(self.shops().get(conn, &shop.id, now).await?);
        }
        Ok(infos)
    }
}

impl Question {
    pub(super) fn check(&self, family: Family) -> Result<()> {
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

    /// What a shop is told apart by.
    pub(super) fn of_shop(&self, info: &ShopInfo) -> Vec<String> {
        let split = self.dimensions.iter().filter(|dimension| dimension.facet().is_none());
        split.map(|dimension| value(*dimension, info).unwrap_or_default()).collect()
    }

    /// The shops that the filters leave, by the values they are told apart by.
    fn groups(&self, shops: Group) -> Groups {
        let mut groups = Groups::new();
        for info in shops.into_iter().filter(|info| self.matches(info)) {
            groups.entry(self.of_shop(&info)).or_default().push(info);
        }
        // A sum over no shop is one as well, of nothing.
        if self.dimensions.iter().all(|dimension| dimension.facet().is_some()) {
            groups.entry(Vec::new()).or_default();
        }
        groups
    }

    /// The answer by time, then values, the rests of each piece last; pieces without any are there if
    /// nothing splits them.
    fn told(&self, pieces: &[Days], answers: Vec<Answer>, groups: &Groups) -> Vec<Piece> {
        let mut of: BTreeMap<i64, Vec<Answer>> = BTreeMap::new();
        for answer in answers {
            of.entry(answer.piece).or_default().push(answer);
        }
        let is_split = self.dimensions.iter().any(|d| d.facet().is_some());
        let step = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
        let mut told = Vec::new();
        for (n, days) in (0..).zip(pieces) {
            let mut rows: Vec<(bool, Piece)> = Vec::new();
            for (group, values) in groups.keys().enumerate() {
                let base = i64::try_from(group).unwrap_or(i64::MAX).saturating_mul(step);
                let mine = of.remove(&(base + n)).unwrap_or_default();
                if mine.is_empty() && !is_split {
                    let key = self.key(&[], false, values);
                    rows.push((false, Piece { days: *days, key, sums: Sums::default(), group }));
                }
                rows.extend(mine.into_iter().map(|answer| {
                    let key = self.key(&answer.values, answer.is_rest, values);
                    (answer.is_rest, Piece { days: *days, key, sums: Sums::of(answer.sums), group })
                }));
            }
            let order = |(is_rest, piece): &(bool, Piece)| {
                let values = piece.key.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
                (*is_rest, values)
            };
            rows.sort_by_cached_key(order);
            told.extend(rows.into_iter().map(|(_, piece)| piece));
        }
        told
    }

    /// The values a row is about, in the order of the dimensions: its own, and those of its shops.
    pub(super) fn key(&self, values: &[String], is_rest: bool, of_shops: &[String]) -> Key {
        let (mut values, mut of_shops) = (values.iter(), of_shops.iter());
        let mut one = |dimension: Dimension| match dimension.facet() {
            Some(_) if is_rest => REST.to_owned(),
            Some(_) => values.next().cloned().unwrap_or_default(),
            None => of_shops.next().cloned().unwrap_or_default(),
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
