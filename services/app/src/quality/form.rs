//! Setting the form by which work is drawn and judged.

use amends_domain::ShopId;
use amends_domain::quality::{Form, FormVersion};
use amends_store::quality;

use super::{invalid, set_draw};
use crate::case::SUPERVISION;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Sets a new version of the form. What was drawn before is judged by the version it was drawn by.
#[derive(Debug, Clone)]
pub struct SetQualityForm {
    /// The tenant.
    pub shop: ShopId,
    /// The version the caller saw; 0 if there was none.
    pub version: i64,
    /// The form.
    pub form: Form,
}

impl Command for SetQualityForm {
    type Output = FormVersion;

    const NAME: &'static str = "SetQualityForm";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<FormVersion> {
        work.call.principal.require(SUPERVISION)?;
        let problems = self.form.problems();
        if !problems.is_empty() {
            return Err(invalid("form.", problems));
        }
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        work.lock_quality(&self.shop).await?;
        let latest = quality::form_at(&work.tx, &self.shop, work.now).await?;
        let current = latest.map_or(0, |latest| latest.version);
        if current != self.version {
            return Err(AppError::EtagStale { seen: self.version, current });
        }
        let form = FormVersion {
            shop: self.shop.clone(),
            version: current + 1,
            form: self.form,
            set_by: work.call.principal.name.clone(),
            set_at: work.now,
        };
        work.write([quality::put_form(&form)]);
        set_draw(work, &info, info.zone.day(work.now));
        Ok(form)
    }
}
