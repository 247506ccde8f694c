//! Buyers are forgotten in the middle of it all, with crashes between any two statements.

use std::collections::BTreeSet;

use amends_app::Role;
use amends_app::buyer::EraseBuyer;
use amends_app::key::local_principal;
use amends_domain::BuyerKey;
use amends_domain::tally::Family;
use amends_store::buyer::erasure;
use amends_store::rollup;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::house::{House, call, principal, shop};
use super::invariants::repeat;
use super::seen::Seen;

/// One of the buyers of the story is erased. No figure moves, and a crash in the middle leaves nothing behind
/// that the next process does not take away. What is drawn is drawn apart, so that lives stay what they are.
pub(super) async fn erase(house: &mut House, seed: u64, step: u64, erased: &mut BTreeSet<BuyerKey>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_009).wrapping_add(step));
    house.settle().await;
    if house.is_dead() {
        house.crash().await;
        house.settle().await;
    }
    let before = sums(house).await;
    let admin = principal("root", &[Role::Admin]);
    let buyer = format!("b{}", rng.random_range(0..7)).parse().unwrap();
    let command = EraseBuyer { shop: shop(), buyer, allow_missing: true };
    if rng.random_bool(0.7) {
        house.die_after(rng.random_range(0..40));
    }
    let asked = house.app.erase_buyer(call(&admin), command.clone()).await;
    assert!(asked.is_ok() || house.is_dead(), "{asked:?}");
    if house.is_dead() {
        house.crash().await;
        house.settle().await;
    }
    let done = match asked {
        Ok(done) => done,
        Err(_) => house.app.erase_buyer(call(&admin), command).await.unwrap(),
    };
    house.settle().await;
    let row = erasure::get(&house.look.reader(), &shop(), &done.buyer).await.unwrap().unwrap();
    assert!(row.done_at.is_some() && row.reached.is_none(), "seed {seed}: {row:?}\n{}", repeat(seed));
    assert_eq!(sums(house).await, before, "seed {seed}: figures moved\n{}", repeat(seed));
    erased.insert(done.buyer);
}

/// Every sum of the shop, whatever it is split by.
async fn sums(house: &House) -> Vec<String> {
    let mut sums = Vec::new();
    for family in Family::ALL {
        let page = rollup::page(&house.look.reader(), &shop(), *family, None, 1_000_000).await.unwrap();
        sums.extend(page.iter().filter(|(_, sums)| !sums.is_empty()).map(|one| format!("{one:?}")));
    }
    sums
}

/// (11) After an erasure no personal text is readable; that all counts are unchanged was looked at when it was done.
pub(super) async fn nobody_erased_can_be_read(house: &House, seen: &Seen, erased: &BTreeSet<BuyerKey>, seed: u64) {
    let reader = local_principal().unwrap();
    let theirs = seen.cases.iter().filter(|case| case.buyer.is_some_and(|buyer| erased.contains(&buyer)));
    for case in theirs {
        let view = house.app.case_view(&reader, &shop(), case.id).await.unwrap();
        let mut read: Vec<String> = view.messages.into_iter().filter_map(|one| one.text).collect();
        read.extend(view.surveys.into_iter().filter_map(|one| one.comment));
        let page = house.app.timeline(&reader, &shop(), case.id, None, 0, 1_000).await.unwrap();
        read.extend(page.entries.into_iter().filter_map(|one| one.text));
        assert!(read.is_empty(), "seed {seed}: {} can be read: {read:?}\n{}", case.id, repeat(seed));
    }
}
