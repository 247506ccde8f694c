//! Weights of hashed features: small numbers in rows, one lane for each thing they weigh for.

/// Sums of this many rows of bytes fit into sixteen bits.
const ROWS_PER_SUM: usize = 256;
/// Weight nought: rows hold unsigned bytes, so that adding them up needs no sign.
const ZERO: u8 = 128;

/// A table of `2^bits` rows of `L` weights.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table<const L: usize> {
    bits: u32,
    rows: Vec<[u8; L]>,
    /// What one step of each lane is worth.
    scales: [f32; L],
}

impl<const L: usize> Table<L> {
    /// A table in which nothing weighs anything.
    pub(crate) fn empty(bits: u32) -> Self {
        Self { bits, rows: vec![[ZERO; L]; 1 << bits], scales: [0.0; L] }
    }

    /// A table whose steps are read lane by lane; none if they end early.
    pub(crate) fn read_lanes(
        bits: u32,
        scales: [f32; L],
        mut read: impl FnMut(&mut [u8]) -> Option<()>,
    ) -> Option<Self> {
        let mut table = Self { scales, ..Self::empty(bits) };
        let mut column = [0; 4_096];
        for lane in 0..L {
            for rows in table.rows.chunks_mut(column.len()) {
                let column = column.get_mut(..rows.len())?;
                read(column)?;
                for (row, step) in rows.iter_mut().zip(column) {
                    *row.get_mut(lane)? = *step;
                }
            }
        }
        Some(table)
    }

    pub(crate) const fn bits(&self) -> u32 {
        self.bits
    }

    pub(crate) const fn scales(&self) -> &[f32; L] {
        &self.scales
    }

    /// All steps, row by row.
    pub(crate) fn steps(&self) -> &[u8] {
        self.rows.as_flattened()
    }

    /// The weight of one lane of a row.
    pub(crate) fn weight(&self, row: usize, lane: usize) -> f32 {
        let step = self.rows.get(row).and_then(|row| row.get(lane)).copied().unwrap_or(ZERO);
        let scale = self.scales.get(lane).copied().unwrap_or(0.0);
        (f32::from(step) - f32::from(ZERO)) * scale
    }

    /// Reads a byte of each row. The table is larger than the nearest caches; a loop as short
    /// as this has many rows on their way at once, the one that adds them up only a few.
    fn touch(&self, features: &[u32]) {
        let first = |feature: &u32| self.rows.get(row(*feature, self.bits)).and_then(|row| row.first());
        let sum: u32 = features.iter().map(|feature| first(feature).map_or(0, |step| u32::from(*step))).sum();
        std::hint::black_box(sum);
    }

    /// The weights of these features added up: each names its row by its high bits.
    pub(crate) fn sum(&self, features: &[u32]) -> [f32; L] {
        let mut totals = [0_i32; L];
        for features in features.chunks(ROWS_PER_SUM) {
            self.touch(features);
            let mut part = [0_u16; L];
            for feature in features {
                if let Some(row) = self.rows.get(row(*feature, self.bits)) {
                    for (sum, step) in part.iter_mut().zip(row) {
                        *sum += u16::from(*step);
                    }
                }
            }
            totals.iter_mut().zip(part).for_each(|(total, part)| *total += i32::from(part));
        }
        // Every row holds steps that count from the middle.
        let nought = i32::try_from(features.len()).unwrap_or(i32::MAX).saturating_mul(i32::from(ZERO));
        let mut sums = [0.0; L];
        for ((sum, total), scale) in sums.iter_mut().zip(totals).zip(&self.scales) {
            *sum = total.saturating_sub(nought) as f32 * scale;
        }
        sums
    }
}

/// The row of a feature in a table of `2^bits` rows.
#[inline]
pub(crate) const fn row(feature: u32, bits: u32) -> usize {
    (feature >> (32 - bits)) as usize
}

/// Steps for weights: a lane's largest weight takes the last step, small weights share few
/// steps (so that they pack well), and what is nearly nothing is nothing.
pub(crate) fn quantise<const L: usize>(bits: u32, weights: &[[f32; L]]) -> Table<L> {
    const LEVELS: f32 = 7.0;
    const STEPS: f32 = 127.0;
    /// Beyond so many standard deviations weights are cut: a few giants would coarsen the rest.
    const CUT: f32 = 12.0;
    let mut table = Table::empty(bits);
    let mut most = [0.0_f32; L];
    for (lane, most) in most.iter_mut().enumerate() {
        let lane_of = |row: &[f32; L]| row.get(lane).copied().unwrap_or(0.0);
        let used = weights.iter().map(lane_of).filter(|w| *w != 0.0);
        let (count, squares) =
            used.fold((0_u32, 0.0_f64), |(n, s), w| (n + 1, s + f64::from(w) * f64::from(w)));
        let deviation = (squares / f64::from(count.max(1))).sqrt() as f32;
        let largest = weights.iter().map(lane_of).fold(0.0_f32, |most, w| most.max(w.abs()));
        *most = largest.min(deviation * CUT);
    }
    for (scale, most) in table.scales.iter_mut().zip(most) {
        *scale = most / STEPS;
    }
    for (row, weights) in table.rows.iter_mut().zip(weights) {
        for ((step, weight), most) in row.iter_mut().zip(weights).zip(most) {
            if most > 0.0 {
                let share = (weight.abs() / most).min(1.0);
                let level = (share.sqrt() * LEVELS).round() / LEVELS;
                let size = (level * level * STEPS).round() as i16;
                let signed = if *weight < 0.0 { -size } else { size };
                *step = u8::try_from(i16::from(ZERO) + signed).unwrap_or(ZERO);
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_many_rows_is_that_of_their_weights() {
        let weights: Vec<[f32; 2]> = (0..16_u8).map(|n| [f32::from(n) - 8.0, f32::from(n) * 0.01]).collect();
        let table = quantise(4, &weights);
        let mut expect = [0.0_f32; 2];
        let features: Vec<u32> = (0..2_000_u32).map(|n| (n % 16) << 28).collect();
        for feature in &features {
            expect.iter_mut().enumerate().for_each(|(lane, e)| *e += table.weight(row(*feature, 4), lane));
        }
        let sums = table.sum(&features);
        for (sum, expect) in sums.iter().zip(expect) {
            assert!((sum - expect).abs() <= expect.abs() * 1e-3 + 1e-2, "{sums:?} {expect}");
        }
    }

    #[test]
    fn no_sum_of_the_largest_steps_overflows() {
        let table = quantise(1, &[[1.0], [-1.0]]);
        for (feature, expect) in [(0, 100_000.0), (1 << 31, -100_000.0)] {
            let [sum] = table.sum(&[feature; 100_000]);
            assert!((sum - expect).abs() < 1.0, "{sum}");
        }
    }

    #[test]
    fn steps_keep_sign_and_size_of_a_weight_about() {
        let table = quantise(1, &[[1.0], [-0.5]]);
        assert!((table.weight(0, 0) - 1.0).abs() < 0.01);
        assert!((table.weight(1, 0) + 0.5).abs() < 0.06);
    }
}
