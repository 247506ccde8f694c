//! What agents did with their time.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::GetAgentPerformanceResponse { rows, as_of_time }
    v1::AgentPerformance {
        days, agent, present, away, working, idle, holding, occupancy, contacts, contacts_per_hour, solved,
        solved_per_hour, first_replies, cases_held, time_per_case, abandoned, csat, score_count,
        mean_score, mean_score_lower, mean_score_upper,
    }
    v1::AgentRatio { value, lower, upper }
}
