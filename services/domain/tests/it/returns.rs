//! Return requests: what the channel's words mean, and what each channel counts.

use amends_domain::counter::OfferBounds;
use amends_domain::policy::CountingRule;
use amends_domain::returns::{ReturnEvent, ReturnHistory, ReturnStatus, replay};
use proptest::prelude::*;

use crate::make::{at, signal};

fn event(secs: i64, status: ReturnStatus) -> ReturnEvent {
    ReturnEvent {
        occurred_at: at(secs),
        signal: signal(secs),
        status,
        quantity: 1,
        seller_fault: None,
        refund: None,
        bounds: OfferBounds::default(),
    }
}

fn fault(secs: i64, status: ReturnStatus, found: bool) -> ReturnEvent {
    ReturnEvent { seller_fault: Some(found), ..event(secs, status) }
}

fn story(events: Vec<ReturnEvent>) -> ReturnHistory {
    replay(events).unwrap()
}

#[test]
fn every_spelling_of_the_channels_word_means_the_same() {
    let check = |raw: &str, status| assert_eq!(ReturnStatus::from_raw(raw), status, "{raw}");
    for raw in ["RETURN_REQUESTED", "return-requested", "Return Requested", "returnRequested"] {
        check(raw, ReturnStatus::Requested);
    }
    check("CANCELLED", ReturnStatus::Withdrawn);
    check("canceled", ReturnStatus::Withdrawn);
    check("Seller Review", ReturnStatus::Negotiating);
    check("LABEL_ISSUED", ReturnStatus::Approved);
    check("shipped_back", ReturnStatus::InTransit);
    check("ITEM_RECEIVED", ReturnStatus::Received);
    check("REFUND_PAID", ReturnStatus::Settled);
    check("rejected", ReturnStatus::Declined);
    check("JUDGING", ReturnStatus::Disputed);
    check("time-out", ReturnStatus::Expired);
    for unknown in ["", "???", "RETURN_REQUESTED_V2", "退货", "İ"] {
        check(unknown, ReturnStatus::Unmapped);
    }
}

#[test]
fn our_own_words_mean_themselves() {
    for &status in ReturnStatus::ALL {
        let voiced = status == ReturnStatus::Intent;
        let meant = if voiced { ReturnStatus::Unmapped } else { status };
        assert_eq!(ReturnStatus::from_raw(status.as_str()), meant, "{status}");
    }
}

/// When each rule counts the story, in the order of the list.
fn check(events: Vec<ReturnEvent>, counted: [Option<i64>; 7]) {
    let story = story(events);
    for (rule, secs) in CountingRule::ALL.iter().zip(counted) {
        assert_eq!(story.counted_at(*rule), secs.map(at), "{rule} of {story:?}");
    }
}

#[test]
fn each_channel_counts_its_own_moment() {
    use ReturnStatus::{Approved, Declined, InTransit, Intent, Received, Requested, Settled, Withdrawn};
    // Columns: request opened, listed unless withdrawn, seller fault verified,
    // seller-fault return, goods received, processed, approved.
    check(vec![event(1, Intent)], [None; 7]);
    check(vec![event(1, Requested)], [Some(1), Some(1), None, None, None, None, None]);
    check(vec![event(1, Requested), event(2, Withdrawn)], [Some(1), None, None, None, None, None, None]);
    check(vec![event(1, Requested), event(2, Declined)], [Some(1), Some(1), None, None, None, None, None]);
    check(vec![event(1, Requested), event(2, Approved)], [Some(1), Some(1), None, None, None, None, Some(2)]);
    check(
        vec![event(1, Requested), event(2, Approved), event(3, Withdrawn)],
        [Some(1), None, None, None, None, None, None],
    );
    check(
        vec![event(1, Requested), fault(2, Requested, true)],
        [Some(1), Some(1), Some(2), None, None, None, None],
    );
    check(
        vec![event(1, Requested), fault(2, Requested, true), event(3, Withdrawn)],
        [Some(1), None, None, None, None, None, None],
    );
    check(
        vec![fault(1, Requested, true), event(2, Approved)],
        [Some(1), Some(1), Some(1), Some(2), None, None, Some(2)],
    );
    check(
        vec![event(1, Requested), event(2, Approved), fault(3, Approved, true)],
        [Some(1), Some(1), Some(3), Some(3), None, None, Some(2)],
    );
    check(
        vec![fault(1, Requested, true), event(2, Approved), fault(3, Approved, false)],
        [Some(1), Some(1), None, None, None, None, Some(2)],
    );
    // A status that the channel skipped is implied by the later one, but goods that nobody saw are not.
    check(
        vec![event(1, Requested), event(2, InTransit)],
        [Some(1), Some(1), None, None, None, None, Some(2)],
    );
    check(
        vec![event(1, Requested), event(2, Settled)],
        [Some(1), Some(1), None, None, None, Some(2), Some(2)],
    );
    check(
        vec![event(1, Requested), event(2, Approved), event(3, Received), event(4, Settled)],
        [Some(1), Some(1), None, None, Some(3), Some(4), Some(2)],
    );
}

