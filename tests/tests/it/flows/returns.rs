//! Returns: what the channel says, when its own figure counts it, and what that makes of ours.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::make::{delivery, order, return_now, return_request, spring, stamp};
use amends_tests::{Harness, flow, refused};
use tonic::Code;
use v1::{Reason, ReturnStatus, ReturnVerdict};

flow!(
    each_channel_counts_a_return_by_its_own_rule,
    a_withdrawn_request_counts_only_where_opening_counts,
    a_status_nobody_knows_is_kept_and_not_refused,
    a_return_is_read_and_listed,
    the_channels_deadline_is_the_hard_one
);

/// The step at which each channel's own metric counts a return.
const COUNTED_AT: [(&str, ReturnStatus); 6] = [
    ("ebay", ReturnStatus::Requested),
    ("shopee", ReturnStatus::Requested),
    ("own_store", ReturnStatus::Approved),
    ("etsy", ReturnStatus::Approved),
    ("amazon", ReturnStatus::Received),
    ("shopify", ReturnStatus::Settled),
];

const WAY: [ReturnStatus; 5] = [
    ReturnStatus::Requested,
    ReturnStatus::Approved,
    ReturnStatus::InTransit,
    ReturnStatus::Received,
    ReturnStatus::Settled,
];

async fn sold_in(h: &Harness, channel: &str) -> String {
    let shop = h.open_shop(&format!("on-{channel}"), channel).await;
    h.say_in(&shop, h.now(), order("o1")).await;
    h.say_in(&shop, h.now(), delivery("o1")).await;
    shop
}

async fn read(h: &Harness, shop: &str) -> v1::Return {
    let request = v1::GetReturnRequest { name: format!("{shop}/returns/ret-1") };
    h.client().call(request).await.unwrap().buyer_return.unwrap()
}

async fn returned(h: &Harness, shop: &str) -> (i64, i64) {
    let request =
        v1::GetReturnsRequest { parent: shop.to_owned(), cohort: Some(spring()), ..Default::default() };
    let row = h.client().call(request).await.unwrap().rows.pop().unwrap();
    (row.return_rate_units.unwrap().numerator, row.requested_rate.unwrap().numerator)
}

async fn each_channel_counts_a_return_by_its_own_rule(h: &Harness) {
    for (channel, counted_at) in COUNTED_AT {
        let shop = sold_in(h, channel).await;
        let asked = h.now();
        let mut counted = false;
        for status in WAY {
            h.advance(Span::from_hours(1)).await;
            h.say_in(&shop, h.now(), return_now("ret-1", "o1", asked, status)).await;
            counted |= status == counted_at;
            let one = read(h, &shop).await;
            assert_eq!(one.status(), status);
            let verdict = if counted { ReturnVerdict::Recorded } else { ReturnVerdict::Open };
            assert_eq!(one.verdict(), verdict, "{channel} at {status:?}");
            assert_eq!(returned(h, &shop).await, (i64::from(counted), 1), "{channel} at {status:?}");
        }
    }
}

async fn a_withdrawn_request_counts_only_where_opening_counts(h: &Harness) {
    for (channel, counts) in [("ebay", 1), ("shopee", 0), ("own_store", 0)] {
        let shop = sold_in(h, channel).await;
        let asked = h.now();
        h.say_in(&shop, asked, return_request("ret-1", "o1", asked)).await;
        h.advance(Span::from_hours(3)).await;
        h.say_in(&shop, h.now(), return_now("ret-1", "o1", asked, ReturnStatus::Withdrawn)).await;
        assert_eq!(returned(h, &shop).await.0, counts, "{channel}");
        h.advance(Span::from_days(31)).await;
        let verdict = read(h, &shop).await.verdict();
        let expected = if counts == 1 { ReturnVerdict::Recorded } else { ReturnVerdict::AvoidedConfirmed };
        assert_eq!(verdict, expected, "{channel}");
    }
}

async fn a_status_nobody_knows_is_kept_and_not_refused(h: &Harness) {
    let shop = sold_in(h, "shopee").await;
    let odd = v1::ReturnSignal {
        status: None,
        raw_status: "SELLER_COMPENSATE_JUDGING_2".to_owned(),
        ..return_request("ret-1", "o1", h.now())
    };
    h.say_in(&shop, h.now(), odd).await;
    let one = read(h, &shop).await;
    assert_eq!(one.status(), ReturnStatus::Unmapped);
    assert_eq!(one.raw_status, "SELLER_COMPENSATE_JUDGING_2");
    let known = v1::ReturnSignal {
        status: None,
        raw_status: "Return-Requested".to_owned(),
        ..return_request("ret-2", "o1", h.now())
    };
    h.say_in(&shop, h.now(), known).await;
    let request = v1::GetReturnRequest { name: format!("{shop}/returns/ret-2") };
    let two = h.client().call(request).await.unwrap().buyer_return.unwrap();
    assert_eq!(two.status(), ReturnStatus::Requested);
}

async fn a_return_is_read_and_listed(h: &Harness) {
    let shop = sold_in(h, "own_store").await;
    let asked = h.now();
    let heard = h.say_in(&shop, asked, return_request("ret-1", "o1", asked)).await;
    let one = read(h, &shop).await;
    assert_eq!((one.case.as_str(), one.order_id.as_str()), (heard.case.as_str(), "o1"));
    assert_eq!(one.request_time, Some(stamp(asked)));
    let list = |status: ReturnStatus| v1::ListReturnsRequest {
        parent: shop.clone(),
        statuses: vec![status.into()],
        order_id: "o1".to_owned(),
        ..Default::default()
    };
    assert_eq!(h.client().call(list(ReturnStatus::Requested)).await.unwrap().returns, [one]);
    assert!(h.client().call(list(ReturnStatus::Settled)).await.unwrap().returns.is_empty());
    let unknown = v1::GetReturnRequest { name: format!("{shop}/returns/ret-9") };
    let _ = refused(h.client().call(unknown).await, Code::NotFound, Reason::ReturnNotFound);
}

async fn the_channels_deadline_is_the_hard_one(h: &Harness) {
    let shop = sold_in(h, "shopee").await;
    let deadline = h.now() + Span::from_days(2);
    let asked = v1::ReturnSignal {
        channel_deadline: Some(stamp(deadline)),
        ..return_request("ret-1", "o1", h.now())
    };
    let heard = h.say_in(&shop, h.now(), asked).await;
    assert_eq!(h.case(&heard.case).await.hard_deadline, Some(stamp(deadline)));
    h.advance(Span::from_hours(40)).await;
    assert!(h.case(&heard.case).await.level > 0, "a supervisor is told before the channel decides");
}
