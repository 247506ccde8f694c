use amends_domain::case::{Case, State};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_store::deadline;

use crate::house::{House, everywhere};
use crate::make::{after, case, case_id, days, minutes, shop};

async fn set(house: &House, kind: DeadlineKind, subject: &str, due_at: amends_domain::Time) {
    let tx = house.app.store().begin().await.unwrap();
    let change = Deadline { shop: shop(), kind, subject: subject.to_owned(), due_at };
    tx.send(deadline::apply(&[DeadlineChange::Set(change)])).await.unwrap();
    tx.commit().await.unwrap();
}

/// How many are set, beside the daily look of the one shop.
async fn left(house: &House) -> i64 {
    deadline::count(&house.app.store().reader()).await.unwrap() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_fires_once_when_two_sweepers_run() {
    everywhere(async |house| {
        for n in 1..=8 {
            house.claimed(n).await;
        }
        house.clock.advance_to(after(minutes(5)));
        let sweeps = (0..2).map(|_| {
            let app = house.app.clone();
            tokio::spawn(async move { app.run_due(100).await.unwrap() })
        });
        for sweep in sweeps.collect::<Vec<_>>() {
            sweep.await.unwrap();
        }
        for n in 1..=8 {
            let case = house.case(case_id(n)).await;
            assert_eq!((case.handling.state(), case.abandon_count), (State::Queued, 1));
            assert_eq!(house.words(case.id).await, ["case.claimed", "case.lease_expired"]);
        }
        assert_eq!(left(house).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_cannot_be_done_holds_up_no_other_and_is_tried_again() {
    everywhere(async |house| {
        set(house, DeadlineKind::LeaseExpiry, "nonsense", after(minutes(1))).await;
        let held = house.claimed(1).await;
        house.clock.advance_to(after(minutes(5)));
        house.settle().await;
        assert_eq!(house.case(held.id).await.handling.state(), State::Queued);
        let reader = house.app.store().reader();
        let again = deadline::get(&reader, &shop(), DeadlineKind::LeaseExpiry, "nonsense").await.unwrap();
        assert_eq!(again, Some(after(minutes(10))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_of_what_is_gone_are_cleared_without_harm() {
    everywhere(async |house| {
        set(house, DeadlineKind::AutoClose, &case_id(9).to_string(), after(minutes(0))).await;
        set(house, DeadlineKind::OfferExpiry, "rem_00000000000000000000000000000009", after(minutes(0)))
            .await;
        set(house, DeadlineKind::AvoidedConfirmation, "o9/1", after(minutes(0))).await;
        house.settle().await;
        assert_eq!(left(house).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_of_a_state_that_has_passed_change_nothing() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let before = house.case(case_id(1)).await;
        let kinds = [
            DeadlineKind::LeaseExpiry,
            DeadlineKind::BuyerReminder,
            DeadlineKind::BuyerSilence,
            DeadlineKind::Wake,
            DeadlineKind::AutoClose,
            DeadlineKind::ChannelDeadline,
        ];
        for kind in kinds {
            set(house, kind, &case_id(1).to_string(), after(minutes(0))).await;
        }
        house.settle().await;
        assert_eq!((house.case(case_id(1)).await, left(house).await), (before, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_that_comes_too_early_is_set_again_to_where_it_belongs() {
    everywhere(async |house| {
        let held = house.claimed(1).await;
        set(house, DeadlineKind::LeaseExpiry, &held.id.to_string(), after(minutes(1))).await;
        house.clock.advance_to(after(minutes(1)));
        house.settle().await;
        assert_eq!(house.case(held.id).await, held);
        house.advance(after(minutes(5))).await;
        assert_eq!(house.case(held.id).await.abandon_count, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_is_told_before_the_channel_decides() {
    everywhere(async |house| {
        let hard_deadline = Some(after(days(2)));
        house.insert(&Case { hard_deadline, ..case(1) }).await;
        house.insert(&Case { hard_deadline, level: 1, ..case(2) }).await;
        for n in 1..=2 {
            set(house, DeadlineKind::ChannelDeadline, &case_id(n).to_string(), after(days(1))).await;
        }
        house.advance(after(days(2))).await;
        let words = house.words(case_id(1)).await;
        assert_eq!(words, ["case.channel_deadline_near", "case.escalated"]);
        assert_eq!(house.case(case_id(1)).await.level, 1);
        assert_eq!(
            house.words(case_id(2)).await,
            ["case.channel_deadline_near"],
            "a supervisor has it already"
        );
        assert_eq!(house.case(case_id(2)).await.level, 1);
    })
    .await;
}
