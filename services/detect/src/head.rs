//! What the model listens for: one head for each thing it can hear.

use amends_domain::detection::{Flag, Reason};

use crate::cue::CUES;

/// Return intent, then the reasons, then the flags.
pub(crate) const HEADS: usize = 1 + Reason::ALL.len() + Flag::ALL.len();

/// One thing that can be heard, beside dissatisfaction itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Intent,
    Reason(Reason),
    Flag(Flag),
}

impl Topic {
    /// All of them, in the order of the model's lanes.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let reasons = Reason::ALL.iter().copied().map(Self::Reason);
        std::iter::once(Self::Intent).chain(reasons).chain(Flag::ALL.iter().copied().map(Self::Flag))
    }

    /// Its place among the model's lanes.
    pub(crate) const fn lane(self) -> usize {
        match self {
            Self::Intent => 0,
            Self::Reason(reason) => 1 + reason as usize,
            Self::Flag(flag) => 1 + Reason::ALL.len() + flag as usize,
        }
    }

    /// The word under which it stands in evidence and reports.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "RETURN_INTENT",
            Self::Reason(reason) => reason.as_str(),
            Self::Flag(flag) => flag.as_str(),
        }
    }
}

/// A set of them, as bits in the order of the model's lanes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Topics(u32);

impl Topics {
    pub(crate) const fn add(&mut self, topic: Topic) {
        self.0 |= 1 << topic.lane();
    }

    pub(crate) const fn has(self, topic: Topic) -> bool {
        self.0 & 1 << topic.lane() != 0
    }

    pub(crate) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

/// What a head knows beside its n-grams.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    /// The score of a text in which nothing is known.
    pub(crate) bias: f32,
    /// The weight of each cue.
    pub(crate) cues: [f32; CUES],
    /// From score to probability: the sigmoid of `slope · score + intercept`.
    pub(crate) slope: f32,
    /// See `slope`.
    pub(crate) intercept: f32,
    /// From this probability on it is said to be heard.
    pub(crate) threshold: f32,
}

/// No weight of a sound model is larger.
pub(crate) const WEIGHT_MAX: f32 = 1e4;

impl Default for Head {
    fn default() -> Self {
        Self { bias: 0.0, cues: [0.0; CUES], slope: 1.0, intercept: 0.0, threshold: 0.5 }
    }
}

impl Head {
    /// Whether its numbers are such as training gives; others would give no probabilities.
    pub(crate) fn is_sound(&self) -> bool {
        let numbers = [self.bias, self.slope, self.intercept];
        let is_small = |number: &f32| number.abs() <= WEIGHT_MAX;
        numbers.iter().chain(&self.cues).all(is_small) && (0.0..=1.0).contains(&self.threshold)
    }

    /// The score of a text: `ngrams` is the sum of its n-grams' weights, already scaled.
    pub(crate) fn score(&self, ngrams: f32, cues: &[f32; CUES]) -> f32 {
        let known: f32 = self.cues.iter().zip(cues).map(|(weight, cue)| weight * cue).sum();
        self.bias + ngrams + known
    }

    /// The probability that belongs to a score.
    pub(crate) fn probability(&self, score: f32) -> f32 {
        sigmoid(self.slope * score + self.intercept)
    }
}

/// Built from basic arithmetic alone, so that every machine gives the same bits.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

const LARGE: f32 = 12_582_912.0;

/// `e^x` by its binary exponent and a short series, to seven digits.
pub(crate) fn exp(x: f32) -> f32 {
    let x = x.clamp(-80.0, 80.0) * std::f32::consts::LOG2_E;
    // To the nearest whole number: there is no room for a fraction beside so large a one.
    let whole = (x + LARGE) - LARGE;
    let part = (x - whole) * std::f32::consts::LN_2;
    let series = 1.0
        + part
            * (1.0
                + part
                    * (0.5 + part * (1.0 / 6.0 + part * (1.0 / 24.0 + part * (1.0 / 120.0 + part / 720.0)))));
    // Within ±116 by the clamp, so that the exponent has room.
    let power = f32::from_bits((((whole as i32) + 127) as u32) << 23);
    series * power
}

/// The natural logarithm, from basic arithmetic as well: by its binary exponent and the series
/// of the inverse hyperbolic tangent.
pub(crate) fn ln(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    if !(x.is_normal() && x > 0.0) {
        return if x == 0.0 { f64::NEG_INFINITY } else { x };
    }
    let bits = x.to_bits();
    let (mut exponent, mut part) = ((bits >> 52) as i32 - 1023, f64::from_bits(bits & MANTISSA | 1023 << 52));
    if part > std::f64::consts::SQRT_2 {
        (exponent, part) = (exponent + 1, part / 2.0);
    }
    let s = (part - 1.0) / (part + 1.0);
    let (square, mut power, mut sum) = (s * s, s, 0.0);
    for odd in (1..30).step_by(2) {
        sum += power / f64::from(odd);
        power *= square;
    }
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_the_library_to_twelve_digits() {
        for step in 1..=4_000_i32 {
            let x = f64::from(step).powi(3) / 1e5;
            assert!((ln(x) - x.ln()).abs() < 1e-12 * x.ln().abs().max(1.0), "{x}");
        }
    }

    #[test]
    fn the_sigmoid_is_that_of_the_library_to_six_digits() {
        for step in -800..=800_i16 {
            let x = f32::from(step) / 20.0;
            let expect = 1.0 / (1.0 + f64::from(-x).exp());
            assert!((f64::from(sigmoid(x)) - expect).abs() < 1e-6, "{x}");
        }
    }

    #[test]
    fn every_reason_and_flag_has_a_head() {
        assert_eq!(Topic::all().count(), HEADS);
        assert!(Topic::all().enumerate().all(|(lane, topic)| topic.lane() == lane));
    }
}
