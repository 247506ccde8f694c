//! How work was judged.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::QualityForm {
        version, share_percent, minimum_per_week, dispute_days, criteria, setter, set_time, etag,
    }
    v1::QualityCriterion { id, title, weight, max_score, critical }
    v1::QualityScore { criterion, score }
    v1::QualitySample {
        name, case, agent, week, form_version, draw_time, state: SampleState, score, review, dispute, decision,
        etag,
    }
    v1::QualityReview { reviewer, review_time, scores, score, note }
    v1::QualityDispute { dispute_time, note }
    v1::QualityDecision { resolver, resolve_time, upheld, scores, score, note }
    v1::GetSampleResponse { sample, form }
    v1::QualityStep { sample }
    v1::GetQualityScoresResponse { rows, as_of_time }
    v1::QualityScores {
        days, agent, sampled, reviewed, score_count, mean_score, mean_score_lower, mean_score_upper, disputed,
        undecided, upheld,
    }
}
