use std::collections::HashSet;

use amends_app::case::{ClaimCase, ClaimNextCase};
use amends_app::{Answer, AppError, Call, RequestKey, Settings};
use amends_domain::case::{Case, CaseKind, Refused, State};
use amends_domain::deadline::DeadlineKind;
use amends_store::deadline;

use crate::house::{House, call, everywhere, everywhere_with};
use crate::make::{after, agent, ann, bob, case, case_id, days, minutes, nan, shop, stranger, sue};

fn next() -> ClaimNextCase {
    ClaimNextCase { shop: shop(), kinds: Vec::new(), languages: Vec::new(), level_max: None }
}

fn one(n: u32) -> ClaimCase {
    ClaimCase { shop: shop(), case: case_id(n) }
}

async fn claim_next(house: &House) -> Option<Case> {
    house.perform(&ann(), next()).await.unwrap().map(|claimed| claimed.summary.case)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_case_is_claimed_with_a_lease_a_fence_and_a_deadline() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let claimed = house.perform(&ann(), next()).await.unwrap().unwrap();
        assert_eq!(claimed.summary.case.handling.state(), State::Claimed);
        assert_eq!((claimed.held.fence, &claimed.held.lease.agent), (1, &agent("ann")));
        let reader = house.app.store().reader();
        let due = deadline::get(&reader, &shop(), DeadlineKind::LeaseExpiry, &case_id(1).to_string())
            .await
            .unwrap();
        assert_eq!(due, Some(after(minutes(5))));
        assert_eq!(house.words(case_id(1)).await, ["case.claimed"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_queue_gives_nothing() {
    everywhere(async |house| assert!(claim_next(house).await.is_none())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_least_slack_comes_first_then_priority_then_age() {
    everywhere(async |house| {
        let plain = Case { queued_at: after(minutes(1)), ..case(1) };
        let important = Case { priority: 99, queued_at: after(minutes(2)), ..case(2) };
        let pressing =
            Case { hard_deadline: Some(after(minutes(99))), queued_at: after(minutes(3)), ..case(3) };
        let old = case(4);
        for one in [plain, important, pressing, old] {
            house.insert(&one).await;
        }
        let mut order = Vec::new();
        while let Some(case) = claim_next(house).await {
            order.push(case.id);
        }
        assert_eq!(order, [case_id(3), case_id(2), case_id(4), case_id(1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_had_before_comes_back_to_them_first() {
    everywhere(async |house| {
        house.insert(&Case { priority: 99, ..case(1) }).await;
        house.insert(&Case { preferred_agent: Some(agent("ann")), ..case(2) }).await;
        assert_eq!(claim_next(house).await.unwrap().id, case_id(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_and_languages_narrow_the_queue_and_an_unknown_language_fits_all() {
    everywhere(async |house| {
        house.insert(&Case { kind: CaseKind::Return, ..case(1) }).await;
        house.insert(&Case { language: "de".to_owned(), ..case(2) }).await;
        house.insert(&Case { language: String::new(), queued_at: after(minutes(1)), ..case(3) }).await;
        house.insert(&Case { language: "en-GB".to_owned(), queued_at: after(minutes(2)), ..case(4) }).await;
        let narrow =
            ClaimNextCase { kinds: vec![CaseKind::Review], languages: vec!["en".to_owned()], ..next() };
        let mut got = Vec::new();
        while let Some(claimed) = house.perform(&ann(), narrow.clone()).await.unwrap() {
            got.push(claimed.summary.case.id);
        }
        assert_eq!(got, [case_id(3), case_id(4)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_escalated_case_goes_to_supervisors_only() {
    everywhere(async |house| {
        house.insert(&Case { level: 1, ..case(1) }).await;
        assert!(claim_next(house).await.is_none());
        let asked = house.perform(&ann(), ClaimNextCase { level_max: Some(1), ..next() }).await;
        assert!(matches!(asked, Err(AppError::RoleMissing { .. })));
        let by_id = house.perform(&ann(), one(1)).await;
        assert!(matches!(by_id, Err(AppError::RoleMissing { .. })));
        assert!(house.perform(&sue(), next()).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_at_capacity_gets_no_more_and_keeps_what_they_hold() {
    let settings = Settings { agent_capacity: 2, ..Settings::default() };
    everywhere_with(settings, async |house| {
        for n in 1..=3 {
            house.insert(&case(n)).await;
        }
        house.perform(&ann(), one(1)).await.unwrap();
        house.perform(&ann(), one(2)).await.unwrap();
        for refused in
            [house.perform(&ann(), next()).await.map(drop), house.perform(&ann(), one(3)).await.map(drop)]
        {
            assert!(matches!(refused, Err(AppError::AtCapacity { held: 2, max: 2 })));
        }
        let again = house.perform(&ann(), one(2)).await.unwrap();
        assert_eq!(again.held.fence, 1, "claiming what one holds is a heartbeat");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_many_screens_never_holds_more_than_the_capacity() {
    let settings = Settings { agent_capacity: 3, ..Settings::default() };
    everywhere_with(settings, async |house| {
        for n in 1..=12 {
            house.insert(&case(n)).await;
        }
        let claims = (0..12).map(|_| {
            tokio::spawn({
                let app = house.app.clone();
                async move { app.perform(call(&ann()), next()).await.is_ok() }
            })
        });
        let mut got = 0;
        for claim in claims.collect::<Vec<_>>() {
            got += usize::from(claim.await.unwrap());
        }
        assert_eq!(got, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_agents_at_once_never_get_one_case_twice() {
    everywhere(async |house| {
        for n in 1..=40 {
            house.insert(&case(n)).await;
        }
        let agents = (0..16).map(|n| {
            tokio::spawn({
                let app = house.app.clone();
                let who = amends_app::Principal { name: agent(&format!("agent{n}")), ..ann() };
                async move {
                    let mut got = Vec::new();
                    for _ in 0..2 {
                        got.extend(app.perform(call(&who), next()).await.unwrap().map(|c| c.summary.case.id));
                    }
                    got
                }
            })
        });
        let mut got = Vec::new();
        for agent in agents.collect::<Vec<_>>() {
            got.extend(agent.await.unwrap());
        }
        let distinct: HashSet<_> = got.iter().copied().collect();
        assert_eq!((got.len(), distinct.len()), (32, 32), "everyone gets work, and nobody another's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_who_ask_together_get_theirs_together_and_each_their_own_answer() {
    let settings = Settings { agent_capacity: 1, ..Settings::default() };
    everywhere_with(settings, async |house| {
        for n in 1..=6 {
            house.insert(&case(n)).await;
        }
        house.insert(&Case { level: 1, ..case(7) }).await;
        house
            .insert(&Case { preferred_agent: Some(agent("bob")), queued_at: after(minutes(9)), ..case(8) })
            .await;
        let key = |id: &str| Some(RequestKey { id: id.to_owned(), digest: [7; 32] });
        let asks = [
            (Call { request: key("a"), ..call(&ann()) }, next()),
            // The same request once more, as a caller sends who lost the answer.
            (Call { request: key("a"), ..call(&ann()) }, next()),
            // One more than she may hold.
            (Call { request: key("b"), ..call(&ann()) }, next()),
            (call(&bob()), next()),
            (call(&nan()), next()),
            (call(&sue()), ClaimNextCase { level_max: Some(1), ..next() }),
        ];
        let asked = asks.into_iter().map(|(call, command)| {
            let app = house.app.clone();
            async move { app.claim_next(call, command, |_| b"answer".to_vec()).await }
        });
        let answers = futures::future::join_all(asked).await;
        let fresh = |at: usize| match answers.get(at) {
            Some(Ok(Answer::Fresh(Some(claimed)))) => Some(claimed.summary.case.id),
            _ => None,
        };
        let twice = [0, 1].into_iter().filter_map(fresh).count();
        assert_eq!(twice, 1, "{answers:?}");
        let repeats =
            answers.iter().filter(|a| matches!(a, Ok(Answer::Repeated(bytes)) if bytes == b"answer"));
        assert_eq!(repeats.count(), 1, "{answers:?}");
        assert!(matches!(answers.get(2), Some(Err(AppError::AtCapacity { held: 1, max: 1 }))), "{answers:?}");
        assert_eq!(fresh(3), Some(case_id(8)), "who had it before has it again");
        assert!(matches!(answers.get(4), Some(Err(AppError::RoleMissing { .. }))), "{answers:?}");
        assert!(fresh(5).is_some(), "{answers:?}");
        let again =
            Call { request: Some(RequestKey { id: "a".to_owned(), digest: [8; 32] }), ..call(&ann()) };
        let reused = house.app.claim_next(again, next(), |_| Vec::new()).await;
        assert!(matches!(reused, Err(AppError::RequestIdReused)), "{reused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_holds_cannot_be_claimed() {
    everywhere(async |house| {
        house.claimed(1).await;
        let refused = house.perform(&bob(), one(1)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::NoArrow { from: State::Claimed, .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_ran_out_makes_room_before_its_timer_comes() {
    everywhere(async |house| {
        house.claimed(1).await;
        house.clock.advance_to(after(minutes(5)));
        let claimed = house.perform(&bob(), one(1)).await.unwrap();
        assert_eq!((claimed.held.fence, claimed.summary.case.abandon_count), (2, 1));
        assert_eq!(house.words(case_id(1)).await, ["case.claimed", "case.lease_expired", "case.claimed"]);
        house.settle().await;
        assert_eq!(house.case(case_id(1)).await.handling.owner(), Some(&agent("bob")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_shops_case_does_not_exist_and_an_analyst_claims_nothing() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let refused = house.perform(&stranger(), one(1)).await;
        assert!(matches!(refused, Err(AppError::NotFound { what: "shop", .. })));
        let missing = house.perform(&ann(), one(9)).await;
        assert!(matches!(missing, Err(AppError::NotFound { what: "case", .. })));
        let refused = house.perform(&nan(), one(1)).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_for_one_agent_neither_hides_the_urgent_nor_goes_to_another_before_it() {
    let settings = Settings { agent_capacity: 1, ..Settings::default() };
    everywhere_with(settings, async |house| {
        let kept = |n: u32| Case {
            preferred_agent: Some(agent("ann")),
            queued_at: after(days(i64::from(n))),
            ..case(n)
        };
        for n in 2..=7 {
            house.insert(&kept(n)).await;
        }
        house.insert(&Case { hard_deadline: Some(after(minutes(10))), ..case(1) }).await;
        house.insert(&Case { hard_deadline: Some(after(minutes(11))), ..case(8) }).await;
        let ask = |who: &amends_app::Principal| {
            let (app, call) = (house.app.clone(), call(who));
            async move { app.claim_next(call, next(), |_| Vec::new()).await }
        };
        // The first turn goes by itself; the others wait for it and are served together.
        let (own, urgent, more) = futures::join!(ask(&ann()), ask(&bob()), ask(&ann()));
        let got = |answer: &Result<Answer<Option<amends_app::case::Claimed>>, AppError>| match answer {
            Ok(Answer::Fresh(Some(claimed))) => Some(claimed.summary.case.id),
            _ => None,
        };
        assert_eq!(got(&own), Some(case_id(2)), "hers first");
        assert_eq!(got(&urgent), Some(case_id(1)), "the most urgent, and none of hers");
        assert!(matches!(more, Err(AppError::AtCapacity { held: 1, max: 1 })), "{more:?}");
    })
    .await;
}

// On one thread nothing is served before this test waits.
#[tokio::test]
async fn whoever_hung_up_before_their_turn_takes_nothing() {
    everywhere(async |house| {
        for n in 1..=3 {
            house.insert(&case(n)).await;
        }
        let ask = |who: &amends_app::Principal| {
            let (app, call) = (house.app.clone(), call(who));
            async move { app.claim_next(call, next(), |_| Vec::new()).await }
        };
        // Polled once: the turn is in the queue, and its caller is gone before anyone could serve it.
        let mut gone = Box::pin(ask(&ann()));
        let before_served = futures::poll!(gone.as_mut());
        drop(gone);
        let served = ask(&bob()).await.unwrap();
        assert!(before_served.is_pending());
        assert!(matches!(served, Answer::Fresh(Some(_))), "{served:?}");
        for n in 1..=3 {
            assert_ne!(house.case(case_id(n)).await.handling.owner(), Some(&agent("ann")));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_abandoned_for_the_third_time_is_no_plain_agents_any_more() {
    everywhere(async |house| {
        house.insert(&Case { abandon_count: 2, ..case(1) }).await;
        house.perform(&ann(), one(1)).await.unwrap();
        house.clock.advance_to(after(minutes(5)));
        let refused = house.perform(&bob(), one(1)).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })), "{refused:?}");
        house.settle().await;
        assert_eq!((house.case(case_id(1)).await.level, house.case(case_id(1)).await.fence), (1, 1));
        let claimed = house.perform(&sue(), one(1)).await.unwrap();
        assert_eq!(claimed.summary.case.abandon_count, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_at_capacity_takes_their_own_lapsed_case_again() {
    let settings = Settings { agent_capacity: 1, ..Settings::default() };
    everywhere_with(settings, async |house| {
        house.claimed(1).await;
        house.clock.advance_to(after(minutes(5)));
        let again = house.perform(&ann(), one(1)).await.unwrap();
        assert_eq!((again.held.fence, again.summary.case.abandon_count), (2, 1));
    })
    .await;
}
