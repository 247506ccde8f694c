//! Random numbers from a seed: the same seed, the same numbers.

/// A stream of numbers.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014:
/// 453–472).
#[derive(Debug, Clone)]
pub struct Draws(u64);

impl Draws {
    /// From a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Sixty-four random bits.
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1, neither of them.
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// One of 0 to `n` − 1; 0 of nothing.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// Standard normal: Box and Muller, Annals of Mathematical Statistics 29 (1958): 610–611.
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = ((-2.0 * self.unit().ln()).sqrt(), std::f64::consts::TAU * self.unit());
        radius * angle.cos()
    }

    /// Gamma of a shape from 1 on: Marsaglia and Tsang, "A simple method for generating gamma variables",
    /// ACM Transactions on Mathematical Software 26 (2000): 363–372.
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// The `rank`-th smallest of `n` numbers between 0 and 1, without drawing them: Beta(rank, n − rank + 1)
    /// (David and Nagaraja, Order Statistics, 3rd ed. (2003), chapter 2). Ranks are 1 to `n`.
    pub fn ranked(&mut self, rank: u64, n: u64) -> f64 {
        let rank = rank.clamp(1, n.max(1));
        let (below, above) = (self.gamma(rank as f64), self.gamma((n.max(1) - rank) as f64 + 1.0));
        below / (below + above)
    }
}
