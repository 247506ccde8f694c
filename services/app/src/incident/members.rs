//! The cases of an incident: put in and taken out as a set.

use std::collections::{HashMap, HashSet};

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::incident::{CASES_MAX, Incident, Membership};
use amends_domain::{CaseId, IncidentId, ShopId};
use amends_store::incident;

use super::{FULL, alone, open};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Cases that one call may name.
pub const MEMBERS_AT_ONCE_MAX: usize = 1_000;

/// Puts cases into an incident.
#[derive(Debug, Clone)]
pub struct AddCases {
    /// The tenant.
    pub shop: ShopId,
    /// Into which.
    pub incident: IncidentId,
    /// Which cases.
    pub cases: Vec<CaseId>,
}

/// Takes cases out of an incident.
#[derive(Debug, Clone)]
pub struct RemoveCases {
    /// The tenant.
    pub shop: ShopId,
    /// Out of which.
    pub incident: IncidentId,
    /// Which cases.
    pub cases: Vec<CaseId>,
}

/// What became of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberOutcome {
    /// It was put in.
    Added,
    /// It was taken out.
    Removed,
    /// Nothing changed.
    Unchanged,
    /// It is in another open incident.
    Elsewhere(IncidentId),
    /// It is over.
    Ended,
    /// There is none.
    NotFound,
}

/// What became of one case, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseResult {
    /// The case.
    pub case: CaseId,
    /// What became of it.
    pub outcome: MemberOutcome,
}

/// An incident whose cases changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The incident.
    pub incident: Incident,
    /// What became of each case, in the order of the call.
    pub results: Vec<CaseResult>,
}

/// What is known of the cases of a call.
struct Known {
    cases: HashMap<CaseId, Case>,
    /// The open incident that each is in.
    within: HashMap<CaseId, Membership>,
}

async fn known(work: &Work, shop: &ShopId, ids: &[CaseId]) -> Result<Known> {
    if ids.is_empty() || ids.len() > MEMBERS_AT_ONCE_MAX {
        return Err(AppError::field("cases", "must name 1–1,000 cases"));
    }
    let keys: Vec<_> = ids.iter().collect::<HashSet<_>>().into_iter().map(|id| (shop.clone(), *id)).collect();
    let cases = alone(work, shop, ids).await?;
    let members = incident::of_cases(&keys).all(&work.tx).await?;
    let within = members.into_iter().filter(|one| one.open).map(|one| (one.case, one)).collect();
    Ok(Known { cases: cases.into_iter().map(|case| (case.id, case)).collect(), within })
}

impl Command for AddCases {
    type Output = Changed;

    const NAME: &'static str = "AddIncidentCases";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Changed> {
        let incident = open(work, &self.shop, self.incident).await?;
        let mut known = known(work, &self.shop, &self.cases).await?;
        let (by, at) = (work.call.principal.name.clone(), work.now);
        let mut added: Vec<Membership> = Vec::new();
        let mut results = Vec::with_capacity(self.cases.len());
        for case in self.cases {
            let outcome = match (known.cases.get(&case), known.within.get(&case)) {
                (None, _) => MemberOutcome::NotFound,
                (Some(_), Some(there)) if there.incident == incident.id => MemberOutcome::Unchanged,
                (Some(_), Some(there)) => MemberOutcome::Elsewhere(there.incident),
                (Some(found), None) if !found.is_open() => MemberOutcome::Ended,
                (Some(_), None) => {
                    let (shop, by) = (self.shop.clone(), by.clone());
                    let member = Membership { shop, incident: incident.id, case, by, at, open: true };
                    known.within.insert(case, member.clone());
                    added.push(member);
                    MemberOutcome::Added
                }
            };
            results.push(CaseResult { case, outcome });
        }
        let count = incident.cases + u32::try_from(added.len()).unwrap_or(u32::MAX);
        if count > CASES_MAX {
            return Err(AppError::Precondition(FULL));
        }
        joined(work, &added);
        Ok(Changed { incident: counted(work, incident, count), results })
    }
}

impl Command for RemoveCases {
    type Output = Changed;

    const NAME: &'static str = "RemoveIncidentCases";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Changed> {
        let incident = open(work, &self.shop, self.incident).await?;
        let mut known = known(work, &self.shop, &self.cases).await?;
        let mut removed: Vec<Membership> = Vec::new();
        let mut results = Vec::with_capacity(self.cases.len());
        for case in self.cases {
            let ours = known.within.get(&case).is_some_and(|there| there.incident == incident.id);
            let outcome = match (known.cases.get(&case), ours) {
                (None, _) => MemberOutcome::NotFound,
                (Some(_), false) => MemberOutcome::Unchanged,
                (Some(_), true) => {
                    removed.extend(known.within.remove(&case));
                    MemberOutcome::Removed
                }
            };
            results.push(CaseResult { case, outcome });
        }
        let count = incident.cases.saturating_sub(u32::try_from(removed.len()).unwrap_or(u32::MAX));
        work.write([incident::remove(&removed)]);
        if incident.signal.is_some() {
            work.write([incident::keep_out(&removed)]);
        }
        // What is over changes no more, and its timeline neither.
        let open = |one: &&Membership| known.cases.get(&one.case).is_some_and(Case::is_open);
        for one in removed.iter().filter(open) {
            work.happened(&one.shop, Some(one.case), Event::IncidentLeft { incident: one.incident });
        }
        Ok(Changed { incident: counted(work, incident, count), results })
    }
}

/// Stores who is in an incident now, and tells each of these cases.
pub(super) fn joined(work: &mut Work, added: &[Membership]) {
    work.write([incident::put(added)]);
    for one in added {
        work.happened(&one.shop, Some(one.case), Event::IncidentJoined { incident: one.incident });
    }
}

/// Stores how many cases are in an incident now, if that changed.
pub(super) fn counted(work: &mut Work, before: Incident, count: u32) -> Incident {
    if before.cases == count {
        return before;
    }
    let after = Incident { cases: count, version: before.version + 1, ..before };
    work.write([incident::update(&after, after.version - 1)]);
    after
}
