//! What lies ahead of a shop.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::GetMarketplaceTwinsResponse { twins, conversation_count, holiday_dates, as_of_time }
    v1::MarketplaceTwin {
        figure, region, tier, unit: TwinUnit, current, next_if_none, next_if_all, rescue: TwinRescue,
        to_answer, to_answer_count, note, source, certainty: PolicyCertainty,
    }
    v1::TwinFigure {
        start_time, cut_off_time, close_time, numerator, denominator, value, target, reached,
        conversation_count, parts,
    }
    v1::TwinPart { answered_count, conversation_count, weight_percent }
    v1::ConversationToAnswer { conversation_id, case, receive_time, answer_by_time }
    v1::ForecastVolumeResponse { days, method, opened_today, history, gap_dates, as_of_time }
    v1::VolumeDay { date, expected, lower_80, upper_80, lower_95, upper_95, peak_factor }
    v1::ObservedDay { date, opened }
    v1::VolumeMethod {
        kind: VolumeMethodKind, first_date, known_days, level_gain, trend_gain, season_gain, dispersion,
    }
    v1::PlanStaffingResponse { days, due_work, inputs, method, as_of_time }
    v1::StaffingDay { date, expected, upper_80, hours }
    v1::StaffingHour {
        hour, open, expected, agents, rostered, service_level, mean_wait, occupancy, agents_upper_80,
    }
    v1::DueWork {
        days, backlog_cases, undated_cases, late_cases, exact_agents, agents, rostered,
        decisive_start_date, decisive_last_date, impossible,
    }
    v1::DueDay { date, expected, agent_hours, worked_hours, left_hours }
    v1::StaffingInput { name, value, unit, origin: InputOrigin, sample_size }
}
