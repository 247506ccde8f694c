//! Judging, disputing, deciding.

use amends_domain::event::Event;
use amends_domain::quality::{Decision, Dispute, Given, Review};
use amends_domain::{EventId, SampleId, ShopId};

use super::{SampleView, alone, form_of, invalid, keep, require_desk, require_reviewer, worked};
use crate::case::{NOTE_CHARS_MAX, check_text};
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// Judges a sample.
#[derive(Debug, Clone)]
pub struct ReviewSample {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub sample: SampleId,
    /// The version the caller saw.
    pub version: i64,
    /// What is given for each criterion.
    pub scores: Vec<Given>,
    /// A note for whom it is about; may be empty.
    pub note: String,
}

/// Disputes a review of one's own work.
#[derive(Debug, Clone)]
pub struct DisputeReview {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub sample: SampleId,
    /// The version the caller saw.
    pub version: i64,
    /// Why.
    pub note: String,
}

/// Decides about a dispute.
#[derive(Debug, Clone)]
pub struct ResolveDispute {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub sample: SampleId,
    /// The version the caller saw.
    pub version: i64,
    /// What is given instead; none upholds the review.
    pub scores: Option<Vec<Given>>,
    /// Why.
    pub note: String,
}

impl Command for ReviewSample {
    type Output = SampleView;

    const NAME: &'static str = "ReviewSample";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<SampleView> {
        require_reviewer(work)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        let (sample, case) = alone(work, &self.shop, self.sample, self.version).await?;
        let form = form_of(&work.tx, &sample).await?;
        let scored = form.form.score(self.scores).map_err(|problems| invalid("", problems))?;
        let (by, event) = (work.call.principal.name.clone(), EventId::from_bits(work.id()));
        let worked = worked(work, &sample, &by).await?;
        let review = Review { by: by.clone(), at: work.now, scored, event };
        let after = sample.reviewed(review, worked)?;
        let told = Event::QualityReviewed { sample: after.id, by };
        keep(work, (self.version, &after), &case, (event, told, &self.note)).await
    }
}

impl Command for DisputeReview {
    type Output = SampleView;

    const NAME: &'static str = "DisputeReview";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<SampleView> {
        require_desk(work)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, true)?;
        let (sample, case) = alone(work, &self.shop, self.sample, self.version).await?;
        let form = form_of(&work.tx, &sample).await?;
        let (by, event) = (work.call.principal.name.clone(), EventId::from_bits(work.id()));
        let dispute = Dispute { at: work.now, event };
        let after = sample.disputed(&by, dispute, form.form.dispute_within)?;
        let told = Event::QualityDisputed { sample: after.id, by };
        keep(work, (self.version, &after), &case, (event, told, &self.note)).await
    }
}

impl Command for ResolveDispute {
    type Output = SampleView;

    const NAME: &'static str = "ResolveDispute";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<SampleView> {
        require_reviewer(work)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, true)?;
        let (sample, case) = alone(work, &self.shop, self.sample, self.version).await?;
        let form = form_of(&work.tx, &sample).await?;
        let changed = self.scores.map(|scores| form.form.score(scores)).transpose();
        let changed = changed.map_err(|problems| invalid("", problems))?;
        let (by, event) = (work.call.principal.name.clone(), EventId::from_bits(work.id()));
        let (worked, upheld) = (worked(work, &sample, &by).await?, changed.is_none());
        let decision = Decision { by: by.clone(), at: work.now, changed, event };
        let after = sample.resolved(decision, worked)?;
        let told = Event::QualityResolved { sample: after.id, by, upheld };
        keep(work, (self.version, &after), &case, (event, told, &self.note)).await
    }
}
