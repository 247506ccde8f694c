//! Which reviews a connector should look at again.

use amends_domain::{ReviewId, ShopId, Time};
use amends_store::review::{self, ReviewRow};
use amends_store::shop;

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};

/// The most reviews on one page: rows without texts.
pub const LOOKS_PAGE_MAX: u32 = 500;

/// Connectors look; a supervisor sees whether they do.
const LOOKERS: &[Role] = &[Role::Ingest, Role::Supervisor];

impl App {
    /// Reviews of a shop that are due for another look by a time, now if none is given; the longest
    /// due first.
    ///
    /// # Errors
    /// When there is no such shop, the principal may not look, or storage fails.
    pub async fn reviews_to_look_at(
        &self,
        principal: &Principal,
        id: &ShopId,
        due_by: Option<Time>,
        after: Option<(Time, ReviewId)>,
        limit: u32,
    ) -> Result<Vec<ReviewRow>> {
        principal.require(LOOKERS)?;
        principal.enter(id)?;
        let (conn, by) = (self.store().reader(), due_by.unwrap_or_else(|| self.now()));
        if shop::get(&conn, id).await?.is_none() {
            return Err(AppError::not_found("shop", id));
        }
        Ok(review::to_look_at(&conn, id, by, after, limit.clamp(1, LOOKS_PAGE_MAX)).await?)
    }
}
