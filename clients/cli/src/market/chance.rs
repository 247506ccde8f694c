//! Chance that is the same in every run of a seed.
//!
//! Each question has a stream of its own, drawn from the seed and its name, so
//! that what one buyer does never depends on what was asked about another.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream that belongs to a question.
    pub(crate) fn of(seed: u64, about: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes()).update(about.as_bytes());
        Self(ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()))
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// True once in so many cases.
    pub(crate) fn once_in(&mut self, cases: u32) -> bool {
        self.0.random_range(0..cases.max(1)) == 0
    }

    /// A whole number from `low` up to, but without, `high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low { low } else { self.0.random_range(low..high) }
    }

    /// One of several, or nothing of nothing.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let place = self.between(0, i64::try_from(of.len()).unwrap_or(i64::MAX));
        of.get(usize::try_from(place).unwrap_or(0))
    }

    /// One of several by their shares, which need not add up to a hundred.
    pub(crate) fn weighted<T: Copy>(&mut self, of: &[(u32, T)]) -> Option<T> {
        let whole: u32 = of.iter().map(|(share, _)| share).sum();
        let mut left = self.0.random_range(0..whole.max(1));
        for (share, one) in of {
            if left < *share {
                return Some(*one);
            }
            left -= share;
        }
        of.last().map(|(_, one)| *one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_the_same_answer_in_every_run_of_a_seed() {
        let draw = |seed, about| Chance::of(seed, about).between(0, 1_000_000);
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn shares_are_kept_roughly() {
        let mut chance = Chance::of(7, "shares");
        let drawn: Vec<_> = (0..1_000).filter_map(|_| chance.weighted(&[(3, 'a'), (1, 'b')])).collect();
        let a = drawn.iter().filter(|one| **one == 'a').count();
        assert!((700..800).contains(&a), "{a}");
        assert_eq!(Chance::of(1, "none").pick::<u8>(&[]), None);
    }
}
