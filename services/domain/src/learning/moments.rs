//! Means, differences of means and the tails they are judged by.

/// z for a two-sided 95 % interval.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// What a set of numbers adds up to: enough for its mean and spread, and what a database can sum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// How many numbers.
    pub n: i64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

/// A value with its interval at 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// The interval's lower end.
    pub lower: f64,
    /// The interval's upper end.
    pub upper: f64,
}

impl Moments {
    /// Of one number after the other.
    #[must_use]
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        numbers.into_iter().fold(Self::default(), |all, x| all.and(Self { n: 1, sum: x, squares: x * x }))
    }

    /// Of both sets together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { n: self.n + other.n, sum: self.sum + other.sum, squares: self.squares + other.squares }
    }

    /// The mean; none of nothing.
    #[must_use]
    pub fn mean(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }

    /// The variance as one estimates it from a sample; none of fewer than two.
    #[must_use]
    pub fn variance(self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.n >= 2)?;
        Some(((self.squares - self.sum * mean) / (self.n - 1) as f64).max(0.0))
    }

    /// The mean with Student's interval; none of fewer than two.
    #[must_use]
    pub fn estimate(self) -> Option<Estimate> {
        let (mean, variance) = (self.mean()?, self.variance()?);
        let half = t_quantile((self.n - 1) as f64) * (variance / self.n as f64).sqrt();
        Some(Estimate::around(mean, half))
    }
}

impl Estimate {
    /// So far to both sides.
    #[must_use]
    pub fn around(value: f64, half: f64) -> Self {
        Self { value, lower: value - half, upper: value + half }
    }

    /// Times a number that is not below zero.
    #[must_use]
    pub fn times(self, by: f64) -> Self {
        Self { value: self.value * by, lower: self.lower * by, upper: self.upper * by }
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn covers(self, truth: f64) -> bool {
        (self.lower..=self.upper).contains(&truth)
    }
}

/// How far from the mean, in standard errors, Student's t leaves 2.5 % on each side.
///
/// The first degrees of freedom are tabled, from 3 on it is the expansion by Abramowitz and Stegun,
/// Handbook of Mathematical Functions (1964), 26.7.5, which is right to two decimals there and to
/// five from 20 on. Between the tabled ones the line is straight.
#[must_use]
pub fn t_quantile(freedom: f64) -> f64 {
    const TABLED: [f64; 3] = [12.706, 4.303, 3.182];
    let [one, two, three] = TABLED;
    let between = |low: f64, high: f64, at: f64| low + (high - low) * at;
    if freedom <= 1.0 {
        return one;
    }
    if freedom <= 2.0 {
        return between(one, two, freedom - 1.0);
    }
    if freedom < 3.0 {
        return between(two, three, freedom - 2.0);
    }
    let (z, z2) = (Z, Z * Z);
    let terms = [
        z * (z2 + 1.0) / 4.0,
        z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0,
    ];
    let mut power = 1.0;
    terms.iter().fold(z, |sum, term| {
        power *= freedom;
        sum + term / power
    })
}

/// How likely a chi-square value of so many degrees of freedom is at least this large.
///
/// By the recurrence `Q(x|n) = Q(x|n−2) + (x/2)^(n/2−1)·e^(−x/2)/Γ(n/2)` (Abramowitz and Stegun,
/// 26.4.8) from the two beginnings that are known in closed form.
#[must_use]
pub fn chi_square_tail(x: f64, freedom: u32) -> f64 {
    if freedom == 0 || x <= 0.0 {
        return 1.0;
    }
    let half = x / 2.0;
    let even = freedom.is_multiple_of(2);
    let (mut tail, mut at, mut term) = if even {
        ((-half).exp(), 2, (-half).exp())
    } else {
        let first = (-half).exp() / (half * std::f64::consts::PI).sqrt();
        (erfc(half.sqrt()), 1, first)
    };
    while at < freedom {
        // From (x/2)^(n/2−1)/Γ(n/2) to the next n: times x/2, by n/2.
        term *= half / (f64::from(at) / 2.0);
        tail += term;
        at += 2;
    }
    tail.clamp(0.0, 1.0)
}

/// The complementary error function of what is not below zero, to 1.5e-7: Abramowitz and Stegun, 7.1.26.
fn erfc(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let sum = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    sum.iter().fold(0.0, |all, a| all * t + a) * t * (-x * x).exp()
}
