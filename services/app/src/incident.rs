//! Incidents: one fault behind many cases.
//!
//! All writes about incidents of a shop are one after the other; they take the lock of the
//! shop's incidents first, and that of the cases after it. Who holds only a case never asks for it.

use std::collections::HashSet;

use amends_domain::case::Case;
use amends_domain::incident::{About, Incident, IncidentState};
use amends_domain::subject::Anchor;
use amends_domain::{CaseId, IncidentId, ShopId, Time};
use amends_store::{Of, StoreError, case, incident};

use crate::app::App;
use crate::call::Principal;
use crate::case::{NOTE_CHARS_MAX, READERS, SUPERVISION, TEXT_CHARS_MAX, check_text};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

mod chart;
mod look;
mod members;
mod resolve;

pub use chart::{CHART_WEEKS_MAX, Chart, ChartPoint};
pub(crate) use look::{look, next_look};

pub use members::{AddCases, CaseResult, Changed, MEMBERS_AT_ONCE_MAX, MemberOutcome, RemoveCases};
pub use resolve::{ResolveIncident, Resolved};

/// The most incidents on one page.
pub const INCIDENTS_PAGE_MAX: u32 = 200;

/// Why an incident does not change any more; the transport knows it by this text.
pub const RESOLVED: &str = "the incident is resolved";

/// Why an incident takes no more cases; the transport knows it by this text.
pub const FULL: &str = "an incident has at most 5,000 cases";

/// The longest title, in characters.
const TITLE_CHARS_MAX: usize = 200;

/// Opens an incident.
#[derive(Debug, Clone)]
pub struct OpenIncident {
    /// The tenant.
    pub shop: ShopId,
    /// What is known of it.
    pub about: About,
}

impl Command for OpenIncident {
    type Output = Incident;

    const NAME: &'static str = "OpenIncident";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Incident> {
        work.call.principal.require(SUPERVISION)?;
        check_text("incident.title", &self.about.title, TITLE_CHARS_MAX, true)?;
        check_text("incident.description", &self.about.description, TEXT_CHARS_MAX, false)?;
        work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let incident = Incident {
            id: IncidentId::from_bits(work.id()),
            shop: self.shop,
            about: self.about,
            opened_by: work.call.principal.name.clone(),
            opened_at: work.now,
            resolution: None,
            cases: 0,
            signal: None,
            version: 1,
        };
        work.write([incident::insert(&incident)]);
        Ok(incident)
    }
}

impl App {
    /// One incident.
    ///
    /// # Errors
    /// When there is none, the role is missing, or storage fails.
    pub async fn incident(&self, principal: &Principal, shop: &ShopId, id: IncidentId) -> Result<Incident> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let mut found = incident::by_ids(&[(shop.clone(), id)]).all(&self.store().reader()).await?;
        found.pop().ok_or_else(|| AppError::not_found("incident", id))
    }

    /// A page of a shop's incidents, the newest first.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn incidents(
        &self,
        principal: &Principal,
        shop: &ShopId,
        state: Option<IncidentState>,
        after: Option<&(Time, IncidentId)>,
        limit: u32,
    ) -> Result<Vec<Incident>> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let limit = limit.clamp(1, INCIDENTS_PAGE_MAX);
        Ok(incident::list(&self.store().reader(), shop, state, after, limit).await?)
    }
}

/// An incident that is under way, for this transaction alone.
async fn open(work: &Work, shop: &ShopId, id: IncidentId) -> Result<Incident> {
    work.call.principal.require(SUPERVISION)?;
    work.lock_incidents(shop).await?;
    let mut found = incident::by_ids(&[(shop.clone(), id)]).all(&work.tx).await?;
    let incident = found.pop().ok_or_else(|| AppError::not_found("incident", id))?;
    match incident.state() {
        IncidentState::Open => Ok(incident),
        IncidentState::Resolved => Err(AppError::Precondition(RESOLVED)),
    }
}

/// Cases as they are, for this transaction alone.
///
/// Looked up before they are locked, because all locks are taken at once and in order; one that
/// moved to another subject meanwhile is found out afterwards.
async fn alone(work: &Work, shop: &ShopId, ids: &[CaseId]) -> Result<Vec<Case>> {
    let ids: Vec<Of<CaseId>> = ids.iter().map(|id| (shop.clone(), *id)).collect();
    let seen = case::by_ids(&ids).all(&work.tx).await?;
    let anchors: HashSet<Anchor> = seen.iter().map(|case| case.subject.anchor()).collect();
    work.lock(anchors.iter().map(|anchor| (shop, anchor))).await?;
    let cases = case::by_ids(&ids).all(&work.tx).await?;
    if cases.iter().any(|case| !anchors.contains(&case.subject.anchor())) {
        return Err(StoreError::Contended("a case moved to another subject".to_owned()).into());
    }
    Ok(cases)
}
