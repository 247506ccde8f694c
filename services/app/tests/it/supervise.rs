use amends_app::AppError;
use amends_app::case::{CancelCase, EscalateCase};
use amends_domain::case::{Case, Refused, State};

use crate::house::everywhere;
use crate::make::{after, ann, bob, case, case_id, days, offered, sue, target, unheld};

fn escalate(case: &Case) -> EscalateCase {
    EscalateCase { target: target(case), why: "threatens to sue".to_owned() }
}

fn cancel(case: &Case) -> CancelCase {
    CancelCase { target: unheld(case), note: "a test order".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_escalates_and_so_does_a_supervisor_without_a_hold() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let raised = house.perform(&ann(), escalate(&case)).await.unwrap().case;
        assert_eq!((raised.level, raised.handling.state()), (1, State::Claimed));
        let by_sue = EscalateCase { target: unheld(&raised), ..escalate(&raised) };
        let raised = house.perform(&sue(), by_sue).await.unwrap().case;
        assert_eq!(raised.level, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_hold_a_case_does_not_escalate_it() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let other = house.perform(&bob(), escalate(&case)).await;
        assert!(matches!(other, Err(AppError::Case(Refused::NotHolder))));
        let unheld = EscalateCase { target: unheld(&case), ..escalate(&case) };
        let refused = house.perform(&ann(), unheld).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        let silent = EscalateCase { why: " ".to_owned(), ..escalate(&case) };
        assert!(matches!(house.perform(&ann(), silent).await, Err(AppError::Invalid(_))));
        let mut old = escalate(&case);
        old.target.version = 1;
        let refused = house.perform(&ann(), old).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::VersionStale { seen: 1, .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_case_is_over_and_makes_room_on_its_subject() {
    everywhere(async |house| {
        let held = house.claimed(1).await;
        let cancelled = house.perform(&sue(), cancel(&held)).await.unwrap().case;
        assert_eq!(cancelled.handling.state(), State::Cancelled);
        house.insert(&Case { id: case_id(2), ..case(1) }).await;
        house.advance(after(days(1))).await;
        let words = house.words(case_id(1)).await;
        assert_eq!(words, ["case.claimed", "case.cancelled"], "no lease is left to expire");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_supervisor_cancels_and_only_what_owes_nothing() {
    everywhere(async |house| {
        let held = house.claimed(1).await;
        let refused = house.perform(&ann(), CancelCase { target: target(&held), ..cancel(&held) }).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        let silent = house.perform(&sue(), CancelCase { note: String::new(), ..cancel(&held) }).await;
        assert!(matches!(silent, Err(AppError::Invalid(_))));
        house.insert_remedy(offered(1)).await;
        let refused = house.perform(&sue(), cancel(&held)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::RemedyInFlight))));
    })
    .await;
}
