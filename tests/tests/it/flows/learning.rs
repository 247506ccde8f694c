//! What buyers answer is learned, what came of each case is kept, and both can be asked for.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, days, order, return_now, return_request, review, spring, terms, terms_of};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use tonic::Code;
use v1::{BuyerAnswer, CaseOutcome, Reason, RemedyKind, ReturnStatus};

flow!(
    what_buyers_answered_is_in_the_next_suggestion,
    what_became_of_remedies_is_told_kind_by_kind,
    a_case_keeps_what_was_drawn_and_what_came_of_it,
    a_score_counts_once_and_a_review_never_does,
    what_is_granted_is_told_by_stars,
    figures_about_remedies_are_for_those_who_read_figures
);

/// A case about line 1 of an order, worked by mia.
async fn desk(h: &Harness, o: &str) -> Desk {
    h.say(order(o)).await;
    let case = h.say(return_request(&format!("ret-{o}"), o, h.now())).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    Desk::work_on(&mia, &case).await
}

/// One order after the other: suggested, offered, answered.
async fn answered(h: &Harness, o: &str, kind: RemedyKind, said: BuyerAnswer) -> (Desk, v1::Remedy) {
    let mut desk = desk(h, o).await;
    let _ = desk.suggest().await;
    let terms = if kind == RemedyKind::PartialRefund { terms_of(500) } else { terms() };
    let offer = desk.offer(kind, terms).await.unwrap();
    let remedy = desk.answer(&offer, said).await.unwrap();
    (desk, remedy)
}

fn performance() -> v1::GetRemedyPerformanceRequest {
    v1::GetRemedyPerformanceRequest { parent: MAIN.to_owned(), cohort: Some(spring()), ..Default::default() }
}

async fn told(h: &Harness) -> v1::GetRemedyPerformanceResponse {
    h.client().call(performance()).await.unwrap()
}

fn number(suggestion: &v1::Suggestion, kind: RemedyKind, name: &str) -> f64 {
    let of_kind = suggestion.alternatives.iter().find(|a| a.kind() == kind).unwrap();
    of_kind.explanation.iter().find(|term| term.name == name).unwrap().value
}

async fn what_buyers_answered_is_in_the_next_suggestion(h: &Harness) {
    use RemedyKind::{PartialRefund, Replacement};
    let before = desk(h, "o0").await.suggest().await;
    assert_eq!(number(&before, PartialRefund, "answered_everywhere"), 0.0);
    answered(h, "o1", PartialRefund, BuyerAnswer::Accepted).await;
    answered(h, "o2", PartialRefund, BuyerAnswer::Declined).await;
    let mut taken_back = desk(h, "o3").await;
    let offer = taken_back.offer(PartialRefund, terms_of(500)).await.unwrap();
    let withdraw = v1::WithdrawRemedyRequest {
        name: offer.name,
        etag: taken_back.case.etag.clone(),
        fence: taken_back.lease.fence,
        ..Default::default()
    };
    taken_back.client.call(withdraw).await.unwrap();
    let mut left = desk(h, "o4").await;
    left.offer(PartialRefund, terms_of(500)).await.unwrap();
    left.wait(v1::WaitReason::Buyer, None).await.unwrap();
    h.advance(Span::from_days(4)).await;
    let after = desk(h, "o5").await.suggest().await;
    for level in ["everywhere", "reason", "band"] {
        let known = |what: &str| number(&after, PartialRefund, &format!("{what}_{level}"));
        assert_eq!(
            (known("answered"), known("accepted")),
            (3.0, 1.0),
            "{level}: what was taken back says nothing"
        );
    }
    assert_eq!(number(&after, Replacement, "answered_everywhere"), 0.0);
    let p = |s| number(s, PartialRefund, "p_accept");
    assert!(p(&after) < p(&before), "one of three is less than was expected");
}

async fn what_became_of_remedies_is_told_kind_by_kind(h: &Harness) {
    use RemedyKind::{PartialRefund, Replacement};
    let (_, remedy) = answered(h, "o1", PartialRefund, BuyerAnswer::Accepted).await;
    amends_tests::desk::report(h.client(), &remedy.name, v1::FulfilmentState::Fulfilled).await.unwrap();
    answered(h, "o2", PartialRefund, BuyerAnswer::Declined).await;
    let (_, lost) = answered(h, "o3", Replacement, BuyerAnswer::Accepted).await;
    amends_tests::desk::report(h.client(), &lost.name, v1::FulfilmentState::Failed).await.unwrap();
    let answer = told(h).await;
    assert_eq!((answer.mature_cases, answer.immature_cases, answer.currency.as_str()), (0, 3, "EUR"));
    let firsts: i64 = answer.kinds.iter().map(|row| row.suggested_first).sum();
    assert_eq!(firsts, 3);
    let of = |kind| answer.kinds.iter().find(|row| row.kind() == kind).unwrap();
    let partial = of(PartialRefund);
    let rate = partial.acceptance.unwrap();
    assert_eq!((rate.numerator, rate.denominator, rate.value), (1, 2, Some(0.5)));
    assert_eq!((partial.offered, partial.declined, partial.fulfilled, partial.cost_total), (2, 1, 1, 500));
    assert_eq!((of(Replacement).failed, of(Replacement).cost_mean), (1, None));
    let only = v1::GetRemedyPerformanceRequest { kinds: vec![Replacement.into()], ..performance() };
    let only = h.client().call(only).await.unwrap();
    assert!(only.kinds.iter().all(|row| row.kind() == Replacement) && only.always.len() <= 1);
}

