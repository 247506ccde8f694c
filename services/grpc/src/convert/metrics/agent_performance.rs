//! What agents did with their time.

use amends_app::metrics::{AgentQuestion, AgentRow, Figures, MatureRate};
use amends_domain::agent_performance::Ratio;
use amends_proto::v1 as pb;

use super::super::time;
use super::{bucket, days_of, range, rate};
use crate::fields::Fields;

/// The most agents that one question may name.
const AGENTS_MAX: usize = 100;

/// The domain form of a question.
pub fn parse(fields: &mut Fields, asked: pb::GetAgentPerformanceRequest) -> Option<AgentQuestion> {
    let shop = fields.shops("parent", &asked.parent);
    let days = days_of(fields, "days", asked.days);
    let bucket = bucket(fields, asked.bucket);
    let zone = fields.text("time_zone", asked.time_zone, 100);
    let agents = if asked.agents.len() > AGENTS_MAX {
        fields.refuse("agents", "must have at most 100 entries")
    } else {
        fields.each("agents", asked.agents, |f, agent| f.id("", &agent))
    };
    let zone = zone.map(|zone| (!zone.is_empty()).then_some(zone));
    Some(AgentQuestion { shop: shop?, days: days?, bucket: bucket?, zone: zone?, agents: agents? })
}

/// The wire form of what agents did.
#[must_use]
pub fn render(figures: &Figures<AgentRow>) -> pb::GetAgentPerformanceResponse {
    let rows = figures.rows.iter().map(row).collect();
    pb::GetAgentPerformanceResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

fn row(row: &AgentRow) -> pb::AgentPerformance {
    let told = &row.told;
    let span = |span| Some(time::render_span(span));
    let score = row.quality.estimate();
    pb::AgentPerformance {
        days: range(row.days),
        agent: told.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
        present: span(told.present),
        away: span(told.away),
        working: span(told.working),
        idle: span(told.idle()),
        holding: span(told.holding),
        occupancy: Some(ratio(told.occupancy)),
        contacts: told.contacts,
        contacts_per_hour: Some(ratio(told.contacts_per_hour)),
        solved: told.solved,
        solved_per_hour: Some(ratio(told.solved_per_hour)),
        first_replies: told.first_replies,
        cases_held: told.cases_held,
        time_per_case: told.per_case().and_then(span),
        abandoned: told.abandoned,
        csat: rate(MatureRate { rate: told.csat(), mature: row.over }),
        score_count: row.quality.scores,
        mean_score: row.quality.mean(),
        mean_score_lower: score.map(|one| one.lower),
        mean_score_upper: score.map(|one| one.upper),
    }
}

fn ratio(ratio: Ratio) -> pb::AgentRatio {
    pb::AgentRatio {
        value: ratio.value,
        lower: ratio.interval.map(|(lower, _)| lower),
        upper: ratio.interval.map(|(_, upper)| upper),
    }
}
