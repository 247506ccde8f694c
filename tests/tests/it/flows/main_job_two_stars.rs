//! The second of the two examples that must always work: two stars for a bottle that leaks.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, delivery, order, review, spring, terms};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{AskState, FulfilmentState, Reason, RemedyKind, ReviewDiffKind};

flow!(two_stars_become_five_after_a_replacement, a_review_that_is_removed_is_never_a_reversal);

async fn leaking(h: &Harness) -> (Desk, String) {
    h.say(order("o1")).await;
    h.say(delivery("o1")).await;
    h.advance(Span::from_days(3)).await;
    let heard = h.say(review("r1", "o1", 2, LEAKS)).await;
    assert!(heard.case_opened);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let desk = Desk::work_on(&mia, &heard.case).await;
    assert_eq!(desk.case.kind(), v1::CaseKind::Review);
    (desk, format!("{MAIN}/reviews/r1"))
}

async fn check(desk: &Desk, review: &str) -> v1::Decision {
    let request = v1::CheckAskRequest { name: review.to_owned(), ..Default::default() };
    desk.client.call(request).await.unwrap().decision.unwrap()
}

fn rules(decision: &v1::Decision) -> Vec<&str> {
    decision.refusals.iter().map(|refusal| refusal.rule.as_str()).collect()
}

async fn reversal(h: &Harness) -> v1::ReviewReversalRow {
    let request = v1::GetReviewReversalRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        ..Default::default()
    };
    h.client().call(request).await.unwrap().rows.pop().unwrap()
}

async fn read(h: &Harness, review: &str) -> v1::Review {
    let request = v1::GetReviewRequest { name: review.to_owned() };
    h.client().call(request).await.unwrap().review.unwrap()
}

async fn two_stars_become_five_after_a_replacement(h: &Harness) {
    let (mut desk, about) = leaking(h).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    assert_eq!(rules(&check(&desk, &about).await), ["G03", "G16"], "not before the remedy is fulfilled");
    report(h.client(), &remedy.name, FulfilmentState::Fulfilled).await.unwrap();
    assert_eq!(rules(&check(&desk, &about).await), ["G03", "G16"], "nor within a day of it");
    let early = refused(desk.ask(&about).await, Code::Aborted, Reason::EtagMismatch);
    desk.look().await;
    assert_eq!(early.metadata["current_etag"], desk.case.etag);
    desk.solve(v1::CaseOutcome::RemedyFulfilled).await.unwrap();
    h.advance(Span::from_days(3)).await;
    assert_eq!(read(h, &about).await.ask_state(), AskState::AskEligible);
    desk.look().await;
    let asked = desk.ask(&about).await.unwrap();
    let decision = asked.decision.unwrap();
    assert!(decision.allowed && !decision.message_preview.is_empty() && !decision.name.is_empty());
    assert_eq!(asked.review.unwrap().ask_state(), AskState::Asked);
    desk.look().await;
    let again = refused(desk.ask(&about).await, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert_eq!(again.preconditions[0].rule, "G10", "asked once, never again");
    h.advance(Span::from_days(2)).await;
    h.say(review("r1", "o1", 5, "They sent a new one, great service!")).await;
    let after = read(h, &about).await;
    assert_eq!(after.outcome(), ReviewDiffKind::Reversed);
    assert_eq!((after.first_rating(), after.current_rating()), (2, 5));
    assert!(!after.natural, "a person acted before");
    reads_one_of_one(&reversal(h).await);
}

fn reads_one_of_one(row: &v1::ReviewReversalRow) {
    let rate = row.reversal_rate_all.as_ref().unwrap();
    assert_eq!((rate.numerator, rate.denominator, rate.value), (1, 1, Some(1.0)));
    let funnel = row.funnel.as_ref().unwrap();
    let way =
        (funnel.negative, funnel.eligible, funnel.contacted, funnel.solved, funnel.asked, funnel.reversed);
    assert_eq!(way, (1, 1, 1, 1, 1, 1));
    assert_eq!((funnel.recovered, funnel.unchanged), (1, 0));
    assert_eq!(row.natural_rate.as_ref().unwrap().numerator, 0);
    assert_eq!(row.net_stars_recovered.as_ref().unwrap().sum, 3);
}

async fn a_review_that_is_removed_is_never_a_reversal(h: &Harness) {
    let (_, about) = leaking(h).await;
    h.say(v1::ReviewSignal {
        visible: Some(false),
        removal: Some(v1::ReviewRemoval::ByPlatform.into()),
        ..review("r1", "o1", 2, LEAKS)
    })
    .await;
    assert_eq!(read(h, &about).await.outcome(), ReviewDiffKind::RemovedByPlatform);
    let row = reversal(h).await;
    let funnel = row.funnel.unwrap();
    assert_eq!((funnel.negative, funnel.reversed, funnel.removed_by_platform), (1, 0, 1));
    assert_eq!(row.reversal_rate_all.unwrap().numerator, 0);
}
