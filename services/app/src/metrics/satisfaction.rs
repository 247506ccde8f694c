//! What buyers said.

use amends_domain::Span;
use amends_domain::rate::Rate;
use amends_domain::statistics::Estimate;
use amends_domain::statistics::survey::{Nps, csat};
use amends_domain::tally::{Family, Measure};

use super::ask::Piece;
use super::bucket::{Days, Sums};
use super::{Figures, Key, MatureRate, Question, keep};
use crate::app::App;
use crate::call::Principal;
use crate::error::Result;

/// For so long after a solution its answers are waited for, before the share that came counts as mature.
const ANSWERS_WITHIN: Span = Span::from_days(30);

const SCORES: [Measure; 5] = [Measure::Csat1, Measure::Csat2, Measure::Csat3, Measure::Csat4, Measure::Csat5];

/// What buyers said in one cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct SatisfactionRow {
    /// The days of the cohort.
    pub days: Days,
    /// The values it is about; empty if there is no split.
    pub key: Key,
    /// 4 and 5, of 1 to 5.
    pub csat: MatureRate,
    /// How many answered 1, 2, 3, 4 and 5.
    pub scores: [u64; 5],
    /// Whether buyers would recommend the shop.
    pub nps: Recommended,
    /// Surveys that were answered, of those due.
    pub response: MatureRate,
}

/// Answers to whether they would, with the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recommended {
    /// The answers.
    pub answers: Nps,
    /// The score with its interval; none of nothing.
    pub score: Option<Estimate>,
    /// Whether the days are over.
    pub mature: bool,
}

impl App {
    /// What buyers answered to surveys; cohort by the day of the answer.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn satisfaction(
        &self,
        principal: &Principal,
        question: &Question,
    ) -> Result<Figures<SatisfactionRow>> {
        let (pieces, closing) = self.pieces(principal, question, Family::Answer).await?;
        let rows = pieces.into_iter().map(|Piece { days, key, sums, group }| {
            let past = |since| closing.is_past(group, days, since);
            row((days, key), &sums, past(Span::ZERO), past(ANSWERS_WITHIN))
        });
        let has_members = |row: &SatisfactionRow| {
            row.csat.rate.denominator > 0
                || row.nps.answers.answers() > 0
                || row.response.rate.denominator > 0
        };
        Ok(Figures { rows: keep(rows, question, has_members), as_of: closing.now() })
    }
}

fn row((days, key): (Days, Key), sums: &Sums, over: bool, answered: bool) -> SatisfactionRow {
    let number = |measure| u64::try_from(sums.get(measure)).unwrap_or(0);
    let scores = SCORES.map(number);
    let (promoters, passives) = (number(Measure::Promoters), number(Measure::Passives));
    let answers = Nps { promoters, passives, detractors: number(Measure::Detractors) };
    let response = Rate::of(sums.get(Measure::SurveysAnswered), sums.get(Measure::SurveysDue));
    SatisfactionRow {
        days,
        key,
        csat: MatureRate { rate: csat(scores, 0).satisfied, mature: over },
        scores,
        nps: Recommended { answers, score: answers.estimate(), mature: over },
        response: MatureRate { rate: response, mature: answered },
    }
}
