//! Who keeps the fixed order, and where a case's draw falls: by hash, so that
//! anyone can redo it and nobody can choose.

use crate::BuyerKey;
use crate::detection::Reason;

/// Whether a buyer is in the holdout for a channel and reason, with `points`
/// ten-thousandths of all buyers. Each channel and reason draws anew, so that
/// the holdout has the same share in every stratum. Without a buyer, `case` draws
/// for itself.
#[must_use]
pub fn is_held_out(points: i64, buyer: Option<BuyerKey>, case: &str, channel: &str, reason: Reason) -> bool {
    let who = buyer.map_or_else(|| case.to_owned(), |buyer| buyer.to_string());
    let at = unit(&format!("holdout\0{who}\0{channel}\0{reason}"));
    at * 10_000.0 < points as f64
}

/// The seed of a draw: of a case by its printed id.
#[must_use]
pub fn seed(case: &str) -> u64 {
    hash(&format!("draw\0{case}"))
}

/// The seed of anything else that is drawn, by its whole name.
#[must_use]
pub(crate) fn seed_of(name: &str) -> u64 {
    hash(name)
}

/// Where a seed falls between 0 and 1.
#[must_use]
pub fn place(seed: u64) -> f64 {
    (seed >> 11) as f64 / (1_u64 << 53) as f64
}

fn unit(name: &str) -> f64 {
    place(hash(name))
}

/// FNV-1a, and the finaliser of SplitMix64, because neighbours must not fall beside each other.
fn hash(name: &str) -> u64 {
    let fnv = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
