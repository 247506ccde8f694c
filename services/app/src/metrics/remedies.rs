//! What became of remedies, and what the learned order caused.

use std::collections::BTreeMap;

use amends_domain::detection::Reason;
use amends_domain::learning::Evidence;
use amends_domain::learning::estimate::{
    Arm, Causal, OffPolicy, Stratum, Weighted, causal, off_policy, welch,
};
use amends_domain::learning::moments::{Estimate, Moments};
use amends_domain::learning::stop::{Stop, stopped};
use amends_domain::rate::Rate;
use amends_domain::remedy::{RemedyKind, RemedyStage};
use amends_domain::zone::Zone;
use amends_domain::{Currency, ShopId, Time};
use amends_store::learned::{self, Level};
use amends_store::trial::figures::{self, Cell, Cohort, StageRow, WeightedCell};

use super::{DAYS_MAX, Days, READERS};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::remedy::gather;

/// A question about remedies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyQuestion {
    /// The shop.
    pub shop: ShopId,
    /// The days on which cases were first given a suggestion; for offers, on which they were made.
    pub days: Days,
    /// Only of this reason.
    pub reason: Option<Reason>,
    /// Only these kinds, in what is said kind by kind; empty for all.
    pub kinds: Vec<RemedyKind>,
    /// Whether cases whose window is open are compared as well.
    pub immature: bool,
}

/// One kind of remedy.
#[derive(Debug, Clone, PartialEq)]
pub struct KindRow {
    /// Which.
    pub kind: RemedyKind,
    /// Cases whose first suggestion began with it.
    pub first: i64,
    /// Proposals that reached the buyer.
    pub offered: i64,
    /// Offers accepted, of those answered or left to expire.
    pub acceptance: Rate,
    /// Offers declined.
    pub declined: i64,
    /// Offers left to expire.
    pub expired: i64,
    /// Carried out.
    pub fulfilled: i64,
    /// Could not be carried out.
    pub failed: i64,
    /// What those carried out cost together, in minor units.
    pub cost: i64,
    /// Scores of 1 or 2, of all scores after it was accepted, since the shop began.
    pub low_scores: Rate,
    /// Why it is not tried out any more, if so.
    pub stopped: Option<Stop>,
}

/// Cases with one thing in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Those with a counted return, of all.
    pub counted: Rate,
    /// What one cost; none of fewer than two.
    pub cost: Option<Estimate>,
}

/// Cases helped beside those that were not: no comparison of like with like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Naive {
    /// An alternative was fulfilled.
    pub helped: Group,
    /// None was.
    pub not_helped: Group,
    /// What a case that was not helped cost more.
    pub difference: Option<Estimate>,
}

/// What became of remedies.
#[derive(Debug, Clone, PartialEq)]
pub struct RemedyFigures {
    /// Kind by kind.
    pub kinds: Vec<KindRow>,
    /// Helped or not.
    pub naive: Naive,
    /// The learned order beside the fixed one.
    pub causal: Causal,
    /// "This one first, always", for each kind.
    pub always: Vec<(RemedyKind, OffPolicy)>,
    /// Cases whose window has closed.
    pub mature: i64,
    /// Cases whose window is open.
    pub immature: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The state of the log it holds for.
    pub as_of: Time,
}

impl App {
    /// What became of remedies, and what the learned order caused.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn remedy_figures(
        &self,
        principal: &Principal,
        question: &RemedyQuestion,
    ) -> Result<RemedyFigures> {
        principal.require(READERS)?;
        principal.enter(&question.shop)?;
        check(question.days)?;
        let conn = self.store().reader();
        let now = self.now();
        let info = self.shops().get(&conn, &question.shop, now).await?;
        let (currency, cohort) = (info.shop.currency, question.cohort(&info.zone, now));
        let cells = figures::cells(&conn, &cohort).await?;
        let weighted = figures::weighted(&conn, &cohort).await?;
        let stages = figures::stages(&conn, &cohort).await?;
        let firsts = figures::firsts(&conn, &cohort).await?;
        let scores = learned::at(&question.shop, &[Level::Everywhere]).all(&conn).await?;
        let known = gather(&scores, 0);
        let count = |mature: bool| cells.iter().filter(|c| c.mature == mature).map(|c| c.cost.n).sum();
        let (mature, immature) = (count(true), count(false));
        let compared: Vec<&Cell> = cells.iter().filter(|c| c.mature || question.immature).collect();
        let wanted = |kind: &RemedyKind| question.kinds.is_empty() || question.kinds.contains(kind);
        let kinds = RemedyKind::ALL.iter().filter(|kind| wanted(kind));
        let row = |kind: &RemedyKind| kind_row(*kind, &firsts, &stages, &known);
        let always = always(&weighted, question.immature);
        Ok(RemedyFigures {
            kinds: kinds.map(row).filter(KindRow::is_used).collect(),
            naive: naive(&compared),
            causal: causal(&strata(&compared)),
            always: always.into_iter().filter(|(kind, _)| wanted(kind)).collect(),
            mature,
            immature,
            currency,
            as_of: now,
        })
    }
}

