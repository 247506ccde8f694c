//! Response, promises and satisfaction.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::GetHandlingResponse { rows, as_of_time }
    v1::HandlingRow {
        cohort, key, cases, first_response, next_response, agreement, resolution, reopen_rate,
        one_touch_rate,
    }
    v1::HandlingCounts { opened, open, solved, closed, merged, cancelled }
    v1::WaitingTime { count, waiting, without, calendar, business, mature }
    v1::TimeSpread { median, p90 }
    v1::TimeQuantile { value, lower, upper }
    v1::GetSlaAttainmentResponse { rows, as_of_time }
    v1::SlaAttainmentRow { cohort, key, clocks }
    v1::ClockAttainment { metric: SlaMetric, attainment, met, missed, running, withdrawn, paused }
    v1::GetSatisfactionResponse { rows, as_of_time }
    v1::SatisfactionRow { cohort, key, csat, csat_scores, nps, response_rate }
    v1::NpsScore { promoters, passives, detractors, value, lower, upper, mature }
}
