//! Return requests and their events.

use amends_domain::counter::OfferBounds;
use amends_domain::detection::Reason;
use amends_domain::returns::{ReturnEvent, ReturnStatus};
use amends_domain::{Money, ReturnId, Time};
use amends_store::returns::{self, ReturnFilter, ReturnRow};
use amends_store::{Store, StoreError};

use crate::sample::{ODD, at, buyer_key, case_id, line_id, order_id, shop_id, signal_id};

conformance!(
    a_request_is_read_back_by_id_and_order,
    a_request_takes_the_place_of_what_stood_there,
    one_id_stands_for_one_request_of_a_shop,
    events_are_kept_as_first_written,
    requests_are_listed_the_newest_first,
);

fn return_id(id: &str) -> ReturnId {
    ReturnId::new(id).unwrap()
}

fn bounds() -> OfferBounds {
    let yen = |minor| Some(Money::new(minor, "JPY".parse().unwrap()));
    OfferBounds { min: yen(100), max: yen(900), left: Some(2) }
}

pub(crate) fn bare(order: &str, id: &str) -> ReturnRow {
    ReturnRow {
        shop: shop_id(ODD),
        order: order_id(order),
        return_id: return_id(id),
        line: None,
        quantity: 1,
        status: ReturnStatus::Unmapped,
        raw_status: String::new(),
        reason: None,
        raw_reason: String::new(),
        requested_at: at(1),
        last_event_at: at(2),
        withdrawn_at: None,
        counted_at: None,
        deadline: None,
        refund: None,
        seller_fault: None,
        buyer: None,
        case: None,
        bounds: OfferBounds::default(),
    }
}

pub(crate) fn full(order: &str, id: &str) -> ReturnRow {
    ReturnRow {
        line: Some(line_id(ODD)),
        quantity: u32::MAX,
        status: ReturnStatus::Settled,
        raw_status: ODD.to_owned(),
        reason: Some(Reason::WrongSize),
        raw_reason: ODD.to_owned(),
        withdrawn_at: Some(at(3)),
        counted_at: Some(at(4)),
        deadline: Some(at(5)),
        refund: Some(Money::new(123_456_789_012, "JPY".parse().unwrap())),
        seller_fault: Some(false),
        buyer: Some(buyer_key(5)),
        case: Some(case_id(6)),
        bounds: bounds(),
        ..bare(order, id)
    }
}

fn sorted(mut rows: Vec<ReturnRow>) -> Vec<ReturnRow> {
    rows.sort_by(|a, b| a.return_id.cmp(&b.return_id));
    rows
}

async fn a_request_is_read_back_by_id_and_order(store: Store) {
    let tx = store.begin().await.unwrap();
    let rows = [bare("a", "1"), full("a", "2"), bare("b", "3"), full(ODD, ODD)];
    returns::put(&rows).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = store.reader();
    let orders = ["a", "a", ODD].map(|id| (shop_id(ODD), order_id(id)));
    let of_orders = sorted(returns::by_orders(&orders).all(&reader).await.unwrap());
    assert_eq!(of_orders, [bare("a", "1"), full("a", "2"), full(ODD, ODD)]);
    let ids = ["3", ODD, "x"].map(|id| (shop_id(ODD), return_id(id)));
    assert_eq!(sorted(returns::by_ids(&ids).all(&reader).await.unwrap()), [bare("b", "3"), full(ODD, ODD)]);
    assert_eq!(returns::by_id(&reader, &shop_id(ODD), &return_id("2")).await.unwrap(), Some(full("a", "2")));
    assert_eq!(returns::by_id(&reader, &shop_id("x"), &return_id("2")).await.unwrap(), None);
}

