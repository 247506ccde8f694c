//! A survey was answered.

use amends_domain::case::Handling;
use amends_domain::event::Event;
use amends_domain::remedy::RemedyKind;
use amends_domain::signal::{SurveyKind, SurveySignal};
use amends_domain::{CaseId, ShopId, Time};
use amends_store::survey::SurveyRow;
use amends_store::text::{TextOwner, TextRow};

use crate::course::of_survey;
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
        let key = (shop.clone(), seen.survey.clone());
        if self.judged.contains(&key) {
            return Ok(self.told_again(&shop, seen));
        }
        let solution = self.solution(&shop, seen)?;
        self.judged.insert(key);
        if !seen.comment.is_empty() {
            self.out.texts.push(TextRow {
                shop: shop.clone(),
                owner: TextOwner::Survey,
                id: seen.survey.to_string(),
                buyer: None,
                body: seen.comment.clone(),
            });
        }
        let remedy = self.judges(&shop, seen, at.signal.occurred_at);
        let about = seen.case.map(|case| (shop.clone(), case));
        let row = SurveyRow {
            shop,
            survey: seen.survey.clone(),
            case: seen.case,
            order: seen.order.clone(),
            kind: seen.kind,
            score: seen.score,
            // What a clock that is ahead says is now.
            occurred_at: at.signal.occurred_at.min(at.now),
            solution,
            remedy,
        };
        self.out.surveys.push(row.clone());
        if let Some(about) = about {
            self.surveys.entry(about).or_default().push(row.clone());
            let asked = seen.kind.to_string();
            self.happened(at, seen.case, Event::SurveyAnswered { score: seen.score, asked, solution });
        } else {
            self.out.said.push((row.shop.clone(), of_survey(at.info, &row)));
        }
        Ok(Effect { case: seen.case, opened: false })
    }

    /// The same answer in another signal: nothing of it is new, whatever case that names.
    fn told_again(&self, shop: &ShopId, seen: &SurveySignal) -> Effect {
        let is_of = |case: &CaseId| {
            let answers = self.surveys.get(&(shop.clone(), *case));
            answers.is_some_and(|answers| answers.iter().any(|one| one.survey == seen.survey))
        };
        Effect { case: seen.case.filter(is_of), opened: false }
    }

    /// What the buyer had been given when they judged the solution: what they accepted last.
    fn judges(&self, shop: &ShopId, seen: &SurveySignal, at: Time) -> Option<RemedyKind> {
        let case = seen.case.filter(|_| seen.kind == SurveyKind::Csat)?;
        let remedies = self.remedies.get(&(shop.clone(), case)).into_iter().flatten();
        let accepted = remedies.filter(|r| r.state.stage().is_accepted() && r.proposed_at <= at);
        accepted.max_by_key(|r| (r.proposed_at, r.id)).map(|r| r.kind)
    }

    /// Which solution of its case an answer judges; none for an answer about no case.
    ///
    /// A case that is closed is judged as well, because answers come late: nothing of the case
    /// itself changes. One that is merged has no solution of its own any more.
    fn solution(&self, shop: &ShopId, seen: &SurveySignal) -> Result<Option<u32>, Violation> {
        let Some(id) = seen.case else { return Ok(None) };
        let key = (shop.clone(), id);
        let place = self.cases.by_id.get(&key).and_then(|place| self.cases.get(*place));
        let unknown = || refused("survey.case", "there is no such case in this shop", Why::Unknown);
        let case = &place.ok_or_else(unknown)?.case;
        if let Handling::Merged { into, .. } = case.handling {
            let problem = format!("the case was merged into {into}; name that one");
            return Err(refused("survey.case", problem, Why::Unknown));
        }
        if case.solutions == 0 {
            let problem = "the case was never solved, so there is nothing to be satisfied with";
            return Err(refused("survey.case", problem, Why::Unsolved));
        }
        let solution = seen.solution.unwrap_or(case.solutions);
        if !(1..=case.solutions).contains(&solution) {
            let problem = format!("the case was solved {} times", case.solutions);
            return Err(refused("survey.solution", problem, Why::Unsolved));
        }
        let same = |one: &SurveyRow| one.kind == SurveyKind::Csat && one.solution == Some(solution);
        let mut others = self.surveys.get(&key).into_iter().flatten().filter(|one| one.survey != seen.survey);
        if seen.kind == SurveyKind::Csat && others.any(same) {
            let problem =
                format!("solution {solution} of the case was judged before; the first answer stands");
            return Err(refused("survey.solution", problem, Why::Answered));
        }
        Ok(Some(solution))
    }
}
