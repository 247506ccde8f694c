//! What buyers answered: satisfaction and recommendation.

use super::{Estimate, Z};
use crate::rate::Rate;

/// Satisfaction: who gave 4 or 5 of 5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Csat {
    /// Those among the answers.
    pub satisfied: Rate,
    /// Answers among those asked.
    pub response: Rate,
}

/// Satisfaction from how many gave 1, 2, 3, 4 and 5, and how many were asked; with Wilson's intervals, see
/// [`Rate`].
#[must_use]
pub fn csat(scores: [u64; 5], asked: u64) -> Csat {
    let answered = scores.iter().sum::<u64>();
    let [.., four, five] = scores;
    let rate = |a: u64, b: u64| Rate::of(a.try_into().unwrap_or(i64::MAX), b.try_into().unwrap_or(i64::MAX));
    Csat { satisfied: rate(four + five, answered), response: rate(answered, asked) }
}

/// Answers to "would you recommend us", 0 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nps {
    /// 9 and 10.
    pub promoters: u64,
    /// 7 and 8.
    pub passives: u64,
    /// 0 to 6.
    pub detractors: u64,
}

impl Nps {
    /// From how many gave 0, 1 … 10.
    #[must_use]
    pub fn of(scores: [u64; 11]) -> Self {
        let [low @ .., seven, eight, nine, ten] = scores;
        Self { promoters: nine + ten, passives: seven + eight, detractors: low.iter().sum() }
    }

    /// How many answered.
    #[must_use]
    pub const fn answers(self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// The share of promoters less that of detractors, −1 to 1 (often told times 100); none of nothing.
    #[must_use]
    pub fn score(self) -> Option<f64> {
        let n = self.answers() as f64;
        (n > 0.0).then(|| (self.promoters as f64 - self.detractors as f64) / n)
    }

    /// The score's variance, `(p + d − (p − d)²)/n`, that of a difference of two shares of one
    /// multinomial sample; none of nothing.
    #[must_use]
    pub fn variance(self) -> Option<f64> {
        let n = self.answers() as f64;
        Some(spread(self.promoters as f64, self.detractors as f64, n)).filter(|_| n > 0.0)
    }

    /// The score with its interval; none of nothing.
    ///
    /// The adjusted Wald interval: with three more answers, ¾ of them promoters and ¾ detractors, it is the
    /// score's plain one, cut off at −1 and 1. Rocks, "Interval estimation for the 'Net Promoter
    /// Score'", The American Statistician 70 (2016): 365–372, found it right where the plain one is too
    /// narrow: with few answers, and where all say the same, of whom the plain one is sure. Of a single
    /// answer it is widened to hold the score.
    #[must_use]
    pub fn estimate(self) -> Option<Estimate> {
        let value = self.score()?;
        let n = self.answers() as f64 + 3.0;
        let (promoters, detractors) = (self.promoters as f64 + 0.75, self.detractors as f64 + 0.75);
        let (centre, half) = ((promoters - detractors) / n, Z * spread(promoters, detractors, n).sqrt());
        let (lower, upper) = ((centre - half).max(-1.0), (centre + half).min(1.0));
        Some(Estimate { value, lower: lower.min(value), upper: upper.max(value) })
    }
}

fn spread(promoters: f64, detractors: f64, n: f64) -> f64 {
    let (p, d) = (promoters / n, detractors / n);
    ((p + d - (p - d).powi(2)) / n).max(0.0)
}
