//! Incidents, and the cases in them.

use amends_domain::IncidentId;
use amends_domain::detection::Reason;
use amends_domain::incident::chart::Signal;
use amends_domain::incident::{About, Incident, IncidentState, Membership, Resolution};
use amends_domain::statistics::chart::Sample;
use amends_store::{Store, StoreError, incident};

use crate::sample::{ODD, at, case_id, shop_id};

conformance!(
    an_incident_is_read_back_as_it_was,
    incidents_are_listed_page_by_page_newest_first,
    a_case_is_in_one_open_incident_at_most,
);

fn bare(number: u128) -> Incident {
    Incident {
        id: IncidentId::from_bits(number),
        shop: shop_id(ODD),
        about: About { title: ODD.to_owned(), ..About::default() },
        opened_by: ODD.parse().unwrap(),
        opened_at: at(i64::try_from(number).unwrap()),
        resolution: None,
        cases: 0,
        signal: None,
        version: 1,
    }
}

fn full(number: u128) -> Incident {
    let about = About {
        title: "T".to_owned(),
        description: ODD.to_owned(),
        reason: Some(Reason::Defective),
        product: ODD.to_owned(),
        variant: ODD.to_owned(),
        sku: Some(ODD.parse().unwrap()),
        carrier: ODD.to_owned(),
    };
    let resolution = Some(Resolution { by: ODD.parse().unwrap(), at: at(77), note: ODD.to_owned() });
    let signal = Some(Signal {
        from: at(1),
        until: at(8),
        week: Sample { count: 9, size: 160 },
        base: Sample { count: 21, size: 1_900 },
        weeks: 12,
        pairs: 1_400,
    });
    Incident { about, resolution, cases: 3, signal, ..bare(number) }
}

async fn store_all(store: &Store, incidents: &[Incident]) {
    let tx = store.begin().await.unwrap();
    tx.send(incidents.iter().map(incident::insert)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn an_incident_is_read_back_as_it_was(store: Store) {
    store_all(&store, &[bare(1), full(2)]).await;
    let changed = Incident { version: 2, ..full(1) };
    let tx = store.begin().await.unwrap();
    tx.send([incident::update(&changed, 1)]).await.unwrap();
    tx.commit().await.unwrap();
    let ids = [1, 2].map(|number| (shop_id(ODD), IncidentId::from_bits(number)));
    let mut read = incident::by_ids(&ids).all(&store.reader()).await.unwrap();
    read.sort_by_key(|one| one.id);
    assert_eq!(read, [changed.clone(), full(2)]);
    let tx = store.begin().await.unwrap();
    let stale = tx.send([incident::update(&changed, 1)]).await.unwrap_err();
    assert!(matches!(stale, StoreError::Contended(_)), "{stale:?}");
    tx.rollback().await.unwrap();
}

async fn incidents_are_listed_page_by_page_newest_first(store: Store) {
    store_all(&store, &[bare(1), full(2), bare(3)]).await;
    let conn = store.reader();
    let list = async |state, after: Option<&(_, _)>, limit| {
        incident::list(&conn, &shop_id(ODD), state, after, limit).await.unwrap()
    };
    assert_eq!(list(None, None, 2).await, [bare(3), full(2)]);
    assert_eq!(list(None, Some(&(at(2), IncidentId::from_bits(2))), 9).await, [bare(1)]);
    assert_eq!(list(Some(IncidentState::Open), None, 9).await, [bare(3), bare(1)]);
    assert_eq!(list(Some(IncidentState::Resolved), None, 9).await, [full(2)]);
}

async fn a_case_is_in_one_open_incident_at_most(store: Store) {
    let member = |incident, case, open| Membership {
        shop: shop_id(ODD),
        incident: IncidentId::from_bits(incident),
        case: case_id(case),
        by: ODD.parse().unwrap(),
        at: at(1),
        open,
    };
    let tx = store.begin().await.unwrap();
    let first = [member(1, 7, true), member(1, 8, true), member(2, 7, false)];
    tx.send([incident::put(&first)]).await.unwrap();
    tx.commit().await.unwrap();
    let within = incident::of_cases(&[(shop_id(ODD), case_id(7))]).all(&store.reader()).await.unwrap();
    assert_eq!(within.len(), 2);
    let tx = store.begin().await.unwrap();
    assert!(tx.send([incident::put(&[member(3, 7, true)])]).await.is_err());
    tx.rollback().await.unwrap();
    let tx = store.begin().await.unwrap();
    tx.send([incident::remove(&[member(1, 7, true)])]).await.unwrap();
    tx.send([incident::put(&[member(3, 7, true)])]).await.unwrap();
    tx.commit().await.unwrap();
    let left = incident::members(&[(shop_id(ODD), IncidentId::from_bits(1))]).all(&store.reader()).await;
    assert_eq!(left.unwrap(), [member(1, 8, true)]);
}
