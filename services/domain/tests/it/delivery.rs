//! When a parcel is late: by the latest word about it, whichever order words come in.

use amends_domain::delivery::{Eta, Expected};
use amends_domain::order::Shipment;
use amends_domain::signal::ShipmentState;
use amends_domain::{ShipmentId, Span};
use proptest::prelude::*;

use crate::make::{at, order, shop, signal};

fn parcel(state: ShipmentState, expected: Expected) -> Shipment {
    Shipment {
        shop: shop(),
        shipment: ShipmentId::new("p").unwrap(),
        order: order(),
        lines: Vec::new(),
        state,
        state_at: at(0),
        said_by: signal("s"),
        expected,
        carrier: String::new(),
        tracking: String::new(),
        delivered_at: None,
        for_remedy: false,
        remedy: None,
    }
}

fn heard(words: &[(i64, Option<i64>)]) -> Expected {
    let mut expected = Expected::default();
    words.iter().for_each(|(said, eta)| expected.hear(at(*said), eta.map(at)));
    expected
}

const GRACE: Span = Span::from_secs(10);

#[test]
fn a_parcel_is_late_when_its_expected_arrival_and_the_grace_have_passed() {
    let expected = heard(&[(1, Some(100))]);
    assert_eq!(parcel(ShipmentState::InTransit, expected).late_at(GRACE), Some(at(110)));
    assert_eq!(parcel(ShipmentState::InTransit, heard(&[(1, None)])).late_at(GRACE), None);
}

#[test]
fn a_new_word_moves_the_time_later_or_earlier_and_one_without_a_time_leaves_it() {
    assert_eq!(heard(&[(1, Some(100)), (2, Some(200))]).at(), Some(at(200)));
    assert_eq!(heard(&[(1, Some(100)), (2, Some(50))]).at(), Some(at(50)));
    assert_eq!(heard(&[(1, Some(100)), (2, None)]).at(), Some(at(100)));
    let first = heard(&[(2, Some(200)), (1, Some(100))]).first;
    assert_eq!(first, Some(Eta { said_at: at(1), at: at(100) }));
}

#[test]
fn nobody_waits_for_what_arrived_or_does_not_come() {
    let expected = heard(&[(1, Some(100))]);
    for state in ShipmentState::ALL {
        let waits = parcel(*state, expected).late_at(GRACE).is_some();
        let gone = [ShipmentState::Delivered, ShipmentState::Lost, ShipmentState::ReturnedToSender];
        assert_eq!(waits, !gone.contains(state), "{state}");
    }
    let there = Shipment { delivered_at: Some(at(90)), ..parcel(ShipmentState::InTransit, expected) };
    assert_eq!(there.late_at(GRACE), None);
}

#[test]
fn a_passed_time_is_told_once_and_another_one_again() {
    let told = Expected { told: Some(at(100)), ..heard(&[(1, Some(100))]) };
    assert_eq!(parcel(ShipmentState::InTransit, told).late_at(GRACE), None);
    let mut moved = told;
    moved.hear(at(2), Some(at(150)));
    assert_eq!(parcel(ShipmentState::Delayed, moved).late_at(GRACE), Some(at(160)));
}

proptest! {
    #[test]
    fn words_in_any_order_say_the_same(
        words in prop::collection::vec((0_i64..6, prop::option::of(0_i64..6)), 0..6).prop_flat_map(
            |words| (Just(words.clone()), Just(words).prop_shuffle())
        )
    ) {
        prop_assert_eq!(heard(&words.0), heard(&words.1));
    }
}
