//! What was read, put together to an answer.

use std::collections::{BTreeMap, HashMap, HashSet};

use amends_domain::tally::{Family, Measure};

use super::super::tables::measures;
use super::super::{Sums, printed};
use super::read::Packed;
use super::table::{Table, Values, add, corrupt};
use super::{Answer, Asked, Role, size};
use crate::error::{Result, StoreError};

/// Less than so many bytes are read in place, more where they hold up nobody else.
const IN_PLACE_MAX: usize = 100_000;

/// Which values are told apart, by name.
pub(super) type Kept = HashSet<(String, String)>;

/// The sums of each piece and its values, and of each piece the rest.
#[derive(Debug)]
pub(super) struct Gathered {
    family: Family,
    /// By the number of the split.
    roles: HashMap<i64, Vec<Role>>,
    /// Whether rows are split by a facet, and which of its values count.
    facets: Vec<(bool, Option<HashSet<u32>>)>,
    limit: usize,
    kept: Option<HashSet<(u32, u32)>>,
    values: Values,
    rows: Table<(i64, u32, u32)>,
    rests: Table<i64>,
}

/// What stands in packs or rows: by piece, number of the split, and values.
type Stored = Table<(i64, i64, u32, u32)>;

impl Gathered {
    /// Of those that are told apart, if it is known which these are.
    pub(super) fn new(asked: &Asked<'_>, kept: Option<Kept>) -> Self {
        let mut roles: HashMap<i64, Vec<Role>> = HashMap::new();
        for role in asked.roles() {
            roles.entry(role.0.number()).or_default().push(role);
        }
        let mut values = Values::default();
        let mut numbers = |of: &Vec<String>| of.iter().map(|value| values.number(value)).collect();
        let facets = asked.facets.iter();
        let facets =
            facets.map(|(_, is_split, wanted)| (*is_split, wanted.as_ref().map(&mut numbers))).collect();
        let kept = kept.map(|kept| kept.iter().map(|(a, b)| (values.number(a), values.number(b))).collect());
        let (family, limit, width) = (asked.family, asked.limit, measures(asked.family).count());
        let (rows, rests) = (Table::new(width), Table::new(width));
        Self { family, roles, facets, limit, kept, values, rows, rests }
    }

