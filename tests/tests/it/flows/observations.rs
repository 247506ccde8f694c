//! When a review is looked at again, and by whom.

use std::sync::Arc;

use amends_app::Role;
use amends_client::v1;
use amends_domain::{ReviewId, ShopId, Span, Time};
use amends_store::review as stored;
use amends_tests::harness::{MAIN, by_operator, last};
use amends_tests::make::{LEAKS, ROW_HOLDS, delivery, order, review, stamp, time};
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::FieldMask;
use tonic::Code;
use v1::{Reason, ReviewDiffKind};

flow!(
    a_review_falls_due_after_an_hour_six_hours_and_each_day,
    looks_that_were_missed_are_one_look,
    a_late_observation_moves_the_plan_to_where_it_would_have_been,
    nobody_looks_at_what_its_author_or_the_channel_removed,
    what_vanished_is_looked_at_until_it_is_known_why,
    a_delivery_that_is_told_late_moves_the_end_of_the_window,
    other_rules_hold_for_reviews_first_seen_from_then_on,
    a_look_that_finds_nothing_new_tells_nothing_to_the_case,
    what_is_due_is_listed_page_by_page_the_longest_due_first,
    only_connectors_and_supervisors_of_the_shop_see_what_is_due,
    a_look_that_is_lost_is_found_by_a_recomputation
);

fn request(parent: &str) -> v1::ListObservationsRequest {
    v1::ListObservationsRequest { parent: parent.to_owned(), ..Default::default() }
}

async fn due_in(h: &Harness, shop: &str) -> Vec<String> {
    let found = h.client().call(request(shop)).await.unwrap().observations;
    found.iter().map(|one| last(&one.review).to_owned()).collect()
}

async fn due(h: &Harness) -> Vec<String> {
    due_in(h, MAIN).await
}

async fn next(h: &Harness, shop: &str, id: &str) -> Option<Time> {
    let name = format!("{shop}/reviews/{id}");
    let review = h.client().call(v1::GetReviewRequest { name }).await.unwrap().review.unwrap();
    review.next_look_time.map(|at| time(Some(at)))
}

fn hours(n: i64) -> Span {
    Span::from_hours(n)
}

async fn a_review_falls_due_after_an_hour_six_hours_and_each_day(h: &Harness) {
    let first = h.now();
    h.say(review("r1", "o1", 2, LEAKS)).await;
    for hour in [1, 6, 24, 48, 72] {
        assert_eq!(next(h, MAIN, "r1").await, Some(first + hours(hour)));
        assert!(due(h).await.is_empty(), "not before hour {hour}");
        h.advance((first + hours(hour)).since(h.now())).await;
        assert_eq!(due(h).await, ["r1"], "at hour {hour}");
        h.say(review("r1", "o1", 2, LEAKS)).await;
        assert!(due(h).await.is_empty(), "the look was had");
    }
    // The main shop's buyers edit at any time: daily for 30 days, and once 90 days later.
    h.advance((first + hours(30 * 24)).since(h.now())).await;
    h.say(review("r1", "o1", 2, LEAKS)).await;
    assert_eq!(next(h, MAIN, "r1").await, Some(first + Span::from_days(120)));
    h.advance(Span::from_days(90)).await;
    h.say(review("r1", "o1", 5, "They sent a new one.")).await;
    assert_eq!(next(h, MAIN, "r1").await, None, "that was the last look");
    assert!(due(h).await.is_empty());
}

async fn looks_that_were_missed_are_one_look(h: &Harness) {
    let first = h.now();
    h.say(review("r1", "o1", 2, LEAKS)).await;
    h.advance(hours(122)).await;
    let found = h.client().call(request(MAIN)).await.unwrap().observations;
    assert_eq!((found.len(), time(found[0].due_time)), (1, first + hours(1)));
    assert_eq!((time(found[0].last_observe_time), found[0].order_id.as_str()), (first, "o1"));
    assert_eq!((found[0].visible, found[0].rating), (true, Some(2)));
    h.say(review("r1", "o1", 2, LEAKS)).await;
    assert_eq!(next(h, MAIN, "r1").await, Some(first + Span::from_days(6)));
}

