//! Whether what is given depends on a review: it must not, and here it would show.
//!
//! This file may see both, because nothing that decides reads it.

use std::collections::BTreeMap;

use amends_domain::detection::Reason;
use amends_domain::learning::flatness::{Flatness, flatness};
use amends_domain::learning::moments::{Estimate, Moments};
use amends_domain::{ShopId, Time};
use amends_store::trial::figures::{self, Cohort, Granted};

use super::remedies::check;
use super::{Days, READERS};
use crate::app::App;
use crate::call::Principal;
use crate::error::Result;

/// No review, and one to five stars.
const STARS: usize = 6;

/// Members of a group for it to be judged, and groups that are needed for a verdict.
const GROUP_MIN: i64 = 10;
const GROUPS_MIN: usize = 2;

/// Below this the groups differ by more than chance.
const ALPHA: f64 = 0.05;

/// What was given to buyers of one star.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StarRow {
    /// The star; none for buyers without a review when the remedy was proposed.
    pub star: Option<u8>,
    /// Remedies accepted.
    pub count: i64,
    /// Their mean worth as a share of what was paid.
    pub share: Option<f64>,
    /// How much that is above what others with the same reason and band were given.
    pub excess: Option<Estimate>,
}

/// Whether the stars make a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No more than chance does.
    Flat,
    /// More than chance does.
    NotFlat,
    /// Too few to say.
    TooFew,
}

/// What was given by star.
#[derive(Debug, Clone, PartialEq)]
pub struct Fairness {
    /// No review first, then one to five stars.
    pub rows: Vec<StarRow>,
    /// Cochran's Q over the stars that have enough members.
    pub q: f64,
    /// Its degrees of freedom.
    pub freedom: u32,
    /// How likely a Q at least as large is by chance.
    pub p: f64,
    /// In a word.
    pub verdict: Verdict,
    /// The state of the log it holds for.
    pub as_of: Time,
}

impl App {
    /// What was given to buyers by the stars they had given, within the same reason and band.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn remedy_fairness(
        &self,
        principal: &Principal,
        shop: &ShopId,
        days: Days,
        reason: Option<Reason>,
    ) -> Result<Fairness> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        check(days)?;
        let conn = self.store().reader();
        let now = self.now();
        let info = self.shops().get(&conn, shop, now).await?;
        let (from, until) = (info.zone.start(days.from), info.zone.start(days.until));
        let cohort = Cohort { shop: shop.clone(), from, until, reason, now };
        let granted = figures::granted(&conn, &cohort).await?;
        Ok(fairness(&granted, now))
    }
}

fn fairness(granted: &[Granted], as_of: Time) -> Fairness {
    let whole = cells(granted, |_| true);
    let mut sums = [Moments::default(); STARS];
    for stratum in &whole {
        sums.iter_mut().zip(stratum).for_each(|(sum, cell)| *sum = sum.and(*cell));
    }
    let told = flatness(&whole, STARS);
    let rows = sums.iter().zip(&told.groups).zip(0_u8..).map(|((sum, (count, excess)), star)| StarRow {
        star: (star > 0).then_some(star),
        count: *count,
        share: sum.mean(),
        excess: *excess,
    });
    // A star that one buyer gave says nothing, and would weigh on the test.
    let enough: Vec<bool> = sums.iter().map(|sum| sum.n >= GROUP_MIN).collect();
    let judged = flatness(&cells(granted, |group| enough.get(group) == Some(&true)), STARS);
    let groups = enough.iter().filter(|enough| **enough).count();
    let Flatness { q, freedom, p, .. } = judged;
    let verdict = match (groups < GROUPS_MIN, p < ALPHA) {
        (true, _) => Verdict::TooFew,
        (false, true) => Verdict::NotFlat,
        (false, false) => Verdict::Flat,
    };
    Fairness { rows: rows.collect(), q, freedom, p, verdict, as_of }
}

/// By stratum, then by group; groups that are not wanted are empty.
fn cells(granted: &[Granted], wanted: impl Fn(usize) -> bool) -> Vec<Vec<Moments>> {
    let mut strata: BTreeMap<(Reason, u32), Vec<Moments>> = BTreeMap::new();
    for one in granted {
        let group = usize::from(one.star.unwrap_or(0));
        let stratum = strata.entry((one.reason, one.band)).or_insert_with(|| vec![Moments::default(); STARS]);
        if let Some(cell) = stratum.get_mut(group).filter(|_| wanted(group)) {
            *cell = cell.and(one.share);
        }
    }
    strata.into_values().collect()
}