#[test]
fn a_wish_that_was_voiced_is_no_request_and_does_not_date_one() {
    let voiced = story(vec![event(1, ReturnStatus::Intent)]);
    assert_eq!((voiced.status, voiced.requested_at), (ReturnStatus::Intent, at(1)));
    let requested = story(vec![event(1, ReturnStatus::Intent), event(5, ReturnStatus::Requested)]);
    assert_eq!((requested.status, requested.requested_at), (ReturnStatus::Requested, at(5)));
    assert_eq!(requested.counted_at(CountingRule::RequestOpened), Some(at(5)));
    // A wish voiced once more does not undo the request.
    let again = story(vec![event(5, ReturnStatus::Requested), event(9, ReturnStatus::Intent)]);
    assert_eq!(again.status, ReturnStatus::Requested);
}

#[test]
fn a_word_we_do_not_know_is_kept_and_changes_nothing() {
    let only = story(vec![event(1, ReturnStatus::Unmapped)]);
    assert_eq!(
        (only.status, only.counted_at(CountingRule::RequestOpened)),
        (ReturnStatus::Unmapped, Some(at(1)))
    );
    let after = story(vec![event(1, ReturnStatus::Withdrawn), event(2, ReturnStatus::Unmapped)]);
    assert_eq!((after.status, after.withdrawn_at), (ReturnStatus::Withdrawn, Some(at(1))));
}

#[test]
fn saying_it_again_moves_no_date() {
    use ReturnStatus::{Approved, Received, Requested, Settled, Withdrawn};
    let twice = |status| story(vec![event(1, Requested), fault(2, status, true), fault(3, status, true)]);
    assert_eq!(twice(Withdrawn).withdrawn_at, Some(at(2)));
    assert_eq!(twice(Approved).approved_at, Some(at(2)));
    assert_eq!(twice(Received).received_at, Some(at(2)));
    assert_eq!(twice(Settled).settled_at, Some(at(2)));
    assert_eq!(twice(Requested).seller_fault_at, Some(at(2)));
}

#[test]
fn a_request_that_is_taken_up_again_stands() {
    use ReturnStatus::{Requested, Withdrawn};
    let story =
        story(vec![event(1, Requested), event(2, Withdrawn), event(3, Requested), event(4, Withdrawn)]);
    assert_eq!(story.withdrawn_at, Some(at(4)), "it stands withdrawn since the second time");
    let open = replay(vec![event(1, Requested), event(2, Withdrawn), event(3, Requested)]).unwrap();
    assert_eq!(open.counted_at(CountingRule::ListedUnlessWithdrawn), Some(at(1)));
}

#[test]
fn the_latest_word_on_the_quantity_stands() {
    let more = ReturnEvent { quantity: 3, ..event(2, ReturnStatus::Unmapped) };
    assert_eq!(story(vec![more, event(1, ReturnStatus::Requested)]).quantity, 3);
    assert!(replay(Vec::new()).is_none());
}

fn events() -> impl Strategy<Value = Vec<ReturnEvent>> {
    let one = (0_i64..10, prop::sample::select(ReturnStatus::ALL), 1_u32..4, prop::option::of(any::<bool>()));
    prop::collection::vec(one, 1..10).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(i, (secs, status, quantity, seller_fault))| ReturnEvent {
                signal: signal(i),
                quantity,
                seller_fault,
                ..event(secs, status)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_story_does_not_depend_on_the_order_of_arrival(
        (sorted, shuffled) in events().prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle()))
    ) {
        prop_assert_eq!(replay(sorted), replay(shuffled));
    }

    #[test]
    fn whatever_counts_happened_at_a_time_that_was_told(all in events()) {
        let story = story(all.clone());
        for &rule in CountingRule::ALL {
            if let Some(counted_at) = story.counted_at(rule) {
                prop_assert!(all.iter().any(|e| e.occurred_at == counted_at));
                prop_assert!(counted_at >= story.requested_at);
                prop_assert!(story.status != ReturnStatus::Intent);
            }
        }
        // What stands withdrawn counts only where an opened request or arrived goods or money count.
        if story.withdrawn_at.is_some() {
            let counts = |rule| story.counted_at(rule).is_some();
            prop_assert!(!counts(CountingRule::ListedUnlessWithdrawn) && !counts(CountingRule::Approved));
            prop_assert!(!counts(CountingRule::SellerFaultVerified) && !counts(CountingRule::SellerFaultReturn));
            prop_assert!(counts(CountingRule::RequestOpened));
        }
    }

    #[test]
    fn any_word_maps_to_something(raw in any::<String>()) {
        let status = ReturnStatus::from_raw(&raw);
        prop_assert!(status != ReturnStatus::Intent);
        prop_assert_eq!(status, ReturnStatus::from_raw(&raw.to_uppercase().to_lowercase()));
    }
}