async fn a_late_observation_moves_the_plan_to_where_it_would_have_been(h: &Harness) {
    let early = h.now();
    h.advance(Span::from_days(2)).await;
    h.say(review("r1", "o1", 2, LEAKS)).await;
    h.say_at(early, review("r1", "o1", 1, LEAKS)).await;
    assert_eq!(next(h, MAIN, "r1").await, Some(early + Span::from_days(3)), "daily since it was first seen");
    h.say_at(early + hours(5), review("r1", "o1", 1, LEAKS)).await;
    assert_eq!(next(h, MAIN, "r1").await, Some(early + Span::from_days(3)), "an older look is no newer one");
}

fn gone(id: &str, by: v1::ReviewRemoval) -> v1::ReviewSignal {
    let said = review(id, &format!("o-{id}"), 1, "");
    v1::ReviewSignal { rating: None, visible: Some(false), removal: Some(by.into()), ..said }
}

async fn nobody_looks_at_what_its_author_or_the_channel_removed(h: &Harness) {
    for (id, by) in [("r1", v1::ReviewRemoval::ByBuyer), ("r2", v1::ReviewRemoval::ByPlatform)] {
        h.say(review(id, &format!("o-{id}"), 2, LEAKS)).await;
        h.advance(hours(1)).await;
        assert_eq!(due(h).await, [id]);
        h.say(gone(id, by)).await;
        assert_eq!(next(h, MAIN, id).await, None);
        h.advance(Span::from_days(3)).await;
        assert!(due(h).await.is_empty());
    }
}

async fn what_vanished_is_looked_at_until_it_is_known_why(h: &Harness) {
    h.say(review("r1", "o-r1", 2, LEAKS)).await;
    h.advance(hours(1)).await;
    h.say(gone("r1", v1::ReviewRemoval::Unknown)).await;
    h.advance(hours(5)).await;
    assert_eq!(due(h).await, ["r1"], "it may come back");
    h.say(gone("r1", v1::ReviewRemoval::ByPlatform)).await;
    h.say(gone("r1", v1::ReviewRemoval::Unknown)).await;
    assert_eq!(next(h, MAIN, "r1").await, None, "who removed it is known since");
}

async fn a_delivery_that_is_told_late_moves_the_end_of_the_window(h: &Harness) {
    let shop = h.open_shop("letters", "etsy").await;
    let start = h.now();
    h.say_in(&shop, start, order("o1")).await;
    h.advance(Span::from_days(10)).await;
    h.say_in(&shop, h.now(), review("r1", "o1", 2, LEAKS)).await;
    h.advance(Span::from_days(95)).await;
    h.say_in(&shop, h.now(), review("r1", "o1", 2, LEAKS)).await;
    assert_eq!(next(h, &shop, "r1").await, Some(start + Span::from_days(106)), "100 days from what is known");
    h.say_in(&shop, start + hours(1), delivery("o1")).await;
    let closed = start + hours(1) + Span::from_days(100);
    assert_eq!(next(h, &shop, "r1").await, Some(closed + Span::from_days(90)), "its window had ended");
}

async fn other_rules_hold_for_reviews_first_seen_from_then_on(h: &Harness) {
    let shop = h.open_shop("garden", "shopee").await;
    let first = h.now();
    h.say_in(&shop, first, review("r1", "o1", 2, LEAKS)).await;
    h.advance(hours(1)).await;
    let name = format!("{shop}/policy");
    let current = h.client().call(v1::GetPolicyRequest { name }).await.unwrap().policy.unwrap();
    let own = v1::ChannelPolicy { edit_window_days: Some(2), ..Default::default() };
    let request = v1::UpdatePolicyRequest {
        policy: Some(v1::Policy { channel_overrides: Some(own), ..current }),
        update_mask: Some(FieldMask { paths: vec!["channel_overrides.edit_window_days".to_owned()] }),
        ..Default::default()
    };
    h.client().call(request).await.unwrap();
    h.advance(ROW_HOLDS).await;
    let second = h.now();
    h.say_in(&shop, second, review("r2", "o2", 2, LEAKS)).await;
    h.advance(Span::from_days(10)).await;
    for (r, o) in [("r1", "o1"), ("r2", "o2")] {
        h.say_in(&shop, h.now(), review(r, o, 2, LEAKS)).await;
    }
    assert_eq!(next(h, &shop, "r1").await, Some(first + Span::from_days(11)), "as its window was");
    assert_eq!(next(h, &shop, "r2").await, Some(second + Span::from_days(92)));
}

