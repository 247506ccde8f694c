use amends_app::AppError;
use amends_app::case::{AddNote, MERGE_TARGET_ENDED, MergeCase, SolveCase};
use amends_domain::case::{Case, Handling, Outcome, Refused, State};
use amends_domain::deadline::DeadlineKind;
use amends_domain::detection::Reason;
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::SignalBody;
use amends_domain::subject::Anchor;
use amends_store::{case as cases, deadline, review};

use crate::house::{House, call, everywhere};
use crate::make::{
    after, ann, bob, buyer, case, case_id, days, offered, review as a_review, review_id, shop, sue, target,
    unheld,
};
use crate::stage::{Stage, id};

fn merge(from: &Case, into: &Case) -> MergeCase {
    let (into, into_version) = (into.id, into.version);
    MergeCase { target: unheld(from), into, into_version, note: "one lamp".to_owned() }
}

/// Two open cases of one buyer.
async fn twins(house: &House) -> (Case, Case) {
    house.insert(&case(1)).await;
    house.insert(&Case { buyer: Some(buyer(1)), reasons: vec![Reason::Late], priority: 90, ..case(2) }).await;
    (house.case(case_id(1)).await, house.case(case_id(2)).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_case_redirects_and_the_other_knows_what_it_knew() {
    everywhere(async |house| {
        let (one, two) = twins(house).await;
        house.insert_review(a_review(1)).await;
        let merged = house.perform(&sue(), merge(&one, &two)).await.unwrap();
        assert!(matches!(merged.case.case.handling, Handling::Merged { into, .. } if into == two.id));
        assert_eq!(merged.into.case.reasons, [Reason::Late, Reason::Damaged]);
        assert_eq!(merged.into.case.version, two.version + 1);
        assert_eq!(house.words(one.id).await, ["case.merged"]);
        assert_eq!(house.words(two.id).await, ["case.absorbed"]);
        let row = review::by_ids(&[(shop(), review_id(1))]).all(&house.app.store().reader()).await.unwrap();
        assert_eq!(row[0].case, Some(two.id), "what was said moves along");
        let late = AddNote { target: unheld(&merged.case.case), text: "late".to_owned() };
        let refused = house.perform(&sue(), late).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::Merged { into })) if into == two.id));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acted_on_one_of_two_merged_cases_acted_on_the_reviews_of_both() {
    for acts_on_the_first in [true, false] {
        everywhere(async |house| {
            let acted = Some(house.app.now());
            let at = |acts: bool| acted.filter(|_| acts);
            let one = Case { first_human_action_at: at(acts_on_the_first), ..case(1) };
            let first_human_action_at = at(!acts_on_the_first);
            house.insert(&one).await;
            house.insert(&Case { buyer: Some(buyer(1)), first_human_action_at, ..case(2) }).await;
            house.insert_review(a_review(1)).await;
            house.insert_review(a_review(2)).await;
            house.perform(&sue(), merge(&one, &house.case(case_id(2)).await)).await.unwrap();
            let keys = [(shop(), review_id(1)), (shop(), review_id(2))];
            let rows = review::by_ids(&keys).all(&house.app.store().reader()).await.unwrap();
            let stamps: Vec<_> = rows.iter().map(|row| row.handling.first_human_action_at).collect();
            assert_eq!(stamps, [acted, acted], "what changes from now on is not natural");
            assert_eq!(house.case(case_id(2)).await.first_human_action_at, acted);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timers_of_a_merged_case_are_off() {
    everywhere(async |house| {
        let held = house.claimed(1).await;
        house.insert(&Case { buyer: Some(buyer(1)), ..case(2) }).await;
        let by_ann = MergeCase { target: target(&held), ..merge(&held, &case(2)) };
        house.perform(&ann(), by_ann).await.unwrap();
        house.advance(after(days(1))).await;
        assert_eq!(house.words(held.id).await, ["case.claimed", "case.merged"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_of_two_buyers_stay_two() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        house.insert(&case(2)).await;
        let refused = house.perform(&sue(), merge(&case(1), &case(2))).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::NotMergeable))));
        let itself = house.perform(&sue(), merge(&case(1), &case(1))).await;
        assert!(matches!(itself, Err(AppError::Invalid(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_the_right_and_open_promises_are_looked_at() {
    everywhere(async |house| {
        let (one, two) = twins(house).await;
        let stale = house.perform(&sue(), MergeCase { into_version: 7, ..merge(&one, &two) }).await;
        assert!(matches!(stale, Err(AppError::EtagStale { seen: 7, current: 1 })));
        let mut old = merge(&one, &two);
        old.target.version = 7;
        let refused = house.perform(&sue(), old).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::VersionStale { seen: 7, current: 1 }))));
        let refused = house.perform(&bob(), merge(&one, &two)).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        house.insert_remedy(offered(1)).await;
        let refused = house.perform(&sue(), merge(&one, &two)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::RemedyInFlight))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_merged_into_a_case_that_is_solved_or_merged() {
    everywhere(async |house| {
        let into = house.working(2).await;
        house.insert(&Case { buyer: Some(buyer(2)), ..case(1) }).await;
        house.insert(&Case { buyer: Some(buyer(2)), ..case(3) }).await;
        let solve = SolveCase {
            target: target(&into),
            outcome: Outcome::NotRecoverable,
            note: String::new(),
            reason: None,
        };
        let solved = house.perform(&ann(), solve).await.unwrap().case;
        let refused = house.perform(&sue(), merge(&case(1), &solved)).await;
        assert!(matches!(refused, Err(AppError::Precondition(why)) if why == MERGE_TARGET_ENDED));
        house.perform(&sue(), merge(&case(1), &case(3))).await.unwrap();
        let gone = house.case(case_id(1)).await;
        let refused = house.perform(&sue(), merge(&case(3), &gone)).await;
        assert!(matches!(
            refused,
            Err(AppError::Case(Refused::VersionStale { .. } | Refused::Merged { .. }))
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_cases_merged_into_each_other_at_once_leave_one_open() {
    everywhere(async |house| {
        let (one, two) = twins(house).await;
        let run = |command| {
            let app = house.app.clone();
            tokio::spawn(async move { app.perform(call(&sue()), command).await.is_ok() })
        };
        let (a, b) = (run(merge(&one, &two)), run(merge(&two, &one)));
        assert!(a.await.unwrap() ^ b.await.unwrap());
        let states = [house.case(one.id).await.handling.state(), house.case(two.id).await.handling.state()];
        assert_eq!(states.iter().filter(|state| **state == State::Merged).count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_by_a_signal_keeps_the_deadline_of_the_channel_and_that_the_buyer_waits() {
    for request_is_first in [true, false] {
        everywhere(async |house| {
            let stage = Stage::on(house, "etsy").await;
            let (wrote_at, decides_at) = (stage.now(), stage.now() + days(5));
            let SignalBody::Return(mut seen) = stage.request("o1", ReturnStatus::Requested) else { panic!() };
            seen.deadline = Some(decides_at);
            // What comes first names no line, so that the line opens a case of its own.
            if request_is_first {
                seen.line = None;
                stage.push(SignalBody::Return(seen)).await;
                stage.wish_of("o1", wrote_at).await;
            } else {
                stage.wish_of_the_order("o1", wrote_at).await;
                stage.pass(days(1)).await;
                stage.push(SignalBody::Return(seen)).await;
            }
            let anchor = Anchor::Order(id("o1"));
            let of = || cases::of_anchors(&[(stage.shop.clone(), anchor.clone())]);
            assert_eq!(of().all(&stage.app.store().reader()).await.unwrap().len(), 2);
            stage.delivered("o1", 1).await;
            let mut found = of().all(&stage.app.store().reader()).await.unwrap();
            found.retain(Case::is_open);
            let [kept] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((kept.hard_deadline, kept.waiting_since), (Some(decides_at), Some(wrote_at)));
            let (conn, kind) = (stage.app.store().reader(), DeadlineKind::ChannelDeadline);
            let due = deadline::get(&conn, &stage.shop, kind, &kept.id.to_string()).await.unwrap();
            assert_eq!(due, Some(decides_at - days(1)), "a supervisor is told in time");
        })
        .await;
    }
}
