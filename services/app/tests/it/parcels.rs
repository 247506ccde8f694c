//! Parcels that should have arrived: one case and one word to it, whatever comes first.

use amends_app::case::RecordContact;
use amends_app::ingest::{Incoming, Receipt};
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_domain::case::{Case, CaseKind, Handling, Outcome, State};
use amends_domain::deadline::DeadlineKind;
use amends_domain::detection::Reason;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::signal::*;
use amends_domain::subject::Subject;
use amends_domain::{CaseId, Span, Time};
use amends_store::{case, deadline};

use crate::house::everywhere;
use crate::make::{days, minutes, root};
use crate::stage::{Stage, ann, back_end, buyer, eur, id};

fn hours(n: i64) -> Span {
    Span::from_hours(n)
}

fn order(order: &str, lines: &[&str], state: OrderState) -> SignalBody {
    let line = |line: &&str| OrderedLine {
        line: id(line),
        sku: id("SKU-1"),
        title: String::new(),
        category: String::new(),
        quantity: 1,
        unit_price: eur(10_000),
    };
    SignalBody::Order(OrderSignal {
        order: id(order),
        buyer: buyer(order),
        lines: lines.iter().map(line).collect(),
        state,
        language: "de".to_owned(),
        time_zone: String::new(),
    })
}

fn parcel(order: &str, state: ShipmentState, eta: Option<Time>) -> ShipmentSignal {
    ShipmentSignal {
        shipment: id(format!("p-{order}")),
        order: id(order),
        lines: Vec::new(),
        state,
        eta,
        carrier: "DHL".to_owned(),
        tracking: "JX1".to_owned(),
        remedy: None,
    }
}

fn moving(order: &str, eta: Time) -> SignalBody {
    SignalBody::Shipment(parcel(order, ShipmentState::InTransit, Some(eta)))
}

async fn cases(stage: &Stage<'_>, order: &str) -> Vec<Case> {
    let anchor = amends_domain::subject::Anchor::Order(id(order));
    let of = case::of_anchors(&[(stage.shop.clone(), anchor)]);
    let mut cases = of.all(&stage.app.store().reader()).await.unwrap();
    cases.sort_by_key(|case| (case.opened_at, case.id));
    cases
}

async fn only(stage: &Stage<'_>, order: &str) -> Case {
    let mut cases = cases(stage, order).await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    cases.remove(0)
}

async fn due(stage: &Stage<'_>, order: &str) -> Option<Time> {
    let subject = format!("{order}/p-{order}");
    let conn = stage.app.store().reader();
    deadline::get(&conn, &stage.shop, DeadlineKind::DeliveryDue, &subject).await.unwrap()
}

async fn counted(stage: &Stage<'_>, case: CaseId, word: &str) -> usize {
    stage.words(case).await.into_iter().filter(|told| *told == word).count()
}