async fn a_look_that_finds_nothing_new_tells_nothing_to_the_case(h: &Harness) {
    let case = h.say(review("r1", "o1", 2, LEAKS)).await.case;
    let (before, etag) = (h.timeline(&case).await.len(), h.case(&case).await.etag);
    h.advance(hours(1)).await;
    let seen = h.say(review("r1", "o1", 2, LEAKS)).await;
    assert_eq!(seen.case, case, "it is told whose it is all the same");
    assert_eq!((h.timeline(&case).await.len(), h.case(&case).await.etag), (before, etag));
    h.say(review("r1", "o1", 2, "The lid leaks.")).await;
    assert!(h.timeline(&case).await.len() > before);
    h.advance(hours(5)).await;
    h.say(review("r1", "o1", 2, "The lid leaks.")).await;
    let list = v1::ListReviewsRequest { parent: MAIN.to_owned(), ..Default::default() };
    let listed = h.client().call(list).await.unwrap().reviews;
    assert_eq!(listed[0].outcome(), ReviewDiffKind::TextOnly);
    let shown = h.view(&case).await.reviews;
    assert_eq!(shown[0].outcome(), ReviewDiffKind::TextOnly, "the quiet look hides nothing");
}

async fn what_is_due_is_listed_page_by_page_the_longest_due_first(h: &Harness) {
    let start = h.now();
    for n in 0..7 {
        let id = format!("r{n}");
        let signal =
            h.signal_at(start + Span::from_minutes(n % 3), review(&id, &format!("o{n}"), 5, "Good."));
        h.record(MAIN, vec![signal]).await;
    }
    h.advance(Span::from_minutes(61)).await;
    assert_eq!(due(h).await, ["r0", "r3", "r6", "r1", "r4"], "what is due now, of one moment by id");
    let by = v1::ListObservationsRequest {
        page_size: 3,
        due_by_time: Some(stamp(start + hours(2))),
        ..request(MAIN)
    };
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = v1::ListObservationsRequest { page_token: token.clone(), ..by.clone() };
        let page = h.client().call(page).await.unwrap();
        assert!(page.observations.len() <= 3);
        seen.extend(page.observations.iter().map(|one| last(&one.review).to_owned()));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        // What was looked at meanwhile does not come again.
        h.say(review("r0", "o0", 5, "Good.")).await;
    }
    assert_eq!(seen, ["r0", "r3", "r6", "r1", "r4", "r2", "r5"]);
    let foreign = v1::ListObservationsRequest { page_token: "x".to_owned(), page_size: 501, ..request(MAIN) };
    let wrong = refused(h.client().call(foreign).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&wrong), ["page_size", "page_token"]);
}

async fn only_connectors_and_supervisors_of_the_shop_see_what_is_due(h: &Harness) {
    h.say(review("r1", "o1", 2, LEAKS)).await;
    h.advance(hours(1)).await;
    for role in Role::ALL {
        let client = h.client_as(role.as_str(), &[role]).await;
        let answer = client.call(request(MAIN)).await;
        if [Role::Ingest, Role::Supervisor].contains(&role) {
            assert_eq!(answer.unwrap().observations.len(), 1, "{}", role.as_str());
        } else {
            let _ = refused(answer, Code::PermissionDenied, Reason::RoleMissing);
        }
    }
    let other = h.open_shop("other", "etsy").await;
    let stranger = h.client_in("feed", &[Role::Ingest], &[&other]).await;
    let _ = refused(stranger.call(request(MAIN)).await, Code::NotFound, Reason::ShopNotFound);
    let _ = refused(h.client().call(request("shops/none")).await, Code::NotFound, Reason::ShopNotFound);
}

async fn a_look_that_is_lost_is_found_by_a_recomputation(h: &Harness) {
    let first = h.now();
    h.say(review("r1", "o1", 2, LEAKS)).await;
    let (shop, id) = (ShopId::new(last(MAIN)).unwrap(), ReviewId::new("r1").unwrap());
    let tx = h.app.store().begin().await.unwrap();
    let mut rows = stored::by_ids(&[(shop.clone(), id)]).all(&tx).await.unwrap();
    rows[0].next_look_at = None;
    stored::put(&rows).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next(h, MAIN, "r1").await, None);
    let found = h.app.recompute(by_operator(), &shop, true, Arc::new(|_, _| {})).await.unwrap();
    assert!(found.difference_count == 1 && found.differences[0].contains("next look"), "{found:?}");
    assert_eq!(next(h, MAIN, "r1").await, Some(first + hours(1)));
}
