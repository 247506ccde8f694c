//! Everything that is derived, derived again from the append-only rows, and compared.
//!
//! Lines are derived from parcels and what channels said about returns,
//! reviews from their versions, the roll-ups from both; by the same functions
//! that ingest uses. What people did (help given, confirmations, asks) is not
//! derived: it stands in the events and in the rows alone, and counts as said.

use std::fmt::Display;
use std::sync::Arc;

use amends_domain::ShopId;
use amends_store::{Conn, lock, rollup};

use crate::app::App;
use crate::basis;
use crate::call::{Call, Role};
use crate::error::Result;
use crate::runner::Command;
use crate::seal;
use crate::shops::ShopInfo;
use crate::work::Work;

mod agent_performance;
mod cases;
mod clocks;
mod courses;
mod lags;
mod learned;
mod lines;
mod reviews;
mod rollups;
mod stock;

/// Lines or reviews read at once.
const PAGE: u32 = 500;

/// Differences that are told in words; the rest is only counted.
const DIFFERENCES_TOLD_MAX: usize = 100;

/// What a recomputation found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recomputed {
    /// Order lines derived.
    pub lines: u64,
    /// Reviews derived.
    pub reviews: u64,
    /// How many values differ from what is stored.
    pub difference_count: u64,
    /// The first of them, in words.
    pub differences: Vec<String>,
    /// Whether what is derived was stored in their place.
    pub repaired: bool,
}

/// Told after every page: lines and reviews so far.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

impl App {
    /// Derives everything of a shop again and compares it with what is stored.
    ///
    /// Comparing reads beside the writers: while signals come in, a difference
    /// can be one of two instants. Repairing keeps every writer out until it
    /// is done, and is exact.
    ///
    /// # Errors
    /// When there is no such shop, the principal may not, or storage fails.
    pub async fn recompute(
        &self,
        call: Call,
        shop: &ShopId,
        repair: bool,
        progress: Progress,
    ) -> Result<Recomputed> {
        call.principal.require(&[Role::Admin])?;
        call.principal.enter(shop)?;
        if repair {
            return self.perform(call, Repair { shop: shop.clone(), progress }).await;
        }
        let conn = self.store().reader();
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let mut pass = Pass::new(info, progress);
        pass.sums.was_sealed = seal::sealed(&conn, shop).await?;
        pass.sums.sealed = pass.sums.was_sealed;
        pass.examine(&conn, None).await?;
        Ok(pass.found)
    }
}

/// Recomputes a shop and stores what differs.
#[derive(Clone)]
struct Repair {
    shop: ShopId,
    progress: Progress,
}

impl Command for Repair {
    type Output = Recomputed;
    const NAME: &'static str = "Recompute";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Recomputed> {
        lock::all(&work.tx).await?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let mut pass = Pass::new(info, self.progress);
        let mut corrections = Corrections::default();
        pass.sums.was_sealed = seal::sealed(&work.tx, &self.shop).await?;
        pass.sums.sealed = seal::again(work, &pass.info, pass.sums.was_sealed).await?;
        pass.examine(&work.tx, Some(&mut corrections)).await?;
        corrections.finish(work, &pass.info).await?;
        pass.sums.store(&work.tx, &self.shop, work.app.settings().packed_from).await?;
        work.write([rollup::put_basis(&self.shop, &basis::of(&pass.info.shop))]);
        Ok(Recomputed { repaired: true, ..pass.found })
    }
}

/// Rows that must be written to make stored and derived agree.
#[derive(Debug, Default)]
struct Corrections {
    cases: Vec<(ShopId, amends_domain::CaseId, cases::Firsts)>,
    lines: Vec<amends_domain::order::Line>,
    /// How many of the lines are stored already.
    lines_stored: usize,
    returns: Vec<amends_store::returns::ReturnRow>,
    reviews: Vec<amends_store::review::ReviewRow>,
    clocks: Vec<amends_store::clock::ClocksRow>,
    courses: Vec<amends_store::course::CourseRow>,
    deadlines: Vec<amends_domain::deadline::DeadlineChange>,
    trials: Vec<(amends_domain::CaseId, amends_domain::learning::trial::Outcome)>,
    answers: Option<Vec<amends_store::learned::AnswersRow>>,
    holds: Vec<amends_domain::stock::Hold>,
    agents: agent_performance::Agents,
}

