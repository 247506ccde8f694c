//! Parcels.

use amends_domain::delivery::{Eta, Expected};
use amends_domain::order::Shipment;
use amends_domain::signal::ShipmentState;
use amends_domain::{RemedyId, ShipmentId};
use amends_store::{Store, shipment};

use crate::sample::{ODD, at, line_id, order_id, shop_id, signal_id};

conformance!(a_parcel_is_read_back_as_it_stands, parcels_belong_to_their_order);

fn bare(order: &str, id: &str) -> Shipment {
    Shipment {
        shop: shop_id(ODD),
        shipment: ShipmentId::new(id).unwrap(),
        order: order_id(order),
        lines: Vec::new(),
        state: ShipmentState::LabelCreated,
        state_at: at(0),
        said_by: signal_id("s"),
        expected: Expected::default(),
        carrier: String::new(),
        tracking: String::new(),
        delivered_at: None,
        for_remedy: false,
        remedy: None,
    }
}

fn eta(said: i64, expected: i64) -> Eta {
    Eta { said_at: at(said), at: at(expected) }
}

fn full(order: &str, id: &str) -> Shipment {
    Shipment {
        lines: vec![(line_id(ODD), u32::MAX), (line_id("2"), 0)],
        state: ShipmentState::Delivered,
        expected: Expected { first: Some(eta(1, 2)), latest: Some(eta(2, 3)), told: Some(at(3)) },
        carrier: ODD.to_owned(),
        tracking: ODD.to_owned(),
        delivered_at: Some(at(2)),
        for_remedy: true,
        remedy: Some(RemedyId::from_bits(7)),
        ..bare(order, id)
    }
}

async fn read(store: &Store, orders: &[&str]) -> Vec<Shipment> {
    let orders: Vec<_> = orders.iter().map(|order| (shop_id(ODD), order_id(order))).collect();
    let mut found = shipment::by_orders(&orders).all(&store.reader()).await.unwrap();
    found.sort_by(|a, b| (&a.order, &a.shipment).cmp(&(&b.order, &b.shipment)));
    found
}

async fn a_parcel_is_read_back_as_it_stands(store: Store) {
    let tx = store.begin().await.unwrap();
    shipment::put(&[bare(ODD, "1"), bare(ODD, "2"), full(ODD, ODD)]).run(&tx).await.unwrap();
    shipment::put(&[full(ODD, "2")]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store, &[ODD]).await, [bare(ODD, "1"), full(ODD, "2"), full(ODD, ODD)]);
}

async fn parcels_belong_to_their_order(store: Store) {
    let tx = store.begin().await.unwrap();
    shipment::put(&[bare("a", "1"), full("b", "1"), bare("c", "1")]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store, &["a", "b", "b", "x"]).await, [bare("a", "1"), full("b", "1")]);
}
