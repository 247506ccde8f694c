//! What buyers want and how they answer: known here, and to nobody else.

use amends_domain::detection::Reason;
use amends_domain::remedy::RemedyKind;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// The reasons that occur, each as often as the others. None of them owes the buyer the article first,
/// so that the order is free.
const REASONS: [Reason; 6] = [
    Reason::Damaged,
    Reason::Defective,
    Reason::Quality,
    Reason::NotAsDescribed,
    Reason::WrongSize,
    Reason::ChangedMind,
];

/// Prices in minor units, one range for each band of the policy that every shop begins with.
const PRICES: [(i64, i64); 3] = [(1_200, 2_400), (2_600, 4_900), (5_100, 9_500)];

/// How likely a buyer returns what was not made good, and what was.
const RETURN_DECLINED: f64 = 0.68;
const RETURN_ACCEPTED: f64 = 0.06;

/// Buyers of one seed.
#[derive(Debug)]
pub struct Buyers {
    seed: u64,
    chance: ChaCha8Rng,
}

impl Buyers {
    /// Buyers who behave as this seed has it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, chance: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// The next trouble: why, and what was paid.
    pub fn trouble(&mut self) -> (Reason, i64) {
        let reason = REASONS[self.chance.random_range(0..REASONS.len())];
        let (from, to) = PRICES[self.chance.random_range(0..PRICES.len())];
        (reason, self.chance.random_range(from..to))
    }

    /// How likely the buyer accepts: anything from 0.08 to 0.92, drawn once for each reason, kind and
    /// band, so that neither a prior nor another band tells it.
    #[must_use]
    pub fn accepts(&self, reason: Reason, kind: RemedyKind, paid: i64) -> f64 {
        let band = PRICES.iter().filter(|(from, _)| paid >= *from).count() as u64;
        let name = (reason as u64) << 16 | (kind as u64) << 8 | band;
        let mut of_it = ChaCha8Rng::seed_from_u64(self.seed.wrapping_mul(1_000_003) ^ name);
        of_it.random_range(0.08..0.92)
    }

    /// How likely the article comes back after the answer.
    #[must_use]
    pub const fn returns(accepted: bool) -> f64 {
        if accepted { RETURN_ACCEPTED } else { RETURN_DECLINED }
    }

    /// Whether something of this likelihood happens.
    pub fn happens(&mut self, likelihood: f64) -> bool {
        self.chance.random::<f64>() < likelihood
    }
}