async fn a_case_keeps_what_was_drawn_and_what_came_of_it(h: &Harness) {
    let (mut desk, remedy) = answered(h, "o1", RemedyKind::PartialRefund, BuyerAnswer::Accepted).await;
    amends_tests::desk::report(h.client(), &remedy.name, v1::FulfilmentState::Fulfilled).await.unwrap();
    answered(h, "o2", RemedyKind::PartialRefund, BuyerAnswer::Declined).await;
    desk.look().await;
    let firsts = |answer: &v1::GetRemedyPerformanceResponse| -> Vec<(RemedyKind, i64)> {
        let rows = answer.kinds.iter().filter(|row| row.suggested_first > 0);
        rows.map(|row| (row.kind(), row.suggested_first)).collect()
    };
    let before = firsts(&told(h).await);
    let _ = desk.suggest().await;
    assert_eq!(firsts(&told(h).await), before, "a second suggestion of a case draws nothing anew");
    let later = h.now() + Span::from_days(2);
    h.advance(Span::from_days(2)).await;
    h.say(return_now("ret-o2", "o2", later, ReturnStatus::Approved)).await;
    let open = v1::GetRemedyPerformanceRequest { include_immature: true, ..performance() };
    let naive = h.client().call(open).await.unwrap().naive.unwrap();
    let counted = |group: Option<v1::CaseGroup>| {
        let rate = group.unwrap().counted.unwrap();
        (rate.numerator, rate.denominator)
    };
    assert_eq!((counted(naive.helped), counted(naive.not_helped)), ((0, 1), (1, 1)));
    assert!(
        told(h).await.naive.unwrap().helped.unwrap().counted.unwrap().value.is_none(),
        "nothing is mature"
    );
    h.advance(Span::from_days(120)).await;
    let mature = told(h).await;
    assert_eq!((mature.mature_cases, mature.immature_cases), (2, 0));
    assert_eq!(counted(mature.naive.unwrap().not_helped), (1, 1));
}

async fn a_score_counts_once_and_a_review_never_does(h: &Harness) {
    let (mut desk, remedy) = answered(h, "o1", RemedyKind::PartialRefund, BuyerAnswer::Accepted).await;
    amends_tests::desk::report(h.client(), &remedy.name, v1::FulfilmentState::Fulfilled).await.unwrap();
    desk.look().await;
    desk.solve(CaseOutcome::RemedyFulfilled).await.unwrap();
    h.say(review("r1", "o1", 1, LEAKS)).await;
    let score = v1::SurveySignal {
        survey_id: "a1".to_owned(),
        case: desk.case.name.clone(),
        kind: v1::SurveyKind::Csat.into(),
        score: 2,
        ..Default::default()
    };
    let low = async || {
        let answer = told(h).await;
        let row = answer.kinds.iter().find(|row| row.kind() == RemedyKind::PartialRefund).unwrap();
        let rate = row.low_scores.unwrap();
        (rate.numerator, rate.denominator, row.stopped.is_some())
    };
    assert_eq!(low().await, (0, 0, false), "a review is no score");
    h.say(score.clone()).await;
    assert_eq!(low().await, (1, 1, false));
    h.say(score).await;
    assert_eq!(low().await, (1, 1, false), "told again, it is the same answer");
}

async fn what_is_granted_is_told_by_stars(h: &Harness) {
    let ask = v1::GetRemedyFairnessRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        ..Default::default()
    };
    answered(h, "o1", RemedyKind::PartialRefund, BuyerAnswer::Accepted).await;
    h.say(order("o2")).await;
    let case = h.say(review("r2", "o2", 1, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut unhappy = Desk::work_on(&mia, &case).await;
    unhappy.agree_on(RemedyKind::PartialRefund, terms_of(1_000)).await;
    h.say(review("r1", "o1", 5, "All good now.")).await;
    let answer = h.client().call(ask.clone()).await.unwrap();
    let rows: Vec<_> = answer.rows.iter().map(|r| (r.star, r.remedies, r.granted_share)).collect();
    let none = |star| (Some(star), 0, None);
    let one = (Some(1), 1, Some(0.5));
    let expected = [(None, 1, Some(0.25)), one, none(2), none(3), none(4), none(5)];
    assert_eq!(rows, expected, "five stars that came later are not why");
    assert_eq!(answer.verdict(), v1::FairnessVerdict::TooFew);
}

async fn figures_about_remedies_are_for_those_who_read_figures(h: &Harness) {
    let fairness = |cohort| v1::GetRemedyFairnessRequest {
        parent: MAIN.to_owned(),
        cohort: Some(cohort),
        ..Default::default()
    };
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let _ = refused(mia.call(performance()).await, Code::PermissionDenied, Reason::RoleMissing);
    let _ = refused(mia.call(fairness(spring())).await, Code::PermissionDenied, Reason::RoleMissing);
    let backwards = days("2026-03-03", "2026-03-02");
    let failure = refused(
        h.client().call(fairness(backwards.clone())).await,
        Code::InvalidArgument,
        Reason::InvalidField,
    );
    assert!(refusal::fields(&failure)[0].starts_with("cohort"), "{failure}");
    let wrong = v1::GetRemedyPerformanceRequest { cohort: Some(backwards), ..performance() };
    let _ = refused(h.client().call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    let wrong = v1::GetRemedyPerformanceRequest { cohort: None, kinds: vec![99], ..performance() };
    let failure = refused(h.client().call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure).len(), 2, "{failure}");
    let answer = told(h).await;
    assert!(answer.kinds.is_empty() && answer.causal.unwrap().rate_difference.is_none());
}