/// An order with a parcel that is expected in an hour.
async fn expected(stage: &Stage<'_>, name: &str) -> Time {
    let eta = stage.now() + hours(1);
    stage.push(order(name, &["1"], OrderState::Paid)).await;
    stage.push(moving(name, eta)).await;
    eta
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_that_did_not_arrive_opens_one_case_and_a_complaint_joins_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let eta = expected(&stage, "o1").await;
        stage.pass(hours(24)).await;
        assert!(cases(&stage, "o1").await.is_empty());
        assert_eq!(due(&stage, "o1").await, Some(eta + hours(24)));
        stage.pass(hours(1)).await;
        let late = only(&stage, "o1").await;
        assert_eq!((late.kind, late.reasons.as_slice()), (CaseKind::Delivery, &[Reason::Late][..]));
        assert!(late.buyer.is_some());
        assert_eq!(stage.words(late.id).await, ["case.opened", "delivery.overdue"]);
        assert_eq!(due(&stage, "o1").await, None);
        let wish = stage.wish_of("o1", stage.now()).await;
        assert!(matches!(wish, Receipt::Accepted { case: Some(case), opened: false, .. } if case == late.id));
        // The same word again is no news.
        stage.push(moving("o1", eta)).await;
        stage.pass(days(3)).await;
        assert_eq!(counted(&stage, late.id, "delivery.overdue").await, 1);
        let view = stage.app.case_view(&root(), &stage.shop, late.id).await.unwrap();
        assert_eq!(view.shipments[0].expected.told, Some(eta));
        assert_eq!((view.shipments[0].carrier.as_str(), view.shipments[0].tracking.as_str()), ("DHL", "JX1"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_joins_the_case_that_is_open_on_its_line() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        expected(&stage, "o1").await;
        let Receipt::Accepted { case: Some(open), .. } = stage.wish_of("o1", stage.now()).await else {
            panic!("no case")
        };
        stage.pass(days(2)).await;
        assert_eq!(only(&stage, "o1").await.id, open);
        assert_eq!(counted(&stage, open, "delivery.overdue").await, 1);
        assert_eq!(counted(&stage, open, "case.signal_joined").await, 0);
        assert!(only(&stage, "o1").await.reasons.contains(&Reason::Late));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_was_cancelled_or_came_back_is_not_late() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        for name in ["arrived", "cancelled", "back"] {
            expected(&stage, name).await;
            assert!(due(&stage, name).await.is_some());
        }
        stage.push(SignalBody::Shipment(parcel("arrived", ShipmentState::Delivered, None))).await;
        stage.push(order("cancelled", &["1"], OrderState::Cancelled)).await;
        stage.push(SignalBody::Shipment(parcel("back", ShipmentState::ReturnedToSender, None))).await;
        for name in ["arrived", "cancelled", "back"] {
            assert_eq!(due(&stage, name).await, None, "{name}");
        }
        stage.pass(days(9)).await;
        for name in ["arrived", "cancelled", "back"] {
            assert!(cases(&stage, name).await.is_empty(), "{name}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_expected_time_moves_the_deadline_and_is_told_of_again() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let eta = expected(&stage, "o1").await;
        stage.push(moving("o1", eta + days(2))).await;
        assert_eq!(due(&stage, "o1").await, Some(eta + days(3)));
        stage.pass(minutes(1)).await;
        stage.push(moving("o1", eta + days(1))).await;
        assert_eq!(due(&stage, "o1").await, Some(eta + days(2)));
        stage.pass(days(3)).await;
        let late = only(&stage, "o1").await;
        stage.push(moving("o1", stage.now() + days(1))).await;
        stage.pass(days(3)).await;
        assert_eq!(only(&stage, "o1").await.id, late.id);
        assert_eq!(counted(&stage, late.id, "delivery.overdue").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grace_is_the_shops_and_an_old_parcel_is_no_news() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let change = PolicyChange { delivery_grace: Some(hours(2)), ..PolicyChange::default() };
        let update = UpdatePolicy { shop: stage.shop.clone(), version: 0, change };
        stage.app.change_shop(crate::house::call(&root()), update, |_| Vec::new()).await.unwrap();
        let eta = expected(&stage, "o1").await;
        assert_eq!(due(&stage, "o1").await, Some(eta + hours(2)));
        stage.push(moving("old", stage.now() - days(40))).await;
        stage.push(moving("recent", stage.now() - days(2))).await;
        // Late when it is first heard of: the next word may say that it arrived.
        assert_eq!(due(&stage, "recent").await, Some(stage.now() + minutes(10)));
        stage.pass(hours(4)).await;
        assert_eq!(only(&stage, "o1").await.kind, CaseKind::Delivery);
        assert_eq!(only(&stage, "recent").await.kind, CaseKind::Delivery);
        assert!(cases(&stage, "old").await.is_empty());
        assert_eq!(due(&stage, "old").await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_lines_in_one_parcel_make_one_case_which_a_complaint_narrows() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.push(order("o1", &["1", "2"], OrderState::Paid)).await;
        stage.push(moving("o1", stage.now() + hours(1))).await;
        stage.pass(days(2)).await;
        let late = only(&stage, "o1").await;
        assert_eq!(late.subject, Subject::Order { order: id("o1") });
        let wish = stage.wish_of("o1", stage.now()).await;
        assert!(matches!(wish, Receipt::Accepted { case: Some(case), opened: false, .. } if case == late.id));
        let now = only(&stage, "o1").await;
        assert_eq!(now.subject, Subject::Line { order: id("o1"), line: id("1") });
        // What is open on one of its lines is told, and no second case opens.
        stage.push(moving("o1", stage.now() + hours(1))).await;
        stage.pass(days(2)).await;
        assert_eq!(only(&stage, "o1").await.id, late.id);
        assert_eq!(counted(&stage, late.id, "delivery.overdue").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_arrival_is_told_and_a_closed_case_is_followed_by_another() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        expected(&stage, "o1").await;
        stage.pass(days(2)).await;
        let late = only(&stage, "o1").await;
        stage.claim(late.id).await;
        let contact = RecordContact {
            target: stage.target(late.id).await,
            means: "PHONE".to_owned(),
            reached: true,
            text: String::new(),
            at: None,
        };
        stage.app.perform(ann(), contact).await.unwrap();
        stage.solve(late.id, Outcome::TalkedThrough).await;
        // Another time passes while it is solved: that was not the end of the story.
        stage.push(moving("o1", stage.now() + hours(1))).await;
        stage.pass(hours(26)).await;
        let again = only(&stage, "o1").await;
        assert_eq!((again.handling.state(), again.reopen_count), (State::Queued, 1));
        stage.claim(late.id).await;
        let contact = RecordContact {
            target: stage.target(late.id).await,
            means: "PHONE".to_owned(),
            reached: true,
            text: String::new(),
            at: None,
        };
        stage.app.perform(ann(), contact).await.unwrap();
        stage.solve(late.id, Outcome::TalkedThrough).await;
        stage.pass(days(5)).await;
        assert!(matches!(stage.case(late.id).await.handling, Handling::Closed { .. }));
        stage.push(moving("o1", stage.now() + hours(1))).await;
        stage.pass(days(2)).await;
        let both = cases(&stage, "o1").await;
        assert_eq!((both.len(), both[1].follow_up_of), (2, Some(late.id)));
        stage.push(SignalBody::Shipment(parcel("o1", ShipmentState::Delivered, None))).await;
        assert_eq!(counted(&stage, both[1].id, "delivery.arrived").await, 1);
        assert_eq!(counted(&stage, late.id, "delivery.arrived").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_parcel_of_a_remedy_wakes_its_case_and_opens_none() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
        let mut sent = parcel("o1", ShipmentState::InTransit, Some(stage.now() + hours(1)));
        sent.shipment = id("spare");
        sent.remedy = Some(remedy.id);
        stage.push(SignalBody::Shipment(sent)).await;
        stage.solve(case, Outcome::RemedyFulfilled).await;
        stage.pass(hours(26)).await;
        assert_eq!(only(&stage, "o1").await.id, case);
        assert_eq!(stage.case(case).await.handling.state(), State::Queued);
        assert_eq!(counted(&stage, case, "delivery.overdue").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_parcels_fall_due_at_once_and_two_sweepers_tell_each_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let eta = stage.now() + hours(1);
        let signals = (0..250_u32).map(|n| Incoming {
            signal: Signal {
                id: id(format!("many{n}")),
                occurred_at: stage.now(),
                body: moving(&format!("m{n}"), eta),
            },
            digest: u128::from(n).to_be_bytes(),
        });
        stage.app.record(back_end(), stage.shop.clone(), signals.collect()).await.unwrap();
        house.clock.advance_to(eta + hours(24));
        let sweeps = (0..2).map(|_| {
            let app = stage.app.clone();
            tokio::spawn(async move { while app.run_due(100).await.unwrap() > 0 {} })
        });
        for sweep in sweeps.collect::<Vec<_>>() {
            sweep.await.unwrap();
        }
        for n in [0, 99, 249] {
            let late = only(&stage, &format!("m{n}")).await;
            assert_eq!(stage.words(late.id).await, ["case.opened", "delivery.overdue"]);
        }
        assert_eq!(due(&stage, "m7").await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_in_any_order_leave_the_same_parcel_and_deadline() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let now = stage.now();
        let words = |name: &str| {
            let parcel = |state, eta| SignalBody::Shipment(parcel(name, state, eta));
            vec![
                (1, order(name, &["1"], OrderState::Paid)),
                (2, parcel(ShipmentState::LabelCreated, Some(now + days(4)))),
                (3, parcel(ShipmentState::InTransit, Some(now + days(2)))),
                (4, parcel(ShipmentState::OutForDelivery, None)),
            ]
        };
        let mut seen = Vec::new();
        for (n, places) in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]].iter().enumerate() {
            let name = format!("x{n}");
            for place in places {
                let (minute, body) = words(&name).swap_remove(*place);
                let digest = u128::from(u32::try_from(n * 10 + place).unwrap() + 9_000).to_be_bytes();
                let at = now - hours(1) + minutes(minute);
                let signal = Signal { id: id(format!("{name}-{minute}")), occurred_at: at, body };
                let incoming = vec![Incoming { signal, digest }];
                stage.app.record(back_end(), stage.shop.clone(), incoming).await.unwrap();
            }
            let parcels = amends_store::shipment::by_orders(&[(stage.shop.clone(), id(&name))]);
            let parcel = parcels.all(&stage.app.store().reader()).await.unwrap().remove(0);
            seen.push((parcel.expected, parcel.state, due(&stage, &name).await));
        }
        assert_eq!(seen[0].2, Some(now + days(3)));
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    })
    .await;
}
