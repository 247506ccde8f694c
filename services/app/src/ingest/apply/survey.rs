//! A survey was answered.

use amends_domain::event::Event;
use amends_domain::signal::SurveySignal;
use amends_store::survey::SurveyRow;
use amends_store::text::{TextOwner, TextRow};

use crate::error::{Violation, Why};
use crate::ingest::refused;
use crate::ingest::world::{Effect, Now, World};

impl World {
    pub(in crate::ingest) fn take_survey(
        &mut self,
        at: Now<'_>,
        seen: &SurveySignal,
    ) -> Result<Effect, Violation> {
        let shop = at.info.shop.id.clone();
        if let Some(case) = seen.case
            && !self.cases.by_id.contains_key(&(shop.clone(), case))
        {
            return Err(refused("survey.case", "there is no such case in this shop", Why::Unknown));
        }
        if !seen.comment.is_empty() {
            self.out.texts.push(TextRow {
                shop: shop.clone(),
                owner: TextOwner::Survey,
                id: seen.survey.to_string(),
                buyer: None,
                body: seen.comment.clone(),
            });
        }
        self.out.surveys.push(SurveyRow {
            shop,
            survey: seen.survey.clone(),
            case: seen.case,
            order: seen.order.clone(),
            kind: seen.kind,
            score: seen.score,
            occurred_at: at.signal.occurred_at,
        });
        if seen.case.is_some() {
            let event = Event::SurveyAnswered { score: seen.score, asked: seen.kind.to_string() };
            self.happened(at, seen.case, event);
        }
        Ok(Effect { case: seen.case, opened: false })
    }
}
