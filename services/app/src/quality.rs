//! Quality sampling: forms, what is drawn by them, reviews, disputes.
//!
//! Who may judge is decided here; what a step needs besides is the domain's. A step is told on the timeline of its
//! case without what was given or written: that is for whom it is about, and for who judges.

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::quality::{FormVersion, Sample, SampleState, Standing};
use amends_domain::{AgentId, EventId, SampleId, ShopId, Time};
use amends_store::Conn;
use amends_store::quality::{self, SampleFilter};
use amends_store::text::{self, TextOwner};

use crate::app::App;
use crate::basis;
use crate::call::{Principal, Role};
use crate::case::{DESK, SUPERVISION, open, tell_as};
use crate::error::{AppError, Result, Violation, Why};
use crate::work::Work;

mod draw;
mod figures;
mod form;
mod steps;

pub(crate) use draw::{draw_week, set_draw};
pub use figures::{QualityQuestion, QualityRow};
pub use form::SetQualityForm;
pub use steps::{DisputeReview, ResolveDispute, ReviewSample};

/// The most samples on one page.
pub const SAMPLES_PAGE_MAX: u32 = 200;

/// Who reads what was drawn and judged of everybody.
const READS_ALL: &[Role] = &[Role::Supervisor, Role::Analyst, Role::Admin];

/// Who reads what was judged of their own work.
const READS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin];

/// A sample with the form it is judged by, and what was written about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleView {
    /// The sample.
    pub sample: Sample,
    /// The form.
    pub form: FormVersion,
    /// What the reviewer wrote; empty if nothing, or if it was forgotten.
    pub review_note: String,
    /// What whom it is about wrote.
    pub dispute_note: String,
    /// What who decided wrote.
    pub decision_note: String,
}

impl App {
    /// The form by which cases are drawn; or an earlier one, by its number.
    ///
    /// # Errors
    /// When there is none, the role is missing, or storage fails.
    pub async fn quality_form(
        &self,
        principal: &Principal,
        shop: &ShopId,
        version: Option<i64>,
    ) -> Result<FormVersion> {
        principal.enter(shop)?;
        principal.require(READS)?;
        let (conn, now) = (self.store().reader(), self.now());
        self.shops().get(&conn, shop, now).await?;
        let found = match version {
            Some(version) => quality::form(&conn, shop, version).await?,
            None => quality::form_at(&conn, shop, now).await?,
        };
        let name = version.map_or_else(|| "of the shop".to_owned(), |version| version.to_string());
        found.ok_or_else(|| AppError::not_found("quality form", name))
    }

    /// One sample, with what was written about it.
    ///
    /// # Errors
    /// When there is none that the principal may read, the role is missing, or storage fails.
    pub async fn sample(&self, principal: &Principal, shop: &ShopId, id: SampleId) -> Result<SampleView> {
        principal.enter(shop)?;
        principal.require(READS)?;
        let conn = self.store().reader();
        let mut found = quality::by_ids(&[(shop.clone(), id)]).all(&conn).await?;
        let sample = found.pop().filter(|sample| may_read(principal, sample));
        view(&conn, sample.ok_or_else(|| AppError::not_found("sample", id))?).await
    }

    /// A page of the samples of a shop, the newest first. An agent sees those of their own work; nobody
    /// sees those before they were reviewed.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn samples(
        &self,
        principal: &Principal,
        shop: &ShopId,
        mut filter: SampleFilter,
        after: Option<&(Time, SampleId)>,
        limit: u32,
    ) -> Result<Vec<Sample>> {
        principal.enter(shop)?;
        principal.require(READS)?;
        if !principal.has(READS_ALL) {
            if filter.agent.as_ref().is_some_and(|agent| *agent != principal.name) {
                return Err(AppError::RoleMissing { any: READS_ALL });
            }
            filter.agent = Some(principal.name.clone());
        }
        filter.reader = Some(principal.name.clone());
        if filter.reviewer.is_some() {
            principal.require(SUPERVISION)?;
        }
        let (conn, now) = (self.store().reader(), self.now());
        self.shops().get(&conn, shop, now).await?;
        Ok(quality::list(&conn, shop, &filter, after, limit.clamp(1, SAMPLES_PAGE_MAX)).await?)
    }
}

