//! Formulas as docs/statistics.md prints them, over plain lists.

/// The normal quantile of 95 %, both sides.
const Z: f64 = 1.959_963_984_540_054;

/// A value with the ends of its interval.
pub type Ends = (f64, f64, f64);

/// Wilson's interval of a share of so many.
fn wilson_of(p: f64, n: f64) -> (f64, f64) {
    let middle = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (((middle - spread) / whole).max(0.0), ((middle + spread) / whole).min(1.0))
}

/// Wilson's interval at 95 %.
#[must_use]
pub fn wilson(numerator: i64, denominator: i64) -> Option<(f64, f64)> {
    let sound = denominator > 0 && (0..=denominator).contains(&numerator);
    sound.then(|| wilson_of(numerator as f64 / denominator as f64, denominator as f64))
}

/// A length of time as it is told: the middle of its range.
#[must_use]
pub fn told(millis: i64) -> i64 {
    let mut width = 1;
    // Every doubling from 128 on has 64 ranges.
    while millis >= 128 * width {
        width *= 2;
    }
    millis - millis % width + (width - 1) / 2
}

/// The share of all outcomes in which at most so many of `n` happen, each with probability `p`.
fn at_most(count: i64, n: i64, p: f64) -> f64 {
    let (mut one, mut sum) = ((1.0 - p).powi(n as i32), 0.0);
    for k in 0..=count {
        sum += one;
        one *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
    }
    sum
}

/// The p-th percentile of these with its interval, each as it is told; ends that too few leave open are none.
#[must_use]
pub fn quantile(times: &[i64], percent: i64) -> (Option<i64>, Option<i64>, Option<i64>) {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let n = sorted.len() as i64;
    let ranked = |rank: i64| usize::try_from(rank - 1).ok().and_then(|at| sorted.get(at)).map(|t| told(*t));
    if n == 0 {
        return (None, None, None);
    }
    let p = percent as f64 / 100.0;
    let (mut low, mut high) = (0, n + 1);
    if n as f64 * p * (1.0 - p) < 25.0 {
        // Below the lower rank there are fewer than so many in 2.5 % of all cases, and as few above the upper.
        while low < n && at_most(low, n, p) <= 0.025 {
            low += 1;
        }
        while high > 1 && 1.0 - at_most(high - 2, n, p) <= 0.025 {
            high -= 1;
        }
    } else {
        let (l, u) = wilson_of(p, n as f64);
        (low, high) = ((l * n as f64) as i64, (u * n as f64) as i64 + 1);
    }
    (ranked((n * percent + 99) / 100), ranked(low), ranked(high))
}

/// Promoters less detractors with the adjusted Wald interval.
#[must_use]
pub fn nps(promoters: i64, passives: i64, detractors: i64) -> Option<Ends> {
    let n = (promoters + passives + detractors) as f64;
    if n <= 0.0 {
        return None;
    }
    let (more, p, d) = (n + 3.0, promoters as f64 + 0.75, detractors as f64 + 0.75);
    let middle = (p - d) / more;
    let spread = Z * (((p + d) / more - middle * middle) / more).sqrt();
    let value = (promoters - detractors) as f64 / n;
    // Of a single answer it is widened to hold the score.
    Some((value, (middle - spread).max(-1.0).min(value), (middle + spread).min(1.0).max(value)))
}

/// What `x` of `c` contacted are more than `y` of all `n`, member by member.
#[must_use]
pub fn uplift(x: i64, c: i64, y: i64, n: i64) -> Option<Ends> {
    if c <= 0 {
        return None;
    }
    let (share, of_contacted, of_all) = (c as f64 / n as f64, x as f64 / c as f64, y as f64 / n as f64);
    // As many natural reversals among the contacted as there can be.
    let both = y.min(c - x);
    let mut sum = 0.0;
    for member in 0..n {
        let is_contacted = member < c;
        let reversed = member < x;
        let natural = (x..x + both).contains(&member) || (c..c + y - both).contains(&member);
        let [r, k, w] = [reversed, is_contacted, natural].map(|holds| f64::from(u8::from(holds)));
        let h = (r - of_contacted * k) / share - (w - of_all);
        sum += h * h;
    }
    let value = of_contacted - of_all;
    let spread = Z * sum.sqrt() / n as f64;
    (spread > 1e-9).then(|| (value, (value - spread).max(-1.0), (value + spread).min(1.0)))
}

