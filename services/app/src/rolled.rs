//! Counts of members on the way to the rows they are part of.
//!
//! They are gathered by what is known of the members first: members of which the same is known, and
//! differences that cancel out, are spread over the rows together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use amends_domain::lag::{Lag, LagCell};
use amends_domain::rollup::{Cell, Facets, Sealed};
use amends_domain::tally::{Counted, Family, Measure};
use amends_domain::{Day, ShopId};
use amends_store::rollup::Sums;

/// Sums that are not spread yet.
#[derive(Debug, Default)]
pub(crate) struct Rolled(
    BTreeMap<(ShopId, Facets), BTreeMap<(Day, Measure), i64>>,
    BTreeMap<(ShopId, Facets), BTreeMap<Lag, i64>>,
);

impl Rolled {
    /// Adds what a member gives, or takes it off.
    pub(crate) fn add(&mut self, shop: &ShopId, counted: &Counted, sign: i64) {
        if counted.counts.is_empty() {
            return;
        }
        let sums = self.0.entry((shop.clone(), counted.facets.clone())).or_default();
        for (day, measure, value) in &counted.counts {
            *sums.entry((*day, *measure)).or_default() += sign * value;
        }
        if counted.lags.is_empty() {
            return;
        }
        let followed = self.1.entry((shop.clone(), counted.facets.clone())).or_default();
        for lag in &counted.lags {
            *followed.entry(*lag).or_default() += sign;
        }
    }

    /// How many sums are gathered.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The shops of which a day changes that may be sealed by a day.
    pub(crate) fn shops_of_past(&self, today: Day) -> BTreeSet<&ShopId> {
        let is_past = |(day, _): &(Day, Measure)| Sealed::may_cover(*day, today);
        self.0.iter().filter(|(_, sums)| sums.keys().any(is_past)).map(|((shop, _), _)| shop).collect()
    }

    /// The rows, each once, with what is to be added to them.
    pub(crate) fn cells(&self, sealed: &HashMap<ShopId, Sealed>) -> BTreeMap<(ShopId, Cell), Sums> {
        let mut cells = BTreeMap::new();
        self.spread(&mut cells, |shop| sealed.get(shop).copied().unwrap_or_default());
        cells
    }

    /// The rows of those that are followed, each once, with what is to be added to them.
    pub(crate) fn lags(&self) -> BTreeMap<(ShopId, LagCell), i64> {
        let mut cells = BTreeMap::new();
        self.spread_lags(&mut cells);
        cells
    }

    /// The same, added to rows that are there.
    pub(crate) fn spread_lags(&self, cells: &mut BTreeMap<(ShopId, LagCell), i64>) {
        for ((shop, facets), followed) in &self.1 {
            let places = facets.places(Family::Review);
            for (lag, members) in followed.iter().filter(|(_, members)| **members != 0) {
                for place in &places {
                    let cell = LagCell { place: place.clone(), lag: *lag };
                    *cells.entry((shop.clone(), cell)).or_default() += members;
                }
            }
        }
    }

    /// The rows of the measures, added to those that are there.
    pub(crate) fn spread(
        &self,
        cells: &mut BTreeMap<(ShopId, Cell), Sums>,
        sealed: impl Fn(&ShopId) -> Sealed,
    ) {
        for ((shop, facets), sums) in &self.0 {
            let sealed = sealed(shop);
            for &family in Family::ALL {
                let mine = sums.iter().filter(|((_, m), value)| m.family() == family && **value != 0);
                let mut days: BTreeMap<Day, Vec<(Measure, i64)>> = BTreeMap::new();
                mine.for_each(|((day, m), value)| days.entry(*day).or_default().push((*m, *value)));
                if days.is_empty() {
                    continue;
                }
                let places = facets.places(family);
                for (day, counts) in days {
                    for cell in Cell::all_on(family, day, &places, sealed) {
                        let row = cells.entry((shop.clone(), cell)).or_default();
                        counts.iter().for_each(|(m, value)| *row.entry(*m).or_default() += value);
                    }
                }
            }
        }
    }
}