/// Refuses a span of days that is none or too long.
pub(super) fn check(days: Days) -> Result<()> {
    let length = days.until.number().saturating_sub(days.from.number());
    if (1..=DAYS_MAX).contains(&length) {
        return Ok(());
    }
    Err(AppError::field("cohort.end_date", "must be 1 to 1,100 days after the start"))
}

impl RemedyQuestion {
    fn cohort(&self, zone: &Zone, now: Time) -> Cohort {
        let (from, until) = (zone.start(self.days.from), zone.start(self.days.until));
        Cohort { shop: self.shop.clone(), from, until, reason: self.reason, now }
    }
}

impl KindRow {
    fn is_used(&self) -> bool {
        self.first > 0 || self.offered > 0 || self.low_scores.denominator > 0
    }
}

fn kind_row(
    kind: RemedyKind,
    firsts: &[(RemedyKind, i64)],
    stages: &[StageRow],
    known: &[Evidence],
) -> KindRow {
    use RemedyStage::{Declined, Expired, Failed, Fulfilled, Offered};
    let mine: Vec<&StageRow> = stages.iter().filter(|row| row.0 == kind).collect();
    let sum = |which: &dyn Fn(RemedyStage) -> bool| -> i64 {
        mine.iter().filter(|row| which(row.1)).map(|row| row.2).sum()
    };
    let at = |stage: RemedyStage| sum(&|one| one == stage);
    let accepted = sum(&RemedyStage::is_accepted);
    let (declined, expired) = (at(Declined), at(Expired));
    let answered = accepted + declined + expired;
    let evidence = known.iter().find(|one| one.kind == kind).copied().unwrap_or(Evidence::none(kind));
    KindRow {
        kind,
        first: firsts.iter().filter(|(of, _)| *of == kind).map(|(_, n)| n).sum(),
        offered: answered + at(Offered),
        acceptance: Rate::of(accepted, answered),
        declined,
        expired,
        fulfilled: at(Fulfilled),
        failed: at(Failed),
        cost: mine.iter().filter(|row| row.1 == Fulfilled).map(|row| row.3).sum(),
        low_scores: Rate::of(i64::from(evidence.low), i64::from(evidence.scored)),
        stopped: stopped(&evidence, known),
    }
}

/// Counted returns, costs and possible losses of some cells together.
fn arm<'a>(cells: impl Iterator<Item = &'a Cell>) -> Arm {
    cells.fold(Arm::default(), |sum, cell| Arm {
        counted: sum.counted + cell.counted,
        cost: sum.cost.and(cell.cost),
        loss: sum.loss.and(cell.loss),
        cross: sum.cross + cell.cross,
    })
}

fn naive(cells: &[&Cell]) -> Naive {
    let of = |helped: bool| arm(cells.iter().copied().filter(|cell| cell.helped == helped));
    let (yes, no) = (of(true), of(false));
    let group = |arm: Arm| Group { counted: Rate::of(arm.counted, arm.cost.n), cost: arm.cost.estimate() };
    Naive { helped: group(yes), not_helped: group(no), difference: welch(no.cost, yes.cost) }
}

pub(super) fn strata(cells: &[&Cell]) -> Vec<Stratum> {
    let key = |cell: &Cell| (cell.channel.clone(), cell.reason);
    let mut keys: Vec<_> = cells.iter().map(|cell| key(cell)).collect();
    keys.sort();
    keys.dedup();
    let of = |stratum: &(String, Reason), holdout: bool| {
        arm(cells.iter().copied().filter(|cell| key(cell) == *stratum && cell.holdout == holdout))
    };
    keys.iter().map(|stratum| Stratum { holdout: of(stratum, true), treated: of(stratum, false) }).collect()
}

fn always(rows: &[WeightedCell], immature: bool) -> Vec<(RemedyKind, OffPolicy)> {
    let of_kind = |kind: &RemedyKind| {
        let mut strata: BTreeMap<(&str, Reason), Weighted> = BTreeMap::new();
        for cell in rows.iter().filter(|cell| cell.kind == *kind && (cell.mature || immature)) {
            let sums = strata.entry((cell.channel.as_str(), cell.reason)).or_default();
            *sums = add(*sums, &cell.sums);
        }
        let strata: Vec<Weighted> = strata.into_values().collect();
        (!strata.is_empty()).then(|| (*kind, off_policy(&strata)))
    };
    RemedyKind::ALL.iter().filter_map(of_kind).collect()
}

fn add(a: Weighted, b: &Weighted) -> Weighted {
    Weighted {
        hits: a.hits + b.hits,
        w: a.w + b.w,
        ww: a.ww + b.ww,
        wy: a.wy + b.wy,
        wwy: a.wwy + b.wwy,
        wwyy: a.wwyy + b.wwyy,
        logged: Moments::and(a.logged, b.logged),
    }
}
