//! Lists of cases.

use amends_domain::case::{Case, Status};
use amends_domain::detection::Reason;
use amends_domain::{AgentId, ShopId, Time};
use amends_store::case;

use super::summary::{CaseSummary, summaries};
use super::{CaseCursor, CaseFilter, CaseOrder, READERS};
use crate::app::App;
use crate::call::Principal;
use crate::error::Result;

/// The most cases on one page.
pub const CASES_PAGE_MAX: u32 = 200;

/// How many pages of the database one page of an answer may cost, when what is
/// asked for is rare and storage cannot look it up.
const READS_MAX: usize = 10;

/// Cases read at a time once a page turned out short.
const READ_CASES: u32 = 200;

/// Which cases a list holds; what is set must all apply.
#[derive(Debug, Clone, Default)]
pub struct CaseSelection {
    /// What storage can look up.
    pub filter: CaseFilter,
    /// Only these statuses of the board; empty for all.
    pub statuses: Vec<Status>,
    /// Only cases with one of these reasons; empty for all.
    pub reasons: Vec<Reason>,
    /// Only cases of one of these agents; empty for all.
    pub agents: Vec<AgentId>,
    /// Only priorities in one of these ranges, ends included; empty for all.
    pub priorities: Vec<(u8, u8)>,
    /// Only cases opened at this time or later.
    pub opened_from: Option<Time>,
    /// Only cases opened before this time.
    pub opened_before: Option<Time>,
    /// Only this escalation level.
    pub level: Option<u8>,
}

/// A page of cases.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<CaseSummary>,
    /// Where the next page begins; none if this is the last. A page may be
    /// short, or empty, and still not be the last.
    pub next: Option<CaseCursor>,
}

impl App {
    /// A page of a shop's cases. Whoever only works cases sees those within their skills, and their own.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn cases(
        &self,
        principal: &Principal,
        shop: &ShopId,
        selection: &CaseSelection,
        order: CaseOrder,
        after: Option<CaseCursor>,
        limit: u32,
    ) -> Result<CasePage> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let within = self.reach_of(principal, shop).await?;
        let filter = CaseFilter { within, ..selection.filter.clone() };
        let wanted = usize::try_from(limit.clamp(1, CASES_PAGE_MAX)).unwrap_or(1);
        let mut cursor = after;
        let mut cases = Vec::new();
        // One more than the page, to know whether another follows.
        let mut size = limit.clamp(1, CASES_PAGE_MAX) + 1;
        for _ in 0..READS_MAX {
            let read = case::list(&conn, shop, &filter, order, cursor.as_ref(), size).await?;
            let last = read.len() < usize::try_from(size).unwrap_or(usize::MAX);
            size = READ_CASES;
            let matching: Vec<Case> = read.iter().filter(|case| selection.fits(case)).cloned().collect();
            cases.extend(summaries(&conn, matching).await?.into_iter().filter(|s| selection.shows(s.status)));
            if cases.len() > wanted {
                cases.truncate(wanted);
                cursor = cases.last().map(|s| CaseCursor::after(&s.case, order));
                return Ok(CasePage { cases, next: cursor });
            }
            if last {
                return Ok(CasePage { cases, next: None });
            }
            cursor = read.last().map(|case| CaseCursor::after(case, order));
        }
        Ok(CasePage { cases, next: cursor })
    }
}

impl CaseSelection {
    pub(super) fn fits(&self, case: &Case) -> bool {
        let held_by = case.handling.owner().or(case.preferred_agent.as_ref());
        (self.reasons.is_empty() || self.reasons.iter().any(|r| case.reasons.contains(r)))
            && (self.agents.is_empty() || held_by.is_some_and(|agent| self.agents.contains(agent)))
            && (self.priorities.is_empty()
                || self.priorities.iter().any(|(low, high)| (low..=high).contains(&&case.priority)))
            && self.opened_from.is_none_or(|from| case.opened_at >= from)
            && self.opened_before.is_none_or(|before| case.opened_at < before)
            && self.level.is_none_or(|level| case.level == level)
    }

    fn shows(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}
