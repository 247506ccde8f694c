//! Clocks of cases.

use amends_domain::case::CaseKind;
use amends_domain::shop::Channel;
use amends_domain::sla::{About, Hours, Metric, Parts, Phase, Promise, Row, Stand, Standing};
use amends_domain::{Span, Time};
use amends_store::Store;
use amends_store::bulk::Trip;
use amends_store::case;
use amends_store::clock::{self, ClocksRow};

use crate::sample::{ODD, at, case_id, shop_id};

conformance!(
    clocks_are_read_back_as_they_stand,
    to_go_on_only_the_latest_instance_of_each_metric_is_read,
    clocks_that_are_forgotten_are_gone_whole
);

fn row(metric: Metric, number: u32, phase: Phase) -> Row {
    Row {
        metric,
        number,
        started_at: at(i64::from(number)),
        promise: None,
        consumed: Span::ZERO,
        phase,
        warned_at: None,
        breached_at: None,
    }
}

fn full() -> Row {
    Row {
        promise: Some(Promise {
            span: Span::from_days(366),
            hours: Hours::Business,
            effective_from: Time::MIN,
            target: 199,
        }),
        consumed: Span::from_micros(i64::MAX),
        warned_at: Some(at(7)),
        breached_at: Some(at(8)),
        ..row(Metric::Update, 1, Phase::Paused { since: at(9), by: Standing::WaitingThirdParty })
    }
}

fn clocks(case: u128, rows: Vec<Row>) -> ClocksRow {
    let stand = Stand { standing: Standing::Solved, buyer_waits: true, answered: false, last_at: at(9) };
    let about =
        About { kind: CaseKind::Delivery, channel: Channel::new("own_store").unwrap(), priority: 100 };
    let parts = Parts { about, stand, rows };
    ClocksRow { shop: shop_id(ODD), case: case_id(case), parts, tells_at: None, due_at: None }
}

async fn put(store: &Store, rows: &[ClocksRow]) {
    let tx = store.begin().await.unwrap();
    tx.send(clock::put(rows)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn clocks_are_read_back_as_they_stand(store: Store) {
    let bare = clocks(1, Vec::new());
    let rows = vec![
        full(),
        row(Metric::Agreement, 1, Phase::Running { since: at(2) }),
        row(Metric::Resolution, 1, Phase::Cancelled { at: at(2) }),
        row(Metric::AgentWork, 1, Phase::Stopped { at: at(2) }),
    ];
    let whole = ClocksRow { tells_at: Some(at(3)), due_at: Some(at(4)), ..clocks(2, rows) };
    put(&store, &[bare.clone(), clocks(2, vec![full()]), clocks(3, vec![full()])][..2]).await;
    put(&store, std::slice::from_ref(&whole)).await;
    let keys = [(shop_id(ODD), case_id(1)), (shop_id(ODD), case_id(2))];
    let mut read = clock::whole(&store.reader(), &keys).await.unwrap();
    read.sort_by_key(|row| row.case);
    assert_eq!(read, [bare, whole]);
}

async fn to_go_on_only_the_latest_instance_of_each_metric_is_read(store: Store) {
    let answered = row(Metric::NextResponse, 1, Phase::Stopped { at: at(2) });
    let open = row(Metric::NextResponse, 2, Phase::Running { since: at(3) });
    let other = row(Metric::Update, 1, Phase::Running { since: at(2) });
    put(&store, &[clocks(1, vec![answered, other])]).await;
    put(&store, &[clocks(1, vec![answered, open])]).await;
    let key = [(shop_id(ODD), case_id(1))];
    let read = clock::latest(&store.reader(), &key).await.unwrap();
    assert_eq!(read[0].parts.rows, [other, open]);
    let read = clock::whole(&store.reader(), &key).await.unwrap();
    assert_eq!(read[0].parts.rows, [answered, other, open]);
    // Asked by the cases that a question leads to, and there is no such case.
    let mut trip = Trip::default();
    let asked = clock::ask(&mut trip, case::by_ids(&key));
    let mut answers = trip.go(&store.reader()).await.unwrap();
    assert!(clock::take(&mut answers, asked).unwrap().is_empty());
}

async fn clocks_that_are_forgotten_are_gone_whole(store: Store) {
    put(&store, &[clocks(1, vec![full()]), clocks(2, vec![full()])]).await;
    let tx = store.begin().await.unwrap();
    let keys = [(shop_id(ODD), case_id(1)), (shop_id(ODD), case_id(2))];
    tx.send(clock::forget(&keys[..1])).await.unwrap();
    tx.commit().await.unwrap();
    put(&store, &[clocks(1, Vec::new())]).await;
    let mut read = clock::whole(&store.reader(), &keys).await.unwrap();
    read.sort_by_key(|row| row.case);
    assert_eq!(read, [clocks(1, Vec::new()), clocks(2, vec![full()])]);
}
