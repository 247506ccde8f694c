//! Metrics.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::Rate { numerator, denominator, value, lower, upper, mature }
    v1::Mean { sum, count, value, mature }
    v1::DimensionValue { dimension: Dimension, value }
    v1::AvoidedCounts { provisional, confirmed, failed }
    v1::GetReviewReversalResponse { rows, as_of_time }
    v1::ReviewReversalRow {
        cohort, key, funnel, reversal_rate_all, reversal_rate_eligible, reversal_rate_contacted,
        reversal_rate_solved, reversal_rate_asked, natural_rate, backslide_rate,
        net_stars_recovered, uplift,
    }
    v1::GetTimeToReversalResponse { rows, as_of_time }
    v1::TimeToReversalRow { cohort, key, from_observation, from_solution }
    v1::ReversalCurve { entered, reversed, gone, standing, points, median_day }
    v1::ReversalPoint { day, at_risk, reversed, censored, value, lower, upper, mature }
    v1::GetSavingsResponse {
        naive, causal, causal_missing: CausalMissing, retained, net_saving, repeat_purchases, threshold, currency,
        as_of_time,
    }
    v1::NaiveAvoided { provisional, confirmed, failed }
    v1::RetainedRevenue { by: RetainedBy, currency, units, revenue, confirmed_revenue }
    v1::NetSaving { cases, avoided_loss, remedy_cost, net_saving, immature_cases }
    v1::RepeatPurchases { solved, failed, without_case, sampled }
    v1::RepeatRate { rate, waiting }
    v1::ThresholdDistance {
        current, target, comparator: ThresholdComparator, days, returns_until_penalty, penalty,
    }
    v1::ReviewFunnel {
        negative, eligible, contacted, solved, asked, reversed, recovered, improved, text_only,
        worsened, follow_up_added, removed_by_buyer, removed_by_platform, vanished, re_reversed,
        unchanged,
    }
    v1::GetReturnsResponse { rows, as_of_time }
    v1::RemedyRate { numerator, denominator, value, lower, upper }
    v1::Estimate { value, lower, upper }
    v1::GetRemedyPerformanceResponse {
        kinds, naive, causal, always, mature_cases, immature_cases, currency, as_of_time,
    }
    v1::RemedyKindPerformance {
        kind: RemedyKind, suggested_first, offered, acceptance, declined, expired, fulfilled, failed,
        cost_total, cost_mean, low_scores, stopped,
    }
    v1::RemedyStop { low, scored, others_low, others_scored }
    v1::CaseGroup { counted, cost }
    v1::NaiveComparison { helped, not_helped, difference }
    v1::CausalComparison {
        holdout_cases, treated_cases, left_out_cases, rate_difference, avoided_causal,
        saving_per_case, net_saving,
    }
    v1::AlwaysFirst {
        kind: RemedyKind, allowed_cases, first_cases, effective_cases, inverse_propensity,
        self_normalised, logged,
    }
    v1::GetRemedyFairnessResponse {
        rows, q, degrees_of_freedom, p_value, verdict: FairnessVerdict, as_of_time,
    }
    v1::FairnessRow { star, remedies, granted_share, excess }
    v1::ReturnsRow {
        cohort, key, return_rate_units, return_rate_orders, requested_rate, intent_rate,
        rescue_rate, avoided_intent_only, avoided_withdrawn, avoided,
    }
}
