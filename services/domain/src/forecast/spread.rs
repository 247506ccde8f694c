//! From a mean and a variance of counts to an interval.

/// Above this standard deviation, steps of one count are too fine to be counted through.
const COUNTED: f64 = 200.0;

/// From where to where a count lies with a probability, the rest half below and half above: of a negative
/// binomial with that mean and variance, or of a Poisson where the variance is no larger than the mean.
pub(super) fn between(mean: f64, variance: f64, inside: f64) -> (u64, u64) {
    let tail = (1.0 - inside) / 2.0;
    if variance.sqrt() > COUNTED {
        let (low, high) = (smooth(mean, variance, -normal(inside)), smooth(mean, variance, normal(inside)));
        return (low.floor() as u64, high.ceil() as u64);
    }
    let weights = weights(mean, variance);
    let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let reach = |share: f64| {
        let mut sum = 0.0;
        let found = weights.iter().find(|(_, weight)| {
            sum += weight;
            sum >= share * total
        });
        found.or(weights.last()).map_or(0, |(count, _)| *count)
    };
    (reach(tail), reach(1.0 - tail))
}

/// Each count that is not next to impossible, in order, with a number in proportion to its probability.
///
/// Beginning at the likeliest and going up and down by the ratio of neighbours, nothing has to be
/// worked out that is too small for a float.
fn weights(mean: f64, variance: f64) -> Vec<(u64, f64)> {
    let size = if variance > mean * (1.0 + 1e-9) { mean * mean / (variance - mean) } else { f64::INFINITY };
    // What the next count weighs beside this one.
    let ratio = |count: u64| {
        let count = count as f64;
        if size.is_finite() {
            (count + size) / (count + 1.0) * (mean / (mean + size))
        } else {
            mean / (count + 1.0)
        }
    };
    let mode = if size.is_finite() { mean * (size - 1.0).max(0.0) / size } else { mean }.floor() as u64;
    let mut down = Vec::new();
    let (mut count, mut weight) = (mode, 1.0);
    while count > 0 && weight > 1e-12 {
        count -= 1;
        weight /= ratio(count);
        down.push((count, weight));
    }
    down.reverse();
    down.push((mode, 1.0));
    let (mut count, mut weight) = (mode, 1.0);
    while weight > 1e-9 {
        weight *= ratio(count);
        count += 1;
        down.push((count, weight));
    }
    down
}

/// A quantile of a gamma distribution with that mean and variance, by its cube root, which is nearly
/// normal (E. B. Wilson and M. M. Hilferty, Proceedings of the National Academy of Sciences 17 (1931):
/// 684–688).
fn smooth(mean: f64, variance: f64, z: f64) -> f64 {
    let ninth = variance / (mean * mean) / 9.0;
    mean * (1.0 - ninth + z * ninth.sqrt()).max(0.0).powi(3)
}

/// z of the two intervals there are.
const fn normal(inside: f64) -> f64 {
    if inside < 0.9 { 1.281_551_565_544_6 } else { 1.959_963_984_540_054 }
}