impl Corrections {
    /// What was corrected so far is stored before anything is derived from it: one repair is enough.
    async fn store(&mut self, conn: &Conn, shop: &ShopId) -> Result<()> {
        let told: Vec<_> = std::mem::take(&mut self.cases)
            .into_iter()
            .map(|(shop, case, (agent, kind))| (shop, case, agent, kind))
            .collect();
        let (returns, reviews) = (std::mem::take(&mut self.returns), std::mem::take(&mut self.reviews));
        let trials = std::mem::take(&mut self.trials);
        conn.send([
            amends_store::case::firsts(&told),
            amends_store::order::put(self.lines.get(self.lines_stored..).unwrap_or_default()),
            amends_store::returns::put(&returns),
            amends_store::review::put(&reviews),
            amends_store::trial::put_outcomes(shop, &trials),
        ])
        .await?;
        self.lines_stored = self.lines.len();
        Ok(())
    }

    /// Stores the rest, and what follows from all of it.
    async fn finish(mut self, work: &mut Work, info: &ShopInfo) -> Result<()> {
        self.store(&work.tx, &info.shop.id).await?;
        if let Some(answers) = &self.answers {
            amends_store::learned::replace(&work.tx, &info.shop.id, answers).await?;
        }
        amends_store::stock::put_holds(&self.holds).run(&work.tx).await?;
        self.agents.store(&work.tx).await?;
        crate::sla::replace(work, &self.clocks).await?;
        amends_store::course::put(&self.courses).run(&work.tx).await?;
        self.deadlines.into_iter().for_each(|change| work.change_deadline(change));
        for line in &self.lines {
            crate::restate::watch(work, info, line);
        }
        Ok(())
    }
}

/// One pass over a shop.
struct Pass {
    info: Arc<ShopInfo>,
    progress: Progress,
    found: Recomputed,
    sums: rollups::Derived,
}

impl Pass {
    fn new(info: Arc<ShopInfo>, progress: Progress) -> Self {
        Self { info, progress, found: Recomputed::default(), sums: rollups::Derived::default() }
    }

    async fn examine(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        self.cases(conn, fix.as_deref_mut()).await?;
        self.store(conn, fix.as_deref_mut()).await?;
        self.lines(conn, fix.as_deref_mut()).await?;
        self.store(conn, fix.as_deref_mut()).await?;
        self.reviews(conn, fix.as_deref_mut()).await?;
        self.clocks(conn, fix.as_deref_mut()).await?;
        self.courses(conn, fix.as_deref_mut()).await?;
        self.said(conn).await?;
        self.learned(conn, fix.as_deref_mut()).await?;
        self.stock(conn, fix.as_deref_mut()).await?;
        self.agent_performance(conn, fix).await?;
        self.basis(conn).await?;
        self.compare_rollups(conn).await?;
        self.compare_lags(conn).await
    }

    /// By what the roll-ups were written: days and windows may be others for this program.
    async fn basis(&mut self, conn: &Conn) -> Result<()> {
        let stored = rollup::basis(conn, &self.info.shop.id).await?.unwrap_or_default();
        let derived = basis::of(&self.info.shop);
        self.differ("roll-ups, time zone data", &stored.zone_data, &derived.zone_data);
        self.differ("roll-ups, catalogue of channels", &stored.catalogue, &derived.catalogue);
        self.differ("roll-ups, revision of what they hold", &stored.revision, &derived.revision);
        Ok(())
    }

    async fn store(&self, conn: &Conn, fix: Option<&mut Corrections>) -> Result<()> {
        match fix {
            Some(fix) => fix.store(conn, &self.info.shop.id).await,
            None => Ok(()),
        }
    }

    fn page_done(&self) {
        (self.progress)(self.found.lines, self.found.reviews);
    }

    /// Notes a difference, if there is one.
    fn differ<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: impl Display,
        stored: &T,
        derived: &T,
    ) -> bool {
        if stored == derived {
            return false;
        }
        self.found.difference_count += 1;
        if self.found.differences.len() < DIFFERENCES_TOLD_MAX {
            self.found.differences.push(format!("{what}: stored {stored:?}, derived {derived:?}"));
        }
        true
    }
}
