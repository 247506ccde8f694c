//! How much was judged, and how it came out.

use crate::AgentId;
use crate::rate::Rate;
use crate::statistics::Estimate;
use crate::statistics::ratio::Sums;

/// What weeks of an agent add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Cases solved in them, each once per agent and week.
    pub solved: i64,
    /// Of these: drawn.
    pub sampled: i64,
    /// Of these: reviewed.
    pub reviewed: i64,
    /// Of these: disputed, decided or not.
    pub disputed: i64,
    /// Of those that were not: can still be.
    pub disputable: i64,
    /// Of those that were: not decided yet.
    pub undecided: i64,
    /// Disputes in which the review was upheld.
    pub upheld: i64,
    /// Scores that count, in hundredths: what is disputed and not decided is none.
    pub scores: i64,
    /// Their sum.
    pub sum: i64,
    /// The sum of their squares.
    pub squares: i64,
}

/// How much of the work of an agent was judged, and how it came out; of all agents together without a name.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityFigures {
    /// Whose.
    pub agent: Option<AgentId>,
    /// What it adds up to.
    pub counts: Counts,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            solved: self.solved + other.solved,
            sampled: self.sampled + other.sampled,
            reviewed: self.reviewed + other.reviewed,
            disputed: self.disputed + other.disputed,
            disputable: self.disputable + other.disputable,
            undecided: self.undecided + other.undecided,
            upheld: self.upheld + other.upheld,
            scores: self.scores + other.scores,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    /// Whether everything that was drawn was reviewed, and no review can or may still change.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.reviewed == self.sampled && self.undecided == 0 && self.disputable == 0
    }

    /// Drawn, of solved.
    #[must_use]
    pub fn sampled_share(&self) -> Rate {
        Rate::of(self.sampled, self.solved)
    }

    /// Reviewed, of drawn.
    #[must_use]
    pub fn reviewed_share(&self) -> Rate {
        Rate::of(self.reviewed, self.sampled)
    }

    /// Disputed, of reviewed.
    #[must_use]
    pub fn dispute_rate(&self) -> Rate {
        Rate::of(self.disputed, self.reviewed)
    }

    /// Upheld, of disputes that were decided.
    #[must_use]
    pub fn upheld_rate(&self) -> Rate {
        Rate::of(self.upheld, self.disputed - self.undecided)
    }

    /// The mean score, 0–100; none without a score.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.sums().ratio().map(|mean| mean / 100.0)
    }

    /// The mean with Student's interval, within 0–100; none of fewer than two scores.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        let within = |value: f64| value.clamp(0.0, 100.0);
        let one = self.sums().estimate()?.times(0.01);
        Some(Estimate { value: one.value, lower: within(one.lower), upper: within(one.upper) })
    }

    fn sums(&self) -> Sums {
        let (n, y, yy) = (i128::from(self.scores), i128::from(self.sum), i128::from(self.squares));
        Sums { groups: self.scores, n, y, nn: n, ny: y, yy }
    }
}