/// A curve on one day: who is still there when it begins, and the share for whom it happened by its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Still there when the day begins.
    pub at_risk: i64,
    /// The share; none where it cannot be told.
    pub share: Option<Ends>,
}

/// Kaplan and Meier's curve on a day, of those to whom it happened and of those who were lost, by their days.
#[must_use]
pub fn survival(happened: &[i64], lost: &[i64], day: i64) -> Point {
    let all = || happened.iter().chain(lost);
    let still = |day: i64| all().filter(|left| **left >= day).count() as i64;
    let at_risk = still(day);
    let Some(last) = all().max().copied() else { return Point { at_risk, share: None } };
    let (mut s, mut sum, mut effective) = (1.0, 0.0, None);
    for one in 0..=day.min(last) {
        let d = happened.iter().filter(|left| **left == one).count() as i64;
        let n = still(one);
        if d > 0 && d == n {
            effective = Some(n as f64 / s);
            s = 0.0;
            break;
        }
        if d > 0 {
            s *= 1.0 - d as f64 / n as f64;
            sum += d as f64 / (n as f64 * (n - d) as f64);
        }
    }
    if day > last && s > 0.0 {
        return Point { at_risk, share: None };
    }
    let (low, high) = if s > 0.0 && sum > 0.0 {
        let spread = (Z * sum.sqrt() / s.ln().abs()).exp();
        (s.powf(spread), s.powf(1.0 / spread))
    } else {
        wilson_of(s, effective.unwrap_or(at_risk as f64))
    };
    Point { at_risk, share: Some((1.0 - s, 1.0 - high, 1.0 - low)) }
}

/// The first day of these by whose end half of them were reached; none if the curve does not come so far.
#[must_use]
pub fn half(happened: &[i64], lost: &[i64], last: i64) -> Option<i64> {
    let reached =
        |day: &i64| survival(happened, lost, *day).share.is_some_and(|(share, ..)| share >= 0.5 - 1e-12);
    (0..=last).find(reached)
}

/// The share of Student's distribution with so many degrees of freedom between `-t` and `t`, where
/// `t = tan(angle) * sqrt(freedom)` (M. Abramowitz and I. Stegun, 26.7.3 and 26.7.4).
fn student_within(angle: f64, freedom: i64) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let is_odd = freedom % 2 == 1;
    let (mut term, mut sum) = (if is_odd { cos } else { 1.0 }, 0.0);
    let mut n = if is_odd { 3 } else { 2 };
    if freedom > 1 {
        sum = term;
    }
    while n <= freedom - 2 {
        term *= cos * cos * (n - 1) as f64 / n as f64;
        sum += term;
        n += 2;
    }
    if is_odd { (angle + sin * sum) * std::f64::consts::FRAC_2_PI } else { sin * sum }
}

/// Student's quantile of 95 %, both sides.
fn student(freedom: i64) -> f64 {
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        *if student_within(middle, freedom) < 0.95 { &mut low } else { &mut high } = middle;
    }
    low.tan() * (freedom as f64).sqrt()
}

/// Sums of both halves of these pairs, one divided by the other, with the interval that groups give.
#[must_use]
pub fn ratio(groups: &[(f64, f64)]) -> (Option<f64>, Option<(f64, f64)>) {
    let (y, n) = groups.iter().fold((0.0, 0.0), |(y, n), one| (y + one.0, n + one.1));
    if n <= 0.0 {
        return (None, None);
    }
    let (value, k) = (y / n, groups.len() as f64);
    if groups.len() < 2 {
        return (Some(value), None);
    }
    let apart: f64 = groups.iter().map(|(y, n)| (y - value * n).powi(2)).sum();
    let spread = student(groups.len() as i64 - 1) * (k / (k - 1.0) * apart).sqrt() / n;
    (Some(value), Some((value - spread, value + spread)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_quantiles_are_those_of_the_tables() {
        let table = [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (29, 2.045)];
        for (freedom, quantile) in table {
            assert!((student(freedom) - quantile).abs() < 5e-4, "{freedom}: {}", student(freedom));
        }
    }
}
