use amends_app::AppError;
use amends_app::case::{AFTER_HARD_DEADLINE, SnoozeCase, WaitCase, WaitFor};
use amends_domain::case::{Case, Handling, Outcome, Refused, State};

use crate::house::everywhere;
use crate::make::{after, agent, ann, days, minutes, offered, target};

fn wait(case: &Case, wait_for: WaitFor) -> WaitCase {
    WaitCase { target: target(case), wait_for, until: None, note: "asked for a photo".to_owned() }
}

fn snooze(case: &Case, n: i64) -> SnoozeCase {
    SnoozeCase { target: target(case), until: after(days(n)), note: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_buyer_is_due_a_reminder_once_and_then_the_case_is_solved_and_closed() {
    everywhere(async |house| {
        let case = house.working(1).await;
        let waiting = house.perform(&ann(), wait(&case, WaitFor::Buyer)).await.unwrap().case;
        assert!(matches!(waiting.handling, Handling::WaitingBuyer { give_up_at, .. } if give_up_at == after(days(7))));
        house.advance(after(days(6))).await;
        let reminders = house.words(case.id).await;
        assert_eq!(reminders.iter().filter(|w| **w == "case.reminder_due").count(), 1);
        house.advance(after(days(7))).await;
        let solved = house.case(case.id).await;
        let (at, close_at) = (after(days(7)), after(days(11)));
        assert_eq!(solved.handling, Handling::Solved { outcome: Outcome::NoAnswer, at, close_at });
        house.advance(after(days(30))).await;
        let closed = house.case(case.id).await;
        assert_eq!(closed.handling, Handling::Closed { outcome: Outcome::NoAnswer, at: close_at });
        let words = house.words(case.id).await;
        assert_eq!(words[words.len() - 3..], ["case.reminder_due", "case.solved", "case.closed"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_no_answer_while_an_offer_is_out() {
    everywhere(async |house| {
        let case = house.working(1).await;
        house.insert_remedy(offered(1)).await;
        house.perform(&ann(), wait(&case, WaitFor::Buyer)).await.unwrap();
        house.advance(after(days(9))).await;
        assert_eq!(house.case(case.id).await.handling.state(), State::WaitingBuyer);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_is_waited_for_until_a_time_and_the_owner_is_preferred_then() {
    everywhere(async |house| {
        let case = house.working(1).await;
        let until = Some(after(days(2)));
        house.perform(&ann(), WaitCase { until, ..wait(&case, WaitFor::ThirdParty) }).await.unwrap();
        house.advance(after(days(1))).await;
        assert_eq!(house.case(case.id).await.handling.state(), State::WaitingThirdParty);
        house.advance(after(days(2))).await;
        let woken = house.case(case.id).await;
        assert_eq!((woken.handling.state(), woken.preferred_agent), (State::Queued, Some(agent("ann"))));
        assert_eq!(house.words(case.id).await.last(), Some(&"case.woken"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snoozed_case_comes_back_at_its_time() {
    everywhere(async |house| {
        let case = house.working(1).await;
        house.perform(&ann(), snooze(&case, 3)).await.unwrap();
        house.advance(after(days(3))).await;
        assert_eq!(house.case(case.id).await.handling.state(), State::Queued);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_put_off_past_a_deadline_too_far_or_into_the_past() {
    everywhere(async |house| {
        let mut case = house.working(1).await;
        case.hard_deadline = Some(after(days(5)));
        let tx = house.app.store().begin().await.unwrap();
        tx.send(amends_store::case::update(&[(case.clone(), case.version)])).await.unwrap();
        tx.commit().await.unwrap();
        let past_deadline = house.perform(&ann(), snooze(&case, 6)).await;
        assert!(matches!(past_deadline, Err(AppError::Precondition(why)) if why == AFTER_HARD_DEADLINE));
        let too_far = house.perform(&ann(), snooze(&case, 61)).await;
        assert!(matches!(too_far, Err(AppError::Invalid(_))));
        let past = house.perform(&ann(), snooze(&case, -1)).await;
        assert!(matches!(past, Err(AppError::Case(Refused::InThePast))));
        house.perform(&ann(), snooze(&case, 5)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_nobody_worked_on_cannot_wait() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        for refused in [
            house.perform(&ann(), wait(&case, WaitFor::Buyer)).await,
            house.perform(&ann(), snooze(&case, 1)).await,
        ] {
            assert!(matches!(refused, Err(AppError::Case(Refused::NoArrow { from: State::Claimed, .. }))));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_case_has_no_lease_that_could_run_out() {
    everywhere(async |house| {
        let case = house.working(1).await;
        house.perform(&ann(), wait(&case, WaitFor::ThirdParty)).await.unwrap();
        house.advance(after(minutes(60))).await;
        assert_eq!(house.case(case.id).await.abandon_count, 0);
    })
    .await;
}
