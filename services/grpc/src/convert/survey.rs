//! What buyers say of the help.

use amends_app::case::SurveyView;
use amends_domain::event::Event;
use amends_domain::signal::SurveyKind;
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::{Word as _, time};

/// Up to which score a buyer was not content.
const fn unhappy_max(kind: SurveyKind) -> u8 {
    match kind {
        SurveyKind::Csat => 2,
        SurveyKind::Nps => 6,
    }
}

/// The wire form of an answer.
pub fn render(view: &SurveyView) -> pb::SurveyAnswer {
    let row = &view.survey;
    pb::SurveyAnswer {
        survey_id: row.survey.to_string(),
        kind: row.kind.number(),
        score: i32::from(row.score),
        comment: view.comment.clone().unwrap_or_default(),
        solution: number(row.solution),
        occur_time: Some(time::render(row.occurred_at)),
        unhappy: row.score <= unhappy_max(row.kind),
    }
}

/// That one was given, or may be asked for.
pub fn entry(event: &Event) -> Option<Entry> {
    Some(match event {
        Event::SurveyAnswered { score, asked, solution } => Entry::SurveyAnswered(pb::SurveyStep {
            kind: asked.parse::<SurveyKind>().map_or(0, SurveyKind::number),
            score: i32::from(*score),
            solution: number(*solution),
        }),
        Event::SatisfactionDue { solution, outcome, order } => Entry::SatisfactionDue(pb::SatisfactionDue {
            solution: number(Some(*solution)),
            outcome: outcome.number(),
            order_id: order.as_ref().map(ToString::to_string).unwrap_or_default(),
        }),
        _ => return None,
    })
}

fn number(solution: Option<u32>) -> i32 {
    solution.map_or(0, |number| i32::try_from(number).unwrap_or(i32::MAX))
}
