//! Remedies: what is suggested, offered, answered and carried out.
//!
//! Nothing in this module reads a review: a remedy is decided from orders,
//! reasons, policy and history alone.

use amends_domain::case::Case;
use amends_domain::remedy::{Remedy, RemedyStage};
use amends_domain::{CaseId, RemedyId, ShopId, Time};
use amends_store::remedy::{self, RemedyFilter};
use amends_store::text::{self, TextOwner};
use amends_store::{case, event};

use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

mod answer;
mod approve;
mod check;
mod fulfil;
mod learned;
mod ledger;
mod next;
mod offer;
mod refunded;
mod step;
pub mod stock;
mod suggest;
mod timer;
mod trial;
mod withdraw;

pub use answer::{Answered, BuyerAnswer, RecordAnswer};
pub use approve::ApproveRemedy;
pub(crate) use approve::asked_of;
pub use fulfil::{Report, ReportFulfilment};
pub use offer::OfferRemedy;
pub(crate) use suggest::Inputs;
pub use suggest::{Bought, Hypothetical, StoredSuggestion, SuggestRemedies, Suggested, Target};
pub use timer::{ExpireOffer, FulfilmentOverdue};
pub use withdraw::WithdrawRemedy;

pub(crate) use learned::{gather, scored, sum as sum_answers};
pub(crate) use ledger::promise;
pub(crate) use refunded::{stopped, twice};
pub(crate) use step::{Opened, Right, act_on, follow_case, keep_text};

/// The most remedies on one page.
pub const REMEDIES_PAGE_MAX: u32 = 200;

/// The most events of a case that are searched for who did what to a remedy.
const EVENTS_MAX: u32 = 1_000;

/// A remedy after a step, and its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyOfCase {
    /// The remedy.
    pub remedy: Remedy,
    /// Its case, whose version is the etag of both.
    pub case: Case,
}

/// A remedy with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyView {
    /// The remedy.
    pub remedy: Remedy,
    /// The version of its case: the etag of both.
    pub case_version: i64,
    /// The text that was put to the buyer; empty if none was.
    pub text: String,
    /// Who approved it, if someone had to.
    pub approved_by: Option<String>,
}

impl App {
    /// One remedy.
    ///
    /// # Errors
    /// When there is no such remedy, or storage fails.
    pub async fn remedy(&self, principal: &Principal, shop: &ShopId, id: RemedyId) -> Result<RemedyView> {
        principal.enter(shop)?;
        let conn = self.store().reader();
        let remedy = remedy::get(&conn, shop, &id).await?.ok_or_else(|| AppError::not_found("remedy", id))?;
        let events = event::of_case(&conn, shop, &remedy.case, 0, EVENTS_MAX).await?;
        let approved_by = events.iter().find_map(|stored| match &stored.row.event {
            amends_domain::event::Event::RemedyApproved { remedy, by } if *remedy == id => {
                Some(by.to_string())
            }
            _ => None,
        });
        let mut views = self.with_cases(shop, vec![remedy]).await?;
        let mut view = views.pop().ok_or_else(|| AppError::not_found("remedy", id))?;
        view.approved_by = approved_by;
        Ok(view)
    }

    /// Remedies of a shop, the newest first. Who approved is left out of lists.
    ///
    /// # Errors
    /// When the shop is another's, or storage fails.
    pub async fn remedies(
        &self,
        principal: &Principal,
        shop: &ShopId,
        case: Option<CaseId>,
        stages: Vec<RemedyStage>,
        after: Option<(Time, RemedyId)>,
        limit: u32,
    ) -> Result<Vec<RemedyView>> {
        principal.enter(shop)?;
        let filter = RemedyFilter { case, stages };
        let limit = limit.clamp(1, REMEDIES_PAGE_MAX);
        let conn = self.store().reader();
        let page = remedy::list(&conn, shop, &filter, after.as_ref(), limit).await?;
        self.with_cases(shop, page).await
    }

    async fn with_cases(&self, shop: &ShopId, remedies: Vec<Remedy>) -> Result<Vec<RemedyView>> {
        let conn = self.store().reader();
        let ids: Vec<_> = remedies.iter().map(|r| (shop.clone(), r.case)).collect();
        let cases = case::by_ids(&ids).all(&conn).await?;
        let keys: Vec<_> = remedies.iter().map(|r| (TextOwner::Note, r.id.to_string())).collect();
        let texts = text::get(&conn, shop, &keys).await?;
        let view = |remedy: Remedy| {
            let id = remedy.id.to_string();
            RemedyView {
                case_version: cases.iter().find(|c| c.id == remedy.case).map_or(0, |c| c.version),
                text: texts.iter().find(|(_, of, _)| *of == id).map_or_else(String::new, |t| t.2.clone()),
                approved_by: None,
                remedy,
            }
        };
        Ok(remedies.into_iter().map(view).collect())
    }
}
