//! What the learned order caused, and what another order would have: from sums, not from rows.

use super::adjust::Trend;
use super::moments::{Estimate, Moments};
use crate::rate::Rate;
use crate::statistics::difference;
use crate::statistics::tails::t_quantile;

/// Cases with the same treatment in one stratum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Arm {
    /// Of the cases, those whose return the channel counted within the window.
    pub counted: i64,
    /// What each cost: what was given, and the loss of a counted return.
    pub cost: Moments,
    /// What a return of each would lose, as it was known before anything was offered; in either order
    /// the same.
    pub loss: Moments,
    /// The sum of their products.
    pub cross: f64,
}

/// Cases of one channel and reason.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stratum {
    /// Those kept in the fixed order.
    pub holdout: Arm,
    /// Those with the learned order.
    pub treated: Arm,
}

/// What the learned order did beside the fixed one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Causal {
    /// Cases in the fixed order that were compared.
    pub holdout: i64,
    /// Cases in the learned order that were compared.
    pub treated: i64,
    /// Cases in the learned order in strata with fewer than two on either side: compared with nothing.
    pub left_out: i64,
    /// The counted rate in the holdout less that of the treated.
    pub rate: Option<Estimate>,
    /// That difference times the treated: returns avoided.
    pub avoided: Option<Estimate>,
    /// What a case cost less, in minor units.
    pub saving: Option<Estimate>,
    /// The same for all treated together.
    pub saved: Option<Estimate>,
}

/// The least cases of an arm for its stratum to be compared.
const ARM_MIN: i64 = 2;

/// Compares treated and holdout within each stratum, and weighs the strata as the treated fall on them.
///
/// With `w` a stratum's share of the treated, the difference is `Σ w·(holdout − treated)`. Of rates its
/// interval is Newcombe's over strata ([`difference::weighted`]). Of means it is Welch's
/// (Biometrika 34 (1947): 28–35), with the degrees of freedom of Satterthwaite over all strata.
///
/// Costs are compared less what the case's possible loss explains of them: dear and cheap cases fall on
/// both sides by chance, and with a few dear ones that chance would be most of the difference
/// (analysis of covariance: Cochran, Biometrics 13 (1957): 261–281). The loss is known with the first
/// suggestion and the same in either order, and both sides are judged by their own spread around the
/// line, so that it need not be true (Lin, Annals of Applied Statistics 7 (2013): 295–318).
#[must_use]
pub fn causal(strata: &[Stratum]) -> Causal {
    let enough = |s: &&Stratum| s.holdout.cost.n >= ARM_MIN && s.treated.cost.n >= ARM_MIN;
    let compared: Vec<Stratum> = strata.iter().filter(enough).copied().collect();
    let holdout = compared.iter().map(|s| s.holdout.cost.n).sum();
    let treated: i64 = compared.iter().map(|s| s.treated.cost.n).sum();
    let all: i64 = strata.iter().map(|s| s.treated.cost.n).sum();
    let left_out = all - treated;
    if treated == 0 {
        return Causal { left_out, ..Causal::default() };
    }
    let trend = Trend::through(&compared);
    let weigh = |s: &Stratum| s.treated.cost.n as f64 / treated as f64;
    let weighted: Vec<(f64, Stratum)> = compared.iter().map(|s| (weigh(s), trend.off(s))).collect();
    let rate = rate_difference(&weighted);
    let saving = mean_difference(&weighted, trend.growth);
    let total = |one: Estimate| one.times(treated as f64);
    Causal { holdout, treated, left_out, rate, avoided: rate.map(total), saving, saved: saving.map(total) }
}

/// See [`difference::weighted`].
fn rate_difference(strata: &[(f64, Stratum)]) -> Option<Estimate> {
    let rate = |arm: &Arm| Rate::of(arm.counted, arm.cost.n);
    difference::weighted(strata.iter().map(|(weight, s)| (*weight, rate(&s.holdout), rate(&s.treated))))
}

/// The weighted difference of means; variances are `growth` times what they seem.
fn mean_difference(strata: &[(f64, Stratum)], growth: f64) -> Option<Estimate> {
    let (mut value, mut variance, mut by_freedom) = (0.0, 0.0, 0.0);
    for (weight, stratum) in strata {
        value += weight * (stratum.holdout.cost.mean()? - stratum.treated.cost.mean()?);
        for arm in [stratum.holdout, stratum.treated] {
            let part = weight * weight * arm.cost.variance()? / arm.cost.n as f64;
            variance += part;
            by_freedom += part * part / (arm.cost.n - 1) as f64;
        }
    }
    let freedom = if by_freedom > 0.0 { variance * variance / by_freedom } else { 1.0 };
    Some(Estimate::around(value, t_quantile(freedom) * (variance * growth).sqrt()))
}

