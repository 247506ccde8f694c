//! What lies ahead of a shop.

use std::collections::BTreeSet;

use amends_domain::Day;

use crate::fields::Fields;

pub mod staffing;
pub mod twins;
pub mod volume;

/// The most days that can be called gaps.
const GAPS_MAX: usize = 366;

/// A count as the contract has it.
fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Days of which the log knows too little.
fn gaps(f: &mut Fields, dates: Vec<String>) -> Option<BTreeSet<Day>> {
    if dates.len() > GAPS_MAX {
        return f.refuse("gap_dates", "must have at most 366 entries");
    }
    f.each("gap_dates", dates, |f, date| f.day("", &date)).map(|days| days.into_iter().collect())
}

impl Fields {
    /// A number within bounds; may be left out. The outer option says whether it was good.
    fn number_or_none<N: PartialOrd>(
        &mut self,
        field: &'static str,
        number: Option<N>,
        good: impl Fn(&N) -> bool,
        problem: &'static str,
    ) -> Option<Option<N>> {
        match number {
            None => Some(None),
            Some(number) if good(&number) => Some(Some(number)),
            Some(_) => self.refuse(field, problem),
        }
    }
}