    pub(super) async fn with_packs(self, packs: Vec<Packed>) -> Result<Self> {
        let size = packs.iter().map(|pack| pack.body.len()).sum();
        self.with(size, move |stored, values| {
            for pack in &packs {
                // Rows of one article stand together.
                let mut last = ("", 0);
                for row in printed::rows(&pack.body) {
                    let ([a, b], sums) = printed::values(row)?;
                    if a != last.0 {
                        last = (a, values.number(a));
                    }
                    let key = (pack.piece, pack.split, last.1, values.number(b));
                    printed::add(sums, stored.of(key))?;
                }
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn with_rows(self, text: String) -> Result<Self> {
        self.with(text.len(), move |stored, values| {
            let number = |text: &str| text.parse().map_err(|_| corrupt("is no number"));
            for row in printed::rows(&text) {
                let ([piece, split, a, b], sums) = printed::values(row)?;
                let key = (number(piece)?, number(split)?, values.number(a), values.number(b));
                printed::add(sums, stored.of(key))?;
            }
            Ok(())
        })
        .await
    }

    /// Adds what is read from so many bytes.
    async fn with(
        mut self,
        size: usize,
        read: impl FnOnce(&mut Stored, &mut Values) -> Result<()> + Send + 'static,
    ) -> Result<Self> {
        let work = move || {
            let mut stored = Stored::new(measures(self.family).count());
            read(&mut stored, &mut self.values)?;
            self.complete(&stored)?;
            Ok(self)
        };
        if size <= IN_PLACE_MAX {
            return work();
        }
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|e| StoreError::Database(format!("an answer was not put together: {e}")))?
    }

    /// Adds what is stored wherever it counts: with each role of its split.
    fn complete(&mut self, stored: &Stored) -> Result<()> {
        // The value under which it is told, if it is among the wanted ones.
        let shown = |n: usize, value: u32| match self.facets.get(n) {
            Some((_, Some(wanted))) if !wanted.contains(&value) => None,
            Some((true, _)) => Some(value),
            _ => Some(0),
        };
        for ((piece, split, a, b), sums) in stored.iter() {
            for (_, of_first, of_second, sign) in self.roles.get(split).into_iter().flatten() {
                let value = |place: i64| match place {
                    1 => *a,
                    2 => *b,
                    _ => 0,
                };
                let key = shown(0, value(*of_first)).zip(shown(1, value(*of_second)));
                let Some((a, b)) = key else { continue };
                let into = match &self.kept {
                    Some(kept) if !kept.contains(&(a, b)) => self.rests.of(*piece),
                    _ => self.rows.of((*piece, a, b)),
                };
                add(into, sums, *sign)?;
            }
        }
        Ok(())
    }

    /// The values of the largest cohorts, over all pieces; none if that are all of them.
    pub(super) fn largest(&self) -> Option<Kept> {
        let kept = self.largest_numbers()?;
        let name = |number: u32| self.values.text(number).to_owned();
        Some(kept.into_iter().map(|(a, b)| (name(a), name(b))).collect())
    }

    fn largest_numbers(&self) -> Option<HashSet<(u32, u32)>> {
        let of_size: Vec<usize> = (0..)
            .zip(measures(self.family))
            .filter(|(_, (measure, _))| size(self.family).contains(measure))
            .map(|(n, _)| n)
            .collect();
        let mut sizes: HashMap<(u32, u32), i64> = HashMap::new();
        for ((_, a, b), sums) in self.rows.iter() {
            let size = sizes.entry((*a, *b)).or_default();
            *size = of_size.iter().filter_map(|n| sums.get(*n)).fold(*size, |sum, n| sum.saturating_add(*n));
        }
        if sizes.len() <= self.limit {
            return None;
        }
        let mut sizes: Vec<((u32, u32), i64)> = sizes.into_iter().collect();
        let order = |((a, b), size): &((u32, u32), i64)| {
            (std::cmp::Reverse(*size), self.values.text(*a), self.values.text(*b))
        };
        if let Some(last) = self.limit.checked_sub(1) {
            sizes.select_nth_unstable_by(last, |one, other| order(one).cmp(&order(other)));
        }
        Some(sizes.into_iter().take(self.limit).map(|(key, _)| key).collect())
    }

    pub(super) fn answers(mut self) -> Result<Vec<Answer>> {
        // Where the largest were found before, no others are among the rows.
        let kept = if self.kept.is_none() { self.largest_numbers() } else { None };
        let columns: Vec<Measure> = measures(self.family).map(|(measure, _)| measure).collect();
        let sums_of = |sums: &[i64]| -> Sums {
            columns.iter().copied().zip(sums.iter().copied()).filter(|(_, sum)| *sum != 0).collect()
        };
        let mut rows: BTreeMap<(i64, &str, &str), Sums> = BTreeMap::new();
        for ((piece, a, b), sums) in self.rows.iter() {
            if kept.as_ref().is_none_or(|kept| kept.contains(&(*a, *b))) {
                rows.insert((*piece, self.values.text(*a), self.values.text(*b)), sums_of(sums));
            } else {
                add(self.rests.of(*piece), sums, 1)?;
            }
        }
        let told = rows.into_iter().map(|((piece, a, b), sums)| {
            let split = [a, b].into_iter().zip(&self.facets).filter(|(_, (is_split, _))| *is_split);
            Answer { piece, is_rest: false, values: split.map(|(v, _)| v.to_owned()).collect(), sums }
        });
        let rest = self.rests.iter().map(|(piece, sums)| {
            let values = self.facets.iter().filter(|(is_split, _)| *is_split).map(|_| String::new());
            Answer { piece: *piece, is_rest: true, values: values.collect(), sums: sums_of(sums) }
        });
        let mut answers: Vec<Answer> = told.chain(rest).collect();
        // Those of one piece stay in their order.
        answers.sort_by_key(|answer| (answer.piece, answer.is_rest));
        Ok(answers)
    }
}
