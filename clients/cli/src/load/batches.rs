//! Numbered batches, handed out once each.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Hands out the numbers of batches.
#[derive(Debug)]
pub(crate) struct Batches {
    next: AtomicU64,
    size: u64,
}

impl Batches {
    pub(crate) fn new(size: u64) -> Self {
        Self { next: AtomicU64::new(0), size }
    }

    /// The next batch's number.
    pub(crate) fn take(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The signals of a batch.
    pub(crate) fn signals(&self, batch: u64) -> Range<u64> {
        span(batch, self.size)
    }

    /// How many batches were handed out.
    pub(crate) fn handed_out(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }
}

/// The signals of a batch of that size.
pub(crate) fn span(batch: u64, size: u64) -> Range<u64> {
    batch * size..(batch + 1) * size
}
