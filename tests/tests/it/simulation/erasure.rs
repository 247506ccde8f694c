//! Buyers are forgotten in the middle of it all, with crashes between any two statements.

use std::collections::BTreeSet;

use amends_app::Role;
use amends_app::buyer::EraseBuyer;
use amends_app::key::local_principal;
use amends_domain::signal::{
    Author, Direction, MessageSignal, OrderSignal, OrderState, OrderedLine, Signal, SignalBody,
};
use amends_domain::tally::Family;
use amends_domain::{BuyerKey, Money, Span};
use amends_store::buyer::{erasure, trace};
use amends_store::rollup;
use amends_tests::{Database, Engine};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::house::{House, call, principal, shop};
use super::invariants::repeat;
use super::seen::Seen;
use super::story::BEGIN;

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
    let dies = rng.random_bool(0.7);
    if dies {
        house.die_after(rng.random_range(0..40));
    }
    let asked = house.app.erase_buyer(call(&admin), command.clone()).await;
    assert!(asked.is_ok() || house.is_dead(), "{asked:?}");
    if dies {
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
pub(super) async fn nobody_erased_can_be_read(
    house: &House,
    seen: &Seen,
    erased: &BTreeSet<BuyerKey>,
    seed: u64,
) {
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

/// What one buyer wrote about an order that is theirs, with a word that nobody else says.
fn letters(n: usize) -> Vec<Signal> {
    let buyer = format!("b{n}").parse().unwrap();
    let said = |m: usize| MessageSignal {
        message: format!("m{n}-{m}").parse().unwrap(),
        conversation: format!("c{n}").parse().unwrap(),
        order: m.is_multiple_of(2).then(|| format!("o{n}").parse().unwrap()),
        line: None,
        buyer: format!("b{n}").parse().unwrap(),
        direction: Direction::FromBuyer,
        author: Author::Human,
        text: format!("I want a refund, says {}.", word(n)),
        language: String::new(),
        public: false,
    };
    let lines = vec![OrderedLine {
        line: "1".parse().unwrap(),
        sku: "sku-1".parse().unwrap(),
        title: String::new(),
        category: String::new(),
        quantity: 1,
        unit_price: Money::new(900, "EUR".parse().unwrap()),
    }];
    let order = OrderSignal {
        order: format!("o{n}").parse().unwrap(),
        buyer,
        lines,
        state: OrderState::Paid,
        language: "en".to_owned(),
        time_zone: String::new(),
    };
    let bodies = (0..6).map(|m| SignalBody::Message(said(m)));
    let bodies = std::iter::once(SignalBody::Order(order)).chain(bodies).enumerate();
    let signal = |(m, body)| Signal { id: format!("s{n}-{m}").parse().unwrap(), occurred_at: BEGIN, body };
    bodies.map(signal).collect()
}

fn word(n: usize) -> String {
    format!("Quokkaburg-{n}-")
}

/// The process ends after so many statements; what it had begun is gone on with by the next.
async fn erased_whatever_ends_it(engine: Engine) {
    let Some(database) = Database::fresh(engine).await else { return };
    let mut house = House::start(&database.url, BEGIN + Span::from_days(1), 1).await;
    let admin = principal("root", &[Role::Admin]);
    let mut resumed = 0;
    for statements in 0..CUTS {
        house.record(&letters(statements)).await.unwrap();
        let erase = EraseBuyer {
            shop: shop(),
            buyer: format!("b{statements}").parse().unwrap(),
            allow_missing: false,
        };
        house.die_after(u64::try_from(statements).unwrap());
        let asked = house.app.erase_buyer(call(&admin), erase.clone()).await;
        house.crash().await;
        house.settle().await;
        let word = word(statements);
        let stands = trace::standing(&house.look.reader(), &[&word]).await.unwrap();
        resumed += usize::from(asked.is_err() && stands.is_empty());
        house.app.erase_buyer(call(&admin), erase).await.unwrap();
        house.settle().await;
        let stands = trace::standing(&house.look.reader(), &[&word]).await.unwrap();
        assert!(stands.is_empty(), "cut after {statements}: {stands:?}");
    }
    assert!(resumed > 3, "the next process went on by itself {resumed} times");
    house.end().await;
    database.remove().await;
}

/// Enough statements for the whole of a small erasure.
const CUTS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_goes_on_after_a_crash_at_any_statement_on_sqlite() {
    erased_whatever_ends_it(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_goes_on_after_a_crash_at_any_statement_on_postgres() {
    erased_whatever_ends_it(Engine::Postgres).await;
}
