//! Buyers are forgotten in the middle of it all, with crashes between any two statements.

use std::collections::{BTreeMap, BTreeSet};

use amends_app::Role;
use amends_app::buyer::EraseBuyer;
use amends_app::case::{AddNote, ClaimCase, Target};
use amends_app::key::local_principal;
use amends_app::reply::{Content, DraftReply, QueueReply};
use amends_domain::case::Case;
use amends_domain::counter::OfferBounds;
use amends_domain::reply::ReplyState;
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::{
    Author, Direction, MessageSignal, OrderSignal, OrderState, OrderedLine, ReturnSignal, ReviewSignal,
    ShipmentSignal, ShipmentState, Signal, SignalBody,
};
use amends_domain::tally::Family;
use amends_domain::{BuyerKey, Money, OrderId, Span};
use amends_store::buyer::{erasure, trace};
use amends_store::{order, rollup};
use amends_tests::{Database, Engine};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::house::{House, call, principal, shop};
use super::invariants::repeat;
use super::seen::{Seen, every_case};
use super::story::{BEGIN, buyers_word, orders, orders_word};

/// One of the buyers of the story is erased. No figure moves, and a crash in the middle leaves nothing behind
/// that the next process does not take away. What is drawn is drawn apart, so that lives stay what they are.
pub(super) async fn erase(house: &mut House, seed: u64, step: u64, erased: &mut BTreeMap<BuyerKey, u32>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_009).wrapping_add(step));
    house.settle().await;
    if house.is_dead() {
        house.crash().await;
        house.settle().await;
    }
    let before = sums(house).await;
    let admin = principal("root", &[Role::Admin]);
    let number = rng.random_range(0..7);
    let buyer = format!("b{number}").parse().unwrap();
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
    erased.insert(done.buyer, number);
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
    erased: &BTreeMap<BuyerKey, u32>,
    seed: u64,
) {
    let reader = local_principal().unwrap();
    let conn = house.look.reader();
    let known: Vec<_> =
        (0..orders()).map(|n| (shop(), format!("o{n}").parse::<OrderId>().unwrap())).collect();
    let lines = order::by_orders(&known).all(&conn).await.unwrap();
    let bought = lines
        .into_iter()
        .filter(|line| line.purchase.as_ref().is_some_and(|purchase| erased.contains_key(&purchase.buyer)));
    let bought: BTreeSet<OrderId> = bought.map(|line| line.order).collect();
    // Whatever table it may stand in: what they said by name, and what was said about the orders that are known
    // to be theirs.
    let of_orders = (0..orders()).filter(|n| bought.contains(&format!("o{n}").parse().unwrap()));
    let words: Vec<String> =
        erased.values().map(|buyer| buyers_word(*buyer)).chain(of_orders.map(orders_word)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let stands = trace::standing(&conn, &words).await.unwrap();
    assert!(stands.is_empty(), "seed {seed}: {stands:?}\n{}", repeat(seed));
    // What agents wrote has no such word: it is read case by case.
    let theirs = seen.cases.iter().filter(|case| match case.buyer {
        Some(buyer) => erased.contains_key(&buyer),
        None => case.subject.order().is_some_and(|order| bought.contains(order)),
    });
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
    let bodies = (0..6).map(|m| SignalBody::Message(said(m))).chain(about(n));
    let bodies = std::iter::once(SignalBody::Order(order)).chain(bodies).enumerate();
    let signal = |(m, body)| Signal { id: format!("s{n}-{m}").parse().unwrap(), occurred_at: BEGIN, body };
    bodies.map(signal).collect()
}

/// What is said about that order by nobody in particular: a review, a parcel, a return.
fn about(n: usize) -> [SignalBody; 3] {
    let order = || format!("o{n}").parse().unwrap();
    let review = ReviewSignal {
        review: format!("r{n}").parse().unwrap(),
        order: Some(order()),
        line: None,
        sku: None,
        buyer: None,
        rating: Some(1),
        text: format!("It leaks, says {}.", word(n)),
        language: String::new(),
        visible: true,
        removed_by: None,
        platform_modified_at: None,
        edit_state: None,
        follow_up: false,
    };
    let parcel = ShipmentSignal {
        shipment: format!("p{n}").parse().unwrap(),
        order: order(),
        lines: Vec::new(),
        state: ShipmentState::Delivered,
        eta: None,
        carrier: String::new(),
        tracking: word(n),
        remedy: None,
    };
    let request = ReturnSignal {
        return_id: format!("ret{n}").parse().unwrap(),
        order: order(),
        line: Some("1".parse().unwrap()),
        quantity: 1,
        status: ReturnStatus::Requested,
        raw_status: "requested".to_owned(),
        reason: None,
        raw_reason: word(n),
        buyer: None,
        requested_at: BEGIN,
        deadline: None,
        refund: None,
        seller_fault: None,
        bounds: OfferBounds::default(),
    };
    [SignalBody::Review(review), SignalBody::Shipment(parcel), SignalBody::Return(request)]
}

/// An agent writes a note on that order's case, and a reply that no connector has yet.
async fn worked(house: &House, n: usize) {
    let who = principal(&format!("agent-{n}"), &[Role::Agent]);
    let order: OrderId = format!("o{n}").parse().unwrap();
    let is_about = |case: &Case| case.is_open() && case.subject.order() == Some(&order);
    let case = every_case(house).await.into_iter().find(is_about).unwrap().id;
    house.app.perform(call(&who), ClaimCase { shop: shop(), case }).await.unwrap();
    let held = every_case(house).await.into_iter().find(is_about).unwrap();
    let (version, fence) = (held.version, held.fence);
    let target = Target { shop: shop(), case, fence, version };
    let text = format!("{} is upset", word(n));
    let noted = house.app.perform(call(&who), AddNote { target, text }).await.unwrap();
    let draft = DraftReply {
        shop: shop(),
        case,
        version: noted.case.version,
        fence,
        public: false,
        language: String::new(),
        content: Content::Text(format!("{}, we look into it.", word(n))),
    };
    let drafted = house.app.perform(call(&who), draft).await.unwrap();
    let (reply, version) = (drafted.reply.id, drafted.case.case.version);
    let queue = QueueReply { shop: shop(), reply, version, fence, adopt: false, override_lock: false };
    let queued = house.app.perform(call(&who), queue).await.unwrap();
    assert!(matches!(queued.reply.state, ReplyState::Queued { .. }), "it is on its way");
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
        worked(&house, statements).await;
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
const CUTS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_goes_on_after_a_crash_at_any_statement_on_sqlite() {
    erased_whatever_ends_it(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_goes_on_after_a_crash_at_any_statement_on_postgres() {
    erased_whatever_ends_it(Engine::Postgres).await;
}
