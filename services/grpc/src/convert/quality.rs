//! Quality sampling: forms, samples, and how the work came out.

use amends_app::metrics::Figures;
use amends_app::quality::{QualityQuestion, QualityRow, SampleView};
use amends_app::stored::SampleFilter;
use amends_domain::event::Event;
use amends_domain::quality::{
    Criterion, Dispute, Form, FormVersion, Given, Review, Sample, SampleState, Scored, Standing,
};
use amends_domain::{SampleId, ShopId, Span};
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::metrics::{bucket, days_of, range, rate};
use super::{Word, time};
use crate::call::Renders;
use crate::fields::{Fields, NOTE_CHARACTERS_MAX};
use crate::name;

impl Word for SampleState {
    type Wire = pb::SampleState;

    fn wire(self) -> pb::SampleState {
        match self {
            Self::Open => pb::SampleState::Open,
            Self::Reviewed => pb::SampleState::Reviewed,
            Self::Disputed => pb::SampleState::Disputed,
            Self::Resolved => pb::SampleState::Resolved,
        }
    }

    fn of(wire: pb::SampleState) -> Option<Self> {
        match wire {
            pb::SampleState::Unspecified => None,
            pb::SampleState::Open => Some(Self::Open),
            pb::SampleState::Reviewed => Some(Self::Reviewed),
            pb::SampleState::Disputed => Some(Self::Disputed),
            pb::SampleState::Resolved => Some(Self::Resolved),
        }
    }
}

/// The domain form of a form; what is out of bounds is found by its rules.
pub fn parse_form(f: &mut Fields, form: pb::QualityForm) -> Option<Form> {
    let share = whole(f, "share_percent", form.share_percent);
    let minimum = whole(f, "minimum_per_week", form.minimum_per_week);
    let days = whole(f, "dispute_days", form.dispute_days);
    let criteria = f.each("criteria", form.criteria, |f, one| {
        let (weight, max) = (whole(f, "weight", one.weight), whole(f, "max_score", one.max_score));
        let (id, title) = (f.text("id", one.id, 200), f.text("title", one.title, 1_000));
        Some(Criterion { id: id?, title: title?, weight: weight?, max: max?, critical: one.critical })
    });
    let dispute_within = Span::from_days(i64::from(days?));
    Some(Form { share: share?, minimum: minimum?, dispute_within, criteria: criteria? })
}

fn whole(f: &mut Fields, field: &'static str, number: i32) -> Option<u32> {
    u32::try_from(number).map_or_else(|_| f.refuse(field, "must not be negative"), Some)
}

/// What is given for criteria.
pub fn parse_scores(f: &mut Fields, scores: Vec<pb::QualityScore>) -> Option<Vec<Given>> {
    if scores.len() > amends_domain::quality::CRITERIA_MAX {
        return f.refuse("scores", "must have at most 30 entries");
    }
    f.each("scores", scores, |f, one| {
        let criterion = f.text("criterion", one.criterion, 200);
        let score = whole(f, "score", one.score);
        Some(Given { criterion: criterion?, score: score? })
    })
}

/// A sample, the version of it that was seen, and a note.
pub fn parse_step(
    f: &mut Fields,
    (name, etag): (&str, &str),
    (note, required): (String, bool),
) -> Option<(ShopId, SampleId, i64, String)> {
    let named = f.named::<SampleId>("name", name);
    let version = f.etag("etag", etag);
    let note = match required {
        true => f.required_text("note", note, NOTE_CHARACTERS_MAX),
        false => f.text("note", note, NOTE_CHARACTERS_MAX),
    };
    let (shop, sample) = named?;
    Some((shop, sample, version?, note?))
}

/// Which samples are listed; `reviewable` of them are found by whoever asks.
pub fn parse_filter(f: &mut Fields, asked: &pb::ListSamplesRequest) -> Option<(ShopId, SampleFilter)> {
    let shop = f.shop("parent", &asked.parent);
    let state = f.word_or_none("state", asked.state);
    let agent = f.id_or_none("agent", &asked.agent);
    let filter = SampleFilter { state: state?, agent: agent?, ..SampleFilter::default() };
    Some((shop?, filter))
}

/// The domain form of a question.
pub fn parse_question(f: &mut Fields, asked: pb::GetQualityScoresRequest) -> Option<QualityQuestion> {
    let shop = f.shops("parent", &asked.parent);
    let days = days_of(f, "days", asked.days);
    let bucket = bucket(f, asked.bucket);
    Some(QualityQuestion { shop: shop?, days: days?, bucket: bucket? })
}

/// The wire form of a form.
#[must_use]
pub fn render_form(version: &FormVersion) -> pb::QualityForm {
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let form = &version.form;
    let criterion = |one: &Criterion| pb::QualityCriterion {
        id: one.id.clone(),
        title: one.title.clone(),
        weight: number(one.weight),
        max_score: number(one.max),
        critical: one.critical,
    };
    let days = form.dispute_within.micros() / Span::from_days(1).micros();
    pb::QualityForm {
        version: version.version,
        share_percent: number(form.share),
        minimum_per_week: number(form.minimum),
        dispute_days: i32::try_from(days).unwrap_or(i32::MAX),
        criteria: form.criteria.iter().map(criterion).collect(),
        setter: version.set_by.to_string(),
        set_time: Some(time::render(version.set_at)),
        etag: version.version.to_string(),
    }
}

