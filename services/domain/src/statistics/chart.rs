//! Control charts of shares: whether a week differs from what was usual by more than chance.

use super::tails::{NORMAL_FROM, at_least, at_most, least, normal_below};
use crate::rate::wilson;

/// So many of so many, in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sample {
    /// How many; at most `size`.
    pub count: u64,
    /// Of how many.
    pub size: u64,
}

/// Between which shares a period is as it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// A share below it is a signal.
    pub lower: f64,
    /// A share above it is a signal.
    pub upper: f64,
    /// Whether they were counted out instead of being three standard deviations away.
    pub exact: bool,
}

/// How a period is beside the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing can be said: a period or base of nothing, or no share of a whole.
    Unknown,
    /// Within the limits.
    Within,
    /// Above the upper one.
    Above,
    /// Below the lower one.
    Below,
}

/// What stands of a series of periods: a signal is raised once, and again only after a period within the
/// limits, or on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alarm {
    /// No signal stands.
    #[default]
    Quiet,
    /// One above stands.
    Above,
    /// One below stands.
    Below,
}

/// A period with its verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The period.
    pub sample: Sample,
    /// Its limits; none where nothing can be said.
    pub limits: Option<Limits>,
    /// How it is beside the base.
    pub verdict: Verdict,
    /// How many times the base's share its own is, 3 for "tripled"; none of a base without any.
    pub factor: Option<f64>,
    /// Whether a signal is raised by it: it differs, and no signal of that side stands from before.
    pub raised: bool,
}

/// The periods from which it is known what is usual, added up.
///
/// Periods in which something was wrong belong out of it: they widen the limits. One event in a
/// period can be beyond them where hardly any are expected; whoever makes an incident of a signal asks for
/// more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Base(Sample);

impl Sample {
    /// Its share; none of nothing, or where it is none of a whole.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.size > 0 && self.count <= self.size).then(|| self.count as f64 / self.size as f64)
    }
}

impl Alarm {
    /// What stands after one more period. One of which nothing can be said changes nothing.
    #[must_use]
    pub const fn after(self, verdict: Verdict) -> Self {
        match verdict {
            Verdict::Unknown => self,
            Verdict::Within => Self::Quiet,
            Verdict::Above => Self::Above,
            Verdict::Below => Self::Below,
        }
    }

    /// Whether a period raises a signal, with what stood before it.
    #[must_use]
    pub const fn raised_by(self, verdict: Verdict) -> bool {
        matches!(
            (self, verdict),
            (Self::Quiet | Self::Below, Verdict::Above) | (Self::Quiet | Self::Above, Verdict::Below)
        )
    }
}

impl Base {
    /// Of these periods; those that are no share of a whole are left out.
    #[must_use]
    pub fn of(samples: impl IntoIterator<Item = Sample>) -> Self {
        let samples = samples.into_iter().filter(|sample| sample.share().is_some());
        Self(samples.fold(Sample::default(), |sum, sample| Sample {
            count: sum.count + sample.count,
            size: sum.size + sample.size,
        }))
    }

    /// The centre line, `p̄ = Σ count / Σ size`; none of nothing.
    #[must_use]
    pub fn centre(self) -> Option<f64> {
        self.0.share()
    }

    /// The limits of a period of so many; none of a base or a period of nothing.
    ///
    /// Where many are expected these are [`three_sigma`]'s. Where `n·p̄·(1−p̄)` is below [`NORMAL_FROM`] they
    /// are counted out: a share is beyond them if, with the chance `p̄`, one as far out would come as
    /// seldom as a normal number beyond three deviations, 0.00135 on each side
    /// ([`at_least`], [`at_most`]). Complaints about one article in one week are few, and three deviations
    /// would raise a signal every month by chance. Where the base has none at all, that is not the chance:
    /// then it is the most it could be, Wilson's upper bound (the lower one where it has nothing else).
    #[must_use]
    pub fn limits(self, size: u64) -> Option<Limits> {
        let centre = self.centre().filter(|_| size > 0)?;
        let chance = if centre <= 0.0 {
            wilson(centre, self.0.size as f64).1
        } else if centre >= 1.0 {
            wilson(centre, self.0.size as f64).0
        } else {
            centre
        };
        if size as f64 * chance * (1.0 - chance) >= NORMAL_FROM {
            return Some(three_sigma(chance, size));
        }
        let seldom = normal_below(-3.0);
        // The last count that is not yet too many, and the first that is not too few.
        let upper = least(size, |count| at_least(count + 1, size, chance) <= seldom);
        let lower = least(size, |count| at_most(count, size, chance) > seldom);
        let share = |count: u64| count as f64 / size as f64;
        Some(Limits { lower: share(lower), upper: share(upper), exact: true })
    }

    /// How one period is beside the base, with what stands from before.
    #[must_use]
    pub fn judge(self, sample: Sample, before: Alarm) -> Judged {
        let share = sample.share();
        let limits = share.and(self.limits(sample.size));
        let verdict = match (share, limits) {
            (Some(share), Some(limits)) if share > limits.upper => Verdict::Above,
            (Some(share), Some(limits)) if share < limits.lower => Verdict::Below,
            (Some(_), Some(_)) => Verdict::Within,
            _ => Verdict::Unknown,
        };
        let factor = share.zip(self.centre().filter(|centre| *centre > 0.0)).map(|(own, usual)| own / usual);
        Judged { sample, limits, verdict, factor, raised: before.raised_by(verdict) }
    }

    /// A series of periods, one after the other, beginning with nothing standing.
    #[must_use]
    pub fn chart(self, series: impl IntoIterator<Item = Sample>) -> Vec<Judged> {
        let mut alarm = Alarm::default();
        let judge = |sample| {
            let judged = self.judge(sample, alarm);
            alarm = alarm.after(judged.verdict);
            judged
        };
        series.into_iter().map(judge).collect()
    }
}

/// The limits of a p-chart, `p ± 3·√(p·(1 − p)/n)`, cut off at 0 and 1.
///
/// Shewhart, Economic Control of Quality of Manufactured Product (1931); Montgomery, Introduction to
/// Statistical Quality Control, §7.2 ("control charts for fraction nonconforming"; with `n` that varies,
/// each period has limits of its own).
#[must_use]
pub fn three_sigma(centre: f64, size: u64) -> Limits {
    let half = 3.0 * (centre * (1.0 - centre) / size as f64).sqrt();
    Limits { lower: (centre - half).max(0.0), upper: (centre + half).min(1.0), exact: false }
}