async fn a_request_takes_the_place_of_what_stood_there(store: Store) {
    let tx = store.begin().await.unwrap();
    returns::put(&[bare("a", "1"), full("a", "2")]).run(&tx).await.unwrap();
    let at_fault = ReturnRow { seller_fault: Some(true), ..full("a", "1") };
    returns::put(&[at_fault.clone(), bare("a", "2")]).run(&tx).await.unwrap();
    let found = returns::by_orders(&[(shop_id(ODD), order_id("a"))]).all(&tx).await.unwrap();
    assert_eq!(sorted(found), [at_fault, bare("a", "2")]);
    tx.commit().await.unwrap();
}

async fn one_id_stands_for_one_request_of_a_shop(store: Store) {
    let tx = store.begin().await.unwrap();
    returns::put(&[bare("a", "1")]).run(&tx).await.unwrap();
    let second = returns::put(&[bare("b", "1")]).run(&tx).await;
    assert!(matches!(second, Err(StoreError::Contended(_))), "{second:?}");
    tx.rollback().await.unwrap();
}

async fn events_are_kept_as_first_written(store: Store) {
    let event = |seconds, signal: &str, seller_fault| ReturnEvent {
        occurred_at: at(seconds),
        signal: signal_id(signal),
        status: ReturnStatus::Approved,
        quantity: 2,
        seller_fault,
        refund: seller_fault.map(|_| Money::new(500, "JPY".parse().unwrap())),
        bounds: if seller_fault == Some(true) { bounds() } else { OfferBounds::default() },
    };
    let of = |order: &str, id: &str, event| (shop_id(ODD), order_id(order), return_id(id), event);
    let written = [
        of("a", "1", event(1, ODD, None)),
        of("a", "1", event(2, "s", Some(true))),
        of("a", "2", event(1, "s", Some(false))),
        of("b", "3", event(1, "s", None)),
    ];
    let raw = |step: &(_, _, _, ReturnEvent)| {
        let (shop, order, id, event) = step.clone();
        (shop, order, id, event, ODD.to_owned())
    };
    let tx = store.begin().await.unwrap();
    returns::insert_events(&written.each_ref().map(raw)).run(&tx).await.unwrap();
    returns::insert_events(&[raw(&of("a", "1", event(1, ODD, Some(true))))]).run(&tx).await.unwrap();
    let sorted = |mut steps: Vec<_>| {
        steps.sort_by_key(|step: &(_, _, ReturnId, ReturnEvent)| (step.2.clone(), step.3.occurred_at));
        steps
    };
    let orders = ["a", "x"].map(|id| (shop_id(ODD), order_id(id)));
    assert_eq!(sorted(returns::events_by_orders(&orders).all(&tx).await.unwrap()), written[..3]);
    tx.commit().await.unwrap();
}

async fn requests_are_listed_the_newest_first(store: Store) {
    let from = |row: ReturnRow, seconds| ReturnRow { requested_at: at(seconds), ..row };
    let rows =
        [from(full("a", "1"), 5), from(bare("b", "2"), 7), from(bare("c", "3"), 7), from(full("d", "4"), 1)];
    let tx = store.begin().await.unwrap();
    returns::put(&rows).run(&tx).await.unwrap();
    let list = async |filter: ReturnFilter, after: Option<(Time, ReturnId)>, limit| {
        let found = returns::list(&tx, &shop_id(ODD), &filter, after, limit).await.unwrap();
        found.iter().map(|row| row.return_id.to_string()).collect::<Vec<_>>()
    };
    let all = ReturnFilter::default;
    assert_eq!(list(all(), None, 9).await, ["3", "2", "1", "4"]);
    assert_eq!(list(all(), Some((at(7), return_id("3"))), 2).await, ["2", "1"]);
    let settled = ReturnFilter { status: Some(ReturnStatus::Settled), ..all() };
    assert_eq!(list(settled.clone(), None, 9).await, ["1", "4"]);
    assert_eq!(list(settled.clone(), Some((at(5), return_id("1"))), 9).await, ["4"]);
    assert_eq!(list(ReturnFilter { order: Some(order_id("d")), ..settled }, None, 9).await, ["4"]);
    tx.commit().await.unwrap();
}
