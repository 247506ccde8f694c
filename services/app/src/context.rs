//! Where time and identifiers come from. Nothing else may ask the machine.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use amends_domain::Time;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

/// A source of the current time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, in whole microseconds.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that only moves when it is told to: for demonstrations and tests.
#[derive(Debug)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    /// A clock that stands at a time.
    #[must_use]
    pub fn at(time: Time) -> Self {
        Self(AtomicI64::new(time.micros()))
    }

    /// Moves the clock; it never goes backwards.
    pub fn advance_to(&self, time: Time) {
        self.0.fetch_max(time.micros(), Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// A source of UUIDv7 bits.
#[derive(Debug)]
pub struct Ids(Mutex<StdRng>);

impl Ids {
    /// From the operating system's randomness.
    #[must_use]
    pub fn random() -> Self {
        Self(Mutex::new(StdRng::from_os_rng()))
    }

    /// The same ids in every run.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// The bits of a new UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits.
    pub fn next(&self, now: Time) -> u128 {
        let mut random = [0_u8; 16];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut random);
        let random = u128::from_be_bytes(random);
        let millis = (now.micros() / 1_000).cast_unsigned();
        let time = (u128::from(millis) & 0xffff_ffff_ffff) << 80;
        let version = 0x7_u128 << 76;
        let variant = 0b10_u128 << 62;
        let mask = !((0xffff_ffff_ffff_u128 << 80) | (0xf_u128 << 76) | (0b11_u128 << 62));
        time | version | variant | (random & mask)
    }

    /// Random bytes for secrets and salts.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}