/// What waits for a reviewer is no news for whom it is about, whatever else they may read.
fn may_read(principal: &Principal, sample: &Sample) -> bool {
    if sample.agent == principal.name {
        sample.state() != SampleState::Open
    } else {
        principal.has(READS_ALL)
    }
}

/// A sample with what belongs to it.
async fn view(conn: &Conn, sample: Sample) -> Result<SampleView> {
    let form = form_of(conn, &sample).await?;
    let (dispute, decision) = match &sample.standing {
        Standing::Open | Standing::Reviewed(_) => (None, None),
        Standing::Disputed(_, dispute) => (Some(dispute.event), None),
        Standing::Resolved(_, dispute, decision) => (Some(dispute.event), Some(decision.event)),
    };
    let events = [sample.review().map(|review| review.event), dispute, decision];
    let keys: Vec<_> = events.iter().flatten().map(|event| (TextOwner::Note, event.to_string())).collect();
    let texts = text::get(conn, &sample.shop, &keys).await?;
    let note = |event: Option<EventId>| {
        let id = event.map(|event| event.to_string());
        let found = texts.iter().find(|(_, of, _)| Some(of) == id.as_ref());
        found.map(|(_, _, body)| body.clone()).unwrap_or_default()
    };
    let [review_note, dispute_note, decision_note] = events.map(note);
    Ok(SampleView { sample, form, review_note, dispute_note, decision_note })
}

/// The form that a sample was drawn and is judged by.
async fn form_of(conn: &Conn, sample: &Sample) -> Result<FormVersion> {
    let found = quality::form(conn, &sample.shop, sample.form).await?;
    found.ok_or_else(|| AppError::Internal(format!("{} has no form {}", sample.id, sample.form)))
}

/// A sample at the version that was seen, for this transaction alone: the lock of its case is that of its timeline.
async fn alone(work: &Work, shop: &ShopId, id: SampleId, seen: i64) -> Result<(Sample, Case)> {
    let gone = || AppError::not_found("sample", id);
    let found = quality::by_ids(&[(shop.clone(), id)]).all(&work.tx).await?.pop().ok_or_else(gone)?;
    let case = open(work, shop, found.case).await?;
    let sample = quality::by_ids(&[(shop.clone(), id)]).all(&work.tx).await?.pop().ok_or_else(gone)?;
    if !may_read(&work.call.principal, &sample) {
        return Err(gone());
    }
    if sample.version != seen {
        return Err(AppError::EtagStale { seen, current: sample.version });
    }
    Ok((sample, case))
}

/// Stores a sample after its step, and tells it.
async fn keep(
    work: &mut Work,
    (before, after): (i64, &Sample),
    case: &Case,
    (id, event, note): (EventId, Event, &str),
) -> Result<SampleView> {
    work.tx.send([quality::update(after, before)]).await?;
    tell_as(work, case, id, event, note).await?;
    view(&work.tx, after.clone()).await
}

/// Whether an agent had a part in the case of a sample; refused while it is not known of what is older.
async fn worked(work: &Work, sample: &Sample, who: &AgentId) -> Result<bool> {
    basis::require_counted(&work.tx, &[&sample.shop]).await?;
    Ok(quality::has_worked(&work.tx, &sample.shop, sample.case, who).await?)
}

/// Fields that are wrong, below one field.
fn invalid(prefix: &str, problems: Vec<(String, String)>) -> AppError {
    let violation = |(field, problem): (String, String)| Violation {
        field: format!("{prefix}{field}"),
        problem,
        why: Why::Malformed,
    };
    AppError::Invalid(problems.into_iter().map(violation).collect())
}

/// Refuses whoever may not judge.
fn require_reviewer(work: &Work) -> Result<()> {
    work.call.principal.require(SUPERVISION)
}

/// Refuses whoever works no cases.
fn require_desk(work: &Work) -> Result<()> {
    work.call.principal.require(DESK)
}