/// The difference of two means with Welch's interval; none of fewer than two on either side.
#[must_use]
pub fn welch(a: Moments, b: Moments) -> Option<Estimate> {
    let of = |cost: Moments| Arm { cost, ..Arm::default() };
    mean_difference(&[(1.0, Stratum { holdout: of(a), treated: of(b) })], Trend::FLAT.growth)
}

/// Sums over the cases of a stratum in which an alternative was allowed; `w` is 1/propensity where it came first,
/// else 0, and `y` is what the case cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weighted {
    /// Cases in which it came first.
    pub hits: i64,
    /// Σ w.
    pub w: f64,
    /// Σ w².
    pub ww: f64,
    /// Σ w·y.
    pub wy: f64,
    /// Σ w²·y.
    pub wwy: f64,
    /// Σ w²·y².
    pub wwyy: f64,
    /// What all of the cases cost, whatever came first.
    pub logged: Moments,
}

/// What it would have cost had one alternative always come first where it was allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OffPolicy {
    /// Cases in which it was allowed.
    pub allowed: i64,
    /// Of those, cases in which it came first.
    pub hits: i64,
    /// `(Σ w)² / Σ w²`: how many plain cases the weighted ones are worth.
    pub effective: f64,
    /// The mean cost by inverse propensity; none of too few.
    pub inverse: Option<Estimate>,
    /// The same, divided by the sum of weights instead of the number of cases.
    pub normalised: Option<Estimate>,
    /// What the same cases cost as they were.
    pub logged: Option<Estimate>,
}

/// Cases of a stratum in which an alternative came first for anything to be said of it.
const HITS_MIN: i64 = 20;

impl Weighted {
    /// `(Σ w)² / Σ w²`.
    fn effective(&self) -> f64 {
        if self.ww > 0.0 { self.w * self.w / self.ww } else { 0.0 }
    }

    /// The mean by inverse propensity and its variance.
    fn inverse(&self) -> (f64, f64) {
        let count = self.logged.n as f64;
        let mean = self.wy / count;
        (mean, (self.wwyy / count - mean * mean).max(0.0) / (count - 1.0))
    }

    /// The self-normalised mean and its variance.
    fn normalised(&self) -> (f64, f64) {
        let (mean, effective) = (self.wy / self.w, self.effective());
        let spread = (self.wwyy - 2.0 * mean * self.wwy + mean * mean * self.ww).max(0.0);
        (mean, spread / (self.w * self.w) * effective / (effective - 1.0))
    }
}

/// Estimates the policy "this one first, always" from cases in which it came first by a known chance,
/// stratum by stratum, each weighed by the cases in which it was allowed.
///
/// By inverse propensity: `Σ w·y / n` (Horvitz and Thompson, JASA 47 (1952): 663–685), without bias
/// whatever the outcomes are; divided by `Σ w` it is Hájek's, with a little bias and, where costs lie
/// far from zero, much less spread (Swaminathan and Joachims, NIPS 2015). Intervals are Student's
/// with Satterthwaite's degrees of freedom over the strata, each with one fewer than its effective
/// size. A stratum in which it was allowed and came first in fewer than twenty cases would be guessed
/// from the others: then nothing is said.
#[must_use]
pub fn off_policy(strata: &[Weighted]) -> OffPolicy {
    let strata: Vec<&Weighted> = strata.iter().filter(|s| s.logged.n > 0).collect();
    let logged = strata.iter().fold(Moments::default(), |sum, s| sum.and(s.logged));
    let sum = |of: fn(&Weighted) -> f64| strata.iter().map(|s| of(s)).sum::<f64>();
    let (w, ww) = (sum(|s| s.w), sum(|s| s.ww));
    let enough =
        !strata.is_empty() && strata.iter().all(|s| s.hits >= HITS_MIN && s.w > 0.0 && s.effective() > 1.5);
    let over = |of: fn(&Weighted) -> (f64, f64)| {
        let (mut value, mut variance, mut by_freedom) = (0.0, 0.0, 0.0);
        for stratum in &strata {
            let weight = stratum.logged.n as f64 / logged.n as f64;
            let (mean, own) = of(stratum);
            let part = weight * weight * own;
            value += weight * mean;
            variance += part;
            by_freedom += part * part / (stratum.effective() - 1.0);
        }
        let freedom = if by_freedom > 0.0 { variance * variance / by_freedom } else { 1.0 };
        Estimate::around(value, t_quantile(freedom) * variance.sqrt())
    };
    OffPolicy {
        allowed: logged.n,
        hits: strata.iter().map(|s| s.hits).sum(),
        effective: if ww > 0.0 { w * w / ww } else { 0.0 },
        inverse: enough.then(|| over(Weighted::inverse)),
        normalised: enough.then(|| over(Weighted::normalised)),
        logged: logged.estimate(),
    }
}
