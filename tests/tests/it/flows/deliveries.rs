//! A parcel that does not arrive, and what the agent sees of it.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{WRONG_SIZE, delivery, message, order, stamp};
use amends_tests::{Harness, flow, refused};
use tonic::Code;
use v1::timeline_entry::Entry;

flow!(a_late_parcel_opens_a_case_that_tells_all_of_it, the_grace_is_a_rule_of_the_shop);

fn on_its_way(h: &Harness, order: &str, eta: Span) -> v1::ShipmentSignal {
    v1::ShipmentSignal {
        state: v1::ShipmentState::InTransit.into(),
        eta: Some(stamp(h.now() + eta)),
        ..delivery(order)
    }
}

async fn a_late_parcel_opens_a_case_that_tells_all_of_it(h: &Harness) {
    h.say(order("o1")).await;
    h.say(on_its_way(h, "o1", Span::from_hours(2))).await;
    h.advance(Span::from_hours(25)).await;
    assert!(h.cases(MAIN).await.is_empty());
    h.advance(Span::from_hours(2)).await;
    let cases = h.cases(MAIN).await;
    let [late] = cases.as_slice() else { panic!("{cases:?}") };
    assert_eq!(
        (late.kind(), late.reasons.as_slice()),
        (v1::CaseKind::Delivery, &[i32::from(v1::ComplaintReason::Late)][..])
    );
    // The carrier has another date now; the buyer complains, and finds the case that is open.
    h.say(on_its_way(h, "o1", Span::from_days(2))).await;
    let told = h.say(message("m1", "o1", WRONG_SIZE)).await;
    assert_eq!((told.case.as_str(), told.case_opened), (late.name.as_str(), false));
    let view = h.view(&late.name).await;
    let [parcel] = view.shipments.as_slice() else { panic!("{:?}", view.shipments) };
    let shown = parcel.shipment.clone().unwrap();
    assert_eq!((shown.carrier.as_str(), shown.tracking.as_str()), ("post", "T-o1"));
    assert_eq!(parcel.promised_eta, parcel.missed_eta);
    assert!(shown.eta.unwrap().seconds > parcel.promised_eta.unwrap().seconds);
    let entries = h.timeline(&late.name).await;
    let steps = entries.iter().filter(|e| matches!(e.entry, Some(Entry::DeliveryOverdue(_)))).count();
    assert_eq!(steps, 1);
    assert_eq!(entries[0].actor.as_ref().unwrap().kind(), v1::ActorKind::System);
    h.say(delivery("o1")).await;
    let entries = h.timeline(&late.name).await;
    assert!(entries.iter().any(|e| matches!(e.entry, Some(Entry::DeliveryArrived(_)))));
}

async fn the_grace_is_a_rule_of_the_shop(h: &Harness) {
    let admin = h.client_as("adam", &[Role::Admin]).await;
    let policy = |seconds, etag: String| v1::UpdatePolicyRequest {
        policy: Some(v1::Policy {
            name: format!("{MAIN}/policy"),
            etag,
            shop_rules: Some(v1::ShopRules {
                delivery_grace: Some(prost_types::Duration { seconds, nanos: 0 }),
                ..Default::default()
            }),
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["shop_rules.delivery_grace".to_owned()] }),
        ..Default::default()
    };
    let wrong = admin.call(policy(31 * 86_400, String::new())).await;
    let _ = refused(wrong, Code::InvalidArgument, v1::Reason::InvalidField);
    admin.call(policy(3_600, String::new())).await.unwrap();
    h.say(order("o1")).await;
    h.say(on_its_way(h, "o1", Span::from_hours(2))).await;
    h.advance(Span::from_hours(4)).await;
    assert_eq!(h.cases(MAIN).await.len(), 1);
}
