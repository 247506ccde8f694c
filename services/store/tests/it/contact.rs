//! What a buyer was written to: a reply counts while a connector has it or may have it, and from when it arrived.

use amends_domain::reply::{Destination, Reply, ReplyState};
use amends_domain::{CaseId, ReplyId, Time};
use amends_store::contact::{self, AskUse, ContactRow, Counted};
use amends_store::{Store, buyer, reply};

use crate::case::{agent, at, shop};
use crate::sample::buyer_key;

conformance!(
    a_reply_counts_as_long_as_it_may_arrive,
    a_contact_is_there_once_and_of_one_buyer,
    asks_can_be_left_out,
    a_shop_without_reviews_used_nothing,
    the_zone_of_a_buyer_is_that_of_the_latest_order_whenever_it_arrives,
);

fn row(key: u128, id: &str, seconds: i64) -> ContactRow {
    let (shop, buyer) = (shop(), buyer_key(key));
    ContactRow { shop, buyer, id: id.to_owned(), kind: "REPLY".to_owned(), at: at(seconds) }
}

fn reply(state: ReplyState) -> Reply {
    Reply {
        id: ReplyId::from_bits(1),
        shop: shop(),
        case: CaseId::from_bits(1),
        fence: 1,
        author: agent("ana"),
        drafted_at: at(0),
        destination: Destination::default(),
        language: String::new(),
        template: None,
        attempts: 0,
        approved_by: None,
        message: None,
        override_lock: true,
        state,
        version: 1,
    }
}

async fn of(store: &Store, key: u128, besides: &str, since: i64) -> Vec<Time> {
    let conn = store.reader();
    let mut found =
        contact::of_buyer(&conn, &shop(), &buyer_key(key), besides, Counted::All, at(since)).await.unwrap();
    found.sort();
    found
}

async fn a_reply_counts_as_long_as_it_may_arrive(store: Store) {
    let id = ReplyId::from_bits(1).to_string();
    let why = String::new;
    let (at_5, until) = (at(5), at(9));
    let states: [(ReplyState, Option<Time>); 7] = [
        (ReplyState::Draft, None),
        (ReplyState::Queued { at: at_5 }, Some(at(3))),
        (ReplyState::Sending { at: at_5, until }, Some(at(3))),
        (ReplyState::Sent { at: at_5 }, Some(at_5)),
        (ReplyState::Failed { at: at_5, why: why() }, None),
        (ReplyState::Unknown { at: at_5, why: why() }, Some(at(3))),
        (ReplyState::Withdrawn { at: at_5 }, None),
    ];
    let tx = store.begin().await.unwrap();
    tx.send([reply::insert(&[reply(ReplyState::Draft)]), contact::put(&[row(1, &id, 3)])]).await.unwrap();
    tx.commit().await.unwrap();
    for (version, (state, expected)) in (1..).zip(states) {
        let tx = store.begin().await.unwrap();
        let changed = Reply { version: version + 1, ..reply(state) };
        tx.send([reply::update(&[(changed.clone(), version)])]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(of(&store, 1, "", 0).await, Vec::from_iter(expected), "{changed:?}");
        assert_eq!(of(&store, 1, &id, 0).await, [], "besides itself");
        let read = reply::get(&store.reader(), &shop(), &changed.id).await.unwrap().unwrap();
        assert!(read.override_lock);
    }
}

async fn a_contact_is_there_once_and_of_one_buyer(store: Store) {
    let tx = store.begin().await.unwrap();
    contact::put(&[row(1, "a", 1), row(1, "b", 2), row(2, "a", 3)]).run(&tx).await.unwrap();
    contact::put(&[row(1, "a", 7)]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(of(&store, 1, "", 0).await, [at(2), at(7)]);
    assert_eq!(of(&store, 1, "", 3).await, [at(7)]);
    assert_eq!(of(&store, 2, "", 0).await, [at(3)]);
    assert_eq!(of(&store, 3, "", 0).await, []);
}

async fn asks_can_be_left_out(store: Store) {
    let ask = ContactRow { kind: "ASK".to_owned(), ..row(1, "b", 2) };
    let tx = store.begin().await.unwrap();
    contact::put(&[row(1, "a", 1), ask]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let (shop, buyer) = (shop(), buyer_key(1));
    let conn = store.reader();
    let counted = async |counted| contact::of_buyer(&conn, &shop, &buyer, "", counted, at(0)).await.unwrap();
    assert_eq!(counted(Counted::All).await.len(), 2);
    assert_eq!(counted(Counted::ButAsks).await, [at(1)]);
}

async fn a_shop_without_reviews_used_nothing(store: Store) {
    let used = contact::asks_between(&store.reader(), &shop(), at(0), at(9)).await.unwrap();
    assert_eq!(used, AskUse { asked: 0, received: 0 });
}

async fn the_zone_of_a_buyer_is_that_of_the_latest_order_whenever_it_arrives(store: Store) {
    let (shop, key) = (shop(), buyer_key(1));
    let new =
        buyer::BuyerRow { shop: shop.clone(), key, buyer: "someone".parse().unwrap(), first_seen_at: at(0) };
    for (said_at, zone, stands) in [
        (5, "Europe/Berlin", "Europe/Berlin"),
        (5, "Europe/Berlin", "Europe/Berlin"),
        (4, "Asia/Tokyo", "Europe/Berlin"),
        (6, "Asia/Tokyo", "Asia/Tokyo"),
        (5, "Europe/Berlin", "Asia/Tokyo"),
        // Of two at once the same one stands, whichever comes first.
        (6, "Asia/Seoul", "Asia/Tokyo"),
        (6, "Europe/Paris", "Europe/Paris"),
    ] {
        let tx = store.begin().await.unwrap();
        let said = [(shop.clone(), key, at(said_at), zone.to_owned())];
        tx.send([buyer::put(std::slice::from_ref(&new))]).await.unwrap();
        tx.send([buyer::zones(&said)]).await.unwrap();
        tx.commit().await.unwrap();
        let read = buyer::get(&store.reader(), &[(shop.clone(), key)]).await.unwrap().remove(0);
        assert_eq!(read.time_zone.as_deref(), Some(stands), "{zone} of {said_at}");
    }
}
