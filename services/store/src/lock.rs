//! Locks that let one writer at a time at what hangs together.

use amends_domain::subject::Anchor;
use amends_domain::{AgentId, BuyerKey, ShopId};
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use crate::Of;
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::value::int;

/// How many buckets of a kind there are: enough that two busy anchors rarely share one,
/// few enough that a large batch does not fill the server's table of locks.
const BUCKETS: u64 = 1024;

/// Above every other advisory lock that Amends takes.
const NAMESPACE: i64 = 0x0041_6d65_6e65_0000;

/// What everyone who locks agents shares, so that all of them can be held off at once.
const GATE: i64 = NAMESPACE + 0x2000;

/// What everyone shares who writes about a buyer and who erases one has alone. Few, because sharing makes
/// nobody wait, and a large batch names many buyers. Above everything else, so that nobody waits who has nothing to do with buyers.
const BUYERS: i64 = NAMESPACE + 0x2400;
const BUYER_BUCKETS: u64 = 64;

/// Agents have a lock each and no bucket: whole shifts ask at once, on every replica, and would
/// wait for each other. A transaction holds few of them.
const AGENTS: i64 = 0x4100_0000_0000_0000;

/// Locks these buckets until the transaction ends. SQLite has one writer anyway.
///
/// # Errors
/// When the database fails.
pub async fn anchors(conn: &Conn, buckets: &[i64]) -> Result<()> {
    if buckets.is_empty() || conn.engine() == Engine::Sqlite {
        return Ok(());
    }
    // In one order for everyone, or two batches would wait for each other.
    let mut sorted = buckets.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    take(conn, sorted, "pg_advisory_xact_lock(k)").await
}

/// Locks how many cases these agents hold, besides these buckets, until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn agents(conn: &Conn, shop: &ShopId, names: &[AgentId], buckets: &[i64]) -> Result<()> {
    if names.is_empty() || conn.engine() == Engine::Sqlite {
        return anchors(conn, buckets).await;
    }
    let own = |name: &AgentId| AGENTS | (hash(&format!("{shop}\0{name}")) >> 8).cast_signed();
    let mut sorted: Vec<i64> = names.iter().map(own).chain(buckets.iter().copied()).chain([GATE]).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let each = format!(
        "CASE WHEN k = {GATE} THEN pg_advisory_xact_lock_shared(k)::text ELSE pg_advisory_xact_lock(k)::text END"
    );
    take(conn, sorted, &each).await
}

/// Locks these buckets, and holds off whoever erases these buyers, until the transaction ends: all of it in
/// one go. Any number may write about one buyer at once, while that buyer is not being erased.
///
/// # Errors
/// When the database fails.
pub async fn named(conn: &Conn, buckets: &[i64], buyers: &[Of<BuyerKey>]) -> Result<()> {
    if buyers.is_empty() || conn.engine() == Engine::Sqlite {
        return anchors(conn, buckets).await;
    }
    let buyers = buyers.iter().map(|(shop, buyer)| buyer_bucket(shop, buyer));
    let mut sorted: Vec<i64> = buckets.iter().copied().chain(buyers).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let (first, end) = (BUYERS, BUYERS.saturating_add_unsigned(BUYER_BUCKETS));
    let each = format!(
        "CASE WHEN k >= {first} AND k < {end} THEN pg_advisory_xact_lock_shared(k)::text \
         ELSE pg_advisory_xact_lock(k)::text END"
    );
    take(conn, sorted, &each).await
}

/// Waits until nobody writes about a buyer, and holds off whoever would, until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn erasure(conn: &Conn, shop: &ShopId, buyer: &BuyerKey) -> Result<()> {
    anchors(conn, &[buyer_bucket(shop, buyer)]).await
}

fn buyer_bucket(shop: &ShopId, buyer: &BuyerKey) -> i64 {
    BUYERS.saturating_add_unsigned(hash(&format!("{shop}\0{buyer}")) % BUYER_BUCKETS)
}

/// Locks these keys in the order given; `each` is how one of them, `k`, is locked.
async fn take(conn: &Conn, keys: Vec<i64>, each: &str) -> Result<()> {
    let keys = Value::Array(ArrayType::BigInt, Some(Box::new(keys.into_iter().map(int).collect())));
    let sql = format!("SELECT {each} FROM (SELECT k FROM unnest($1::bigint[]) AS k ORDER BY k) AS sorted");
    conn.run(sql, vec![keys]).await.map(drop)
}

/// Locks every bucket: nobody else writes about anything until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn all(conn: &Conn) -> Result<()> {
    let buckets: Vec<i64> =
        (0..2 * BUCKETS).map(|bucket| NAMESPACE.saturating_add_unsigned(bucket)).chain([GATE]).collect();
    anchors(conn, &buckets).await
}

/// The bucket of the incidents of a shop. It is taken before those of anchors.
#[must_use]
pub fn incidents(shop: &ShopId) -> i64 {
    NAMESPACE.saturating_add_unsigned(2 * BUCKETS + hash(shop.as_str()) % BUCKETS)
}

/// The bucket of the quality forms and draws of a shop. Nothing else is locked beside it.
#[must_use]
pub fn quality(shop: &ShopId) -> i64 {
    NAMESPACE.saturating_add_unsigned(7 * BUCKETS + hash(shop.as_str()) % BUCKETS)
}

/// Waits until nobody writes about old days of a shop, and holds off whoever would, until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn sealing(conn: &Conn, shop: &ShopId) -> Result<()> {
    anchors(conn, &[sealing_bucket(shop)]).await
}

/// Holds off whoever seals these shops until the transaction ends; any number may at once. It is taken after
/// all other locks. Those who wait stand in one line, so that who seals has a turn.
///
/// # Errors
/// When the database fails.
pub async fn old_days(conn: &Conn, shops: &[&ShopId]) -> Result<()> {
    if shops.is_empty() || conn.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut sorted: Vec<i64> = shops.iter().map(|shop| sealing_bucket(shop)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    take(conn, sorted, "pg_advisory_xact_lock_shared(k)").await
}

fn sealing_bucket(shop: &ShopId) -> i64 {
    NAMESPACE.saturating_add_unsigned(8 * BUCKETS + hash(shop.as_str()) % BUCKETS)
}

/// The bucket of an anchor: the same in every process and version, because
/// two versions may run side by side during an upgrade.
#[must_use]
pub fn bucket(shop: &ShopId, anchor: &Anchor) -> i64 {
    let hash = hash(&format!("{shop}\0{anchor}"));
    // Orders have buckets of their own: a review is held besides its order, and
    // must not happen to hold up another order.
    let kind = if matches!(anchor, Anchor::Order(_)) { 0 } else { BUCKETS };
    NAMESPACE.saturating_add_unsigned(kind + hash % BUCKETS)
}

/// The bucket of what a buyer is written to unasked. It is taken after those of anchors.
#[must_use]
pub fn contacts(shop: &ShopId, buyer: &BuyerKey) -> i64 {
    NAMESPACE.saturating_add_unsigned(5 * BUCKETS + hash(&format!("{shop}\0{buyer}")) % BUCKETS)
}

/// The bucket of a shop's quota of asks. It is taken together with those of contacts.
#[must_use]
pub fn quota(shop: &ShopId) -> i64 {
    NAMESPACE.saturating_add_unsigned(6 * BUCKETS + hash(shop.as_str()) % BUCKETS)
}

/// FNV-1a.
fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
