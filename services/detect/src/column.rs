//! Weights of hashed features for one thing alone, two of them in a byte: the table of
//! dissatisfaction has four million, and what fits into nearer caches is read sooner.

/// The sums of so many weights fit into sixteen bits.
const WEIGHTS_PER_SUM: usize = 512;
/// A weight is a signed level; it counts by its square, so that there are fine steps for
/// small weights and coarse ones for large.
const LEVEL_MAX: i16 = 7;
/// The step of weight nought.
const ZERO: u8 = 8;

/// A column of `2^bits` weights.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    bits: u32,
    pairs: Vec<u8>,
    /// What a level of one is worth.
    scale: f32,
}

impl Column {
    /// A column whose steps are read in their order; none if they end early or are no steps.
    pub(crate) fn read(bits: u32, scale: f32, mut read: impl FnMut(&mut [u8]) -> Option<()>) -> Option<Self> {
        let mut column = Self { bits, pairs: Vec::with_capacity(1 << bits >> 1), scale };
        let mut buffer = [0; 4_096];
        while column.pairs.len() < 1 << bits >> 1 {
            let left = (1 << bits) - 2 * column.pairs.len();
            let steps = buffer.get_mut(..left.min(4_096))?;
            read(steps)?;
            if !steps.iter().all(|step| (1..16).contains(step)) {
                return None;
            }
            column.pairs.extend(steps.as_chunks::<2>().0.iter().map(|[low, high]| low | high << 4));
        }
        Some(column)
    }

    /// The nearest steps to these weights: the largest takes the last, and what is nearly
    /// nothing is nothing.
    pub(crate) fn quantise(bits: u32, weights: impl Iterator<Item = f32> + Clone) -> Self {
        /// Beyond so many standard deviations weights are cut: a few giants would coarsen the rest.
        const CUT: f32 = 12.0;
        let used = weights.clone().filter(|weight| *weight != 0.0);
        let (count, squares) =
            used.fold((0_u32, 0.0_f64), |(n, s), w| (n + 1, s + f64::from(w) * f64::from(w)));
        let deviation = (squares / f64::from(count.max(1))).sqrt() as f32;
        let largest = weights.clone().fold(0.0_f32, |most, weight| most.max(weight.abs()));
        let most = largest.min(deviation * CUT);
        let levels = f32::from(LEVEL_MAX);
        let step = |weight: f32| {
            let share = if most > 0.0 { (weight.abs() / most).min(1.0) } else { 0.0 };
            let level = (share.sqrt() * levels).round() as i16;
            u8::try_from(i16::from(ZERO) + if weight < 0.0 { -level } else { level }).unwrap_or(ZERO)
        };
        let steps: Vec<u8> = weights.map(step).collect();
        let pairs = steps.as_chunks::<2>().0.iter().map(|[low, high]| low | high << 4).collect();
        Self { bits, pairs, scale: most / (levels * levels) }
    }

    pub(crate) const fn bits(&self) -> u32 {
        self.bits
    }

    pub(crate) const fn scale(&self) -> f32 {
        self.scale
    }

    /// All steps, in their order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = u8> {
        self.pairs.iter().flat_map(|pair| [pair & 15, pair >> 4])
    }

    /// The weight of a feature.
    pub(crate) fn weight(&self, feature: u32) -> f32 {
        f32::from(self.value(feature)) * self.scale
    }

    /// The weight at a place.
    pub(crate) fn weight_at(&self, place: usize) -> f32 {
        u32::try_from(place).map_or(0.0, |place| self.weight(place << (32 - self.bits)))
    }

    /// The weights of these features added up.
    pub(crate) fn sum(&self, features: &[u32]) -> f32 {
        let part = |features: &[u32]| features.iter().map(|feature| self.value(*feature)).sum::<i16>();
        let total: i32 = features.chunks(WEIGHTS_PER_SUM).map(|features| i32::from(part(features))).sum();
        total as f32 * self.scale
    }

    /// A feature names its weight by its high bits.
    #[inline]
    fn value(&self, feature: u32) -> i16 {
        let place = feature >> (32 - self.bits);
        let pair = self.pairs.get(place as usize / 2).copied().unwrap_or(ZERO << 4 | ZERO);
        let level = i16::from(pair >> (place % 2 * 4) & 15) - i16::from(ZERO);
        level * level.abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_many_weights_is_that_of_each() {
        let column = Column::quantise(4, (0..16_u8).map(|n| f32::from(n) - 8.0));
        let features: Vec<u32> = (0..2_000_u32).map(|n| (n % 16) << 28).collect();
        let expect: f32 = features.iter().map(|feature| column.weight(*feature)).sum();
        assert!((column.sum(&features) - expect).abs() < expect.abs() * 1e-4);
    }

    #[test]
    fn no_sum_of_the_largest_steps_overflows() {
        let column = Column::quantise(1, [1.0, -1.0].into_iter());
        for (feature, expect) in [(0, 100_000.0), (1 << 31, -100_000.0)] {
            assert!((column.sum(&[feature; 100_000]) - expect).abs() < 1.0);
        }
    }

    #[test]
    fn steps_keep_sign_and_size_of_a_weight_about_and_are_read_back() {
        let column = Column::quantise(2, [1.0, -0.5, 0.0, 0.1].into_iter());
        for (place, expect) in [(0_u32, 1.0), (1, -0.5), (2, 0.0), (3, 0.08)] {
            assert!((column.weight(place << 30) - expect).abs() < 0.04, "{expect}");
        }
        let mut steps = column.steps();
        let read = |into: &mut [u8]| {
            into.iter_mut().for_each(|step| *step = steps.next().unwrap_or(0));
            Some(())
        };
        assert_eq!(Column::read(2, column.scale(), read), Some(column.clone()));
        let no_steps = |into: &mut [u8]| {
            into.fill(0);
            Some(())
        };
        assert_eq!(Column::read(2, 1.0, no_steps), None);
    }
}