/// Hundredths as points.
fn points(score: i64) -> f64 {
    score as f64 / 100.0
}

fn scores(scored: &Scored) -> Vec<pb::QualityScore> {
    let score = |one: &Given| pb::QualityScore {
        criterion: one.criterion.clone(),
        score: i32::try_from(one.score).unwrap_or(i32::MAX),
    };
    scored.given.iter().map(score).collect()
}

/// The wire form of a sample, without what was written.
#[must_use]
pub fn render(sample: &Sample) -> pb::QualitySample {
    let (dispute, decision) = match &sample.standing {
        Standing::Open | Standing::Reviewed(_) => (None, None),
        Standing::Disputed(_, dispute) => (Some(dispute), None),
        Standing::Resolved(_, dispute, decision) => (Some(dispute), Some(decision)),
    };
    pb::QualitySample {
        name: name::of(&sample.shop, &sample.id),
        case: name::of(&sample.shop, &sample.case),
        agent: sample.agent.to_string(),
        week: time::print_day(sample.week),
        form_version: sample.form,
        draw_time: Some(time::render(sample.drawn_at)),
        state: sample.state().number(),
        score: sample.counts().map(points),
        review: sample.review().map(review),
        dispute: dispute.map(|one: &Dispute| pb::QualityDispute {
            dispute_time: Some(time::render(one.at)),
            note: String::new(),
        }),
        decision: decision.map(|one| pb::QualityDecision {
            resolver: one.by.to_string(),
            resolve_time: Some(time::render(one.at)),
            upheld: one.changed.is_none(),
            scores: one.changed.as_ref().map(scores).unwrap_or_default(),
            score: one.changed.as_ref().map(|changed| points(changed.score)),
            note: String::new(),
        }),
        etag: sample.version.to_string(),
    }
}

fn review(review: &Review) -> pb::QualityReview {
    pb::QualityReview {
        reviewer: review.by.to_string(),
        review_time: Some(time::render(review.at)),
        scores: scores(&review.scored),
        score: points(review.scored.score),
        note: String::new(),
    }
}

/// The same with what was written.
#[must_use]
pub fn render_view(view: &SampleView) -> pb::QualitySample {
    let mut sample = render(&view.sample);
    sample.review.iter_mut().for_each(|one| one.note.clone_from(&view.review_note));
    sample.dispute.iter_mut().for_each(|one| one.note.clone_from(&view.dispute_note));
    sample.decision.iter_mut().for_each(|one| one.note.clone_from(&view.decision_note));
    sample
}

/// The wire form of how the work came out.
#[must_use]
pub fn render_scores(figures: &Figures<QualityRow>) -> pb::GetQualityScoresResponse {
    let rows = figures.rows.iter().map(row).collect();
    pb::GetQualityScoresResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

fn row(row: &QualityRow) -> pb::QualityScores {
    let (counts, estimate) = (&row.figures.counts, row.figures.counts.estimate());
    let of = |share| rate(amends_app::metrics::MatureRate { rate: share, mature: row.mature });
    pb::QualityScores {
        days: range(row.days),
        agent: row.figures.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
        sampled: of(counts.sampled_share()),
        reviewed: of(counts.reviewed_share()),
        score_count: counts.scores,
        mean_score: counts.mean(),
        mean_score_lower: estimate.map(|one| one.lower),
        mean_score_upper: estimate.map(|one| one.upper),
        disputed: of(counts.dispute_rate()),
        undecided: counts.undecided,
        upheld: of(counts.upheld_rate()),
    }
}

/// What a judgement means to a case: that there was one, and not what it says.
pub fn entry(shop: &ShopId, event: &Event) -> Option<Entry> {
    let step = |sample: &SampleId| pb::QualityStep { sample: name::of(shop, sample) };
    Some(match event {
        Event::QualityReviewed { sample, .. } => Entry::QualityReviewed(step(sample)),
        Event::QualityDisputed { sample, .. } => Entry::QualityDisputed(step(sample)),
        Event::QualityResolved { sample, .. } => Entry::QualityResolved(step(sample)),
        _ => return None,
    })
}

impl Renders<FormVersion> for pb::SetQualityFormResponse {
    fn render(form: &FormVersion) -> Self {
        Self { form: Some(render_form(form)) }
    }
}

impl Renders<SampleView> for pb::ReviewSampleResponse {
    fn render(view: &SampleView) -> Self {
        Self { sample: Some(render_view(view)) }
    }
}

impl Renders<SampleView> for pb::DisputeReviewResponse {
    fn render(view: &SampleView) -> Self {
        Self { sample: Some(render_view(view)) }
    }
}

impl Renders<SampleView> for pb::ResolveDisputeResponse {
    fn render(view: &SampleView) -> Self {
        Self { sample: Some(render_view(view)) }
    }
}
