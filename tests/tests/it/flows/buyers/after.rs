//! What comes after an erasure: it counts, it says nothing, and nothing goes out.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{
    LEAKS, WRONG_SIZE, answer, delivery, message, order, return_request, review, terms,
};
use amends_tests::{Desk, Harness, refused};
use tonic::Code;
use v1::Reason;

use super::life::{BUYER, Figures, Life, MARK, drafting, erase, live, nothing_stands};

pub(super) async fn what_is_said_about_an_erased_buyer_later_counts_and_is_not_kept(h: &Harness) {
    let life = live(h).await;
    let before = Figures::of(h).await;
    erase(h, BUYER).await;
    h.advance(Span::from_hours(1)).await;
    let marked = |text: &str| format!("{text} {MARK}");
    // A correction of the order, with a time zone and the same buyer; a parcel with its number again.
    h.say(v1::OrderSignal { buyer_time_zone: "Asia/Jakarta".to_owned(), ..order("o1") }).await;
    h.say(v1::ShipmentSignal { tracking: marked("T"), ..delivery("o1") }).await;
    // Late by days, with and without their name.
    let early = h.now() - Span::from_days(1);
    h.say_at(early, message("m7", "o1", &marked(WRONG_SIZE))).await;
    h.say(v1::MessageSignal { text: marked("Dear"), ..answer("m8", "o1", v1::MessageAuthor::Human) }).await;
    h.say(v1::ReviewSignal { buyer_id: String::new(), ..review("r1", "o1", 5, &marked("Solved!")) }).await;
    h.say(v1::ReviewSignal {
        order_id: String::new(),
        line_id: String::new(),
        ..review("r8", "o1", 1, &marked(LEAKS))
    })
    .await;
    let back = v1::ReturnSignal {
        raw_reason: marked("again"),
        buyer_id: String::new(),
        ..return_request("b8", "o1", h.now())
    };
    h.say(back).await;
    let judged = v1::SurveySignal {
        survey_id: "a8".to_owned(),
        case: life.case.clone(),
        kind: v1::SurveyKind::Nps.into(),
        score: 9,
        comment: marked("Well"),
        ..Default::default()
    };
    h.say(judged).await;
    h.settle().await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER, "Jakarta"]).await, Ok(()));
    let (negative, reversed) = before.reversed();
    assert_eq!(
        Figures::of(h).await.reversed(),
        (negative + 1, reversed + 1),
        "one more came, one was revised"
    );
    // Told once more under other ids, nothing of it comes back.
    h.say(message("m1", "o1", &marked(WRONG_SIZE))).await;
    h.say_at(early, review("r1", "o1", 1, &marked(LEAKS))).await;
    h.settle().await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
}

/// The rules that refused.
fn rules(failure: &amends_client::Failure) -> Vec<&str> {
    failure.preconditions.iter().map(|one| one.rule.as_str()).collect()
}

async fn refused_by_g23<T: std::fmt::Debug>(result: Result<T, amends_client::Error>) {
    let failure = refused(result, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert!(rules(&failure).contains(&"G23"), "{failure}");
}

pub(super) async fn nothing_goes_out_to_an_erased_buyer(h: &Harness) {
    let Life { mut desk, reply, review, .. } = live(h).await;
    erase(h, BUYER).await;
    desk.look().await;
    refused_by_g23(h.client().call(drafting(&desk, &format!("Hello {MARK} again"))).await).await;
    desk.look().await;
    let terms = v1::RemedyTerms { description: MARK.to_owned(), ..terms() };
    refused_by_g23(desk.offer(v1::RemedyKind::Replacement, terms).await).await;
    desk.look().await;
    let queue = v1::QueueReplyRequest {
        name: reply.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        ..Default::default()
    };
    let _ = refused(h.client().call(queue).await, Code::FailedPrecondition, Reason::IllegalTransition);
    let begin = v1::BeginDeliveryRequest { name: reply, ..Default::default() };
    let _ = refused(h.client().call(begin).await, Code::FailedPrecondition, Reason::IllegalTransition);
    h.advance(Span::from_days(3)).await;
    let checked = v1::CheckAskRequest { name: review, ..Default::default() };
    let decision = h.client().call(checked).await.unwrap().decision.unwrap();
    assert!(decision.refusals.iter().any(|refusal| refusal.rule == "G23"), "{decision:?}");
    // What people write among themselves is not kept either; what they do is.
    let mut desk = amends_tests::Desk::claim(h.client(), &desk.case.name).await;
    let note = desk.note(&format!("{MARK} called")).await;
    refused_by_g23(note).await;
    desk.contact(&format!("Rang {MARK}")).await.unwrap();
    desk.escalate(&format!("{MARK} is loud")).await.unwrap();
    desk.solve(v1::CaseOutcome::ReturnProceeds).await.unwrap();
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
}

/// A sample that was drawn of a case, after a step on it.
fn stepped(sample: Option<v1::QualitySample>) -> (String, String) {
    let sample = sample.unwrap();
    (sample.name, sample.etag)
}

pub(super) async fn what_reviewers_wrote_about_a_case_goes_with_its_buyer(h: &Harness) {
    let criterion = v1::QualityCriterion {
        id: "tone".to_owned(),
        title: "Friendly".to_owned(),
        weight: 1,
        max_score: 4,
        critical: false,
    };
    let form = v1::QualityForm {
        share_percent: 100,
        dispute_days: 7,
        criteria: vec![criterion],
        ..Default::default()
    };
    let (parent, etag) = (MAIN.to_owned(), "0".to_owned());
    let set = v1::SetQualityFormRequest { parent, form: Some(form), etag, ..Default::default() };
    h.client().call(set).await.unwrap();
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let (sam, kim) =
        (h.client_as("sam", &[Role::Supervisor]).await, h.client_as("kim", &[Role::Supervisor]).await);
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    Desk::work_on(&mia, &case).await.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(7)).await;
    let list = v1::ListSamplesRequest { parent: MAIN.to_owned(), ..Default::default() };
    let (name, etag) = stepped(sam.call(list).await.unwrap().samples.pop());
    let note = |what: &str| format!("{what}, says {MARK}");
    let scores = vec![v1::QualityScore { criterion: "tone".to_owned(), score: 3 }];
    let judge = v1::ReviewSampleRequest { name, etag, scores, note: note("Cold"), ..Default::default() };
    let (name, etag) = stepped(sam.call(judge).await.unwrap().sample);
    let dispute = v1::DisputeReviewRequest { name, etag, note: note("Warm"), ..Default::default() };
    let (name, etag) = stepped(mia.call(dispute).await.unwrap().sample);
    let decide = v1::ResolveDisputeRequest { name, etag, note: note("Cool"), ..Default::default() };
    let (name, _) = stepped(kim.call(decide).await.unwrap().sample);
    let stood = nothing_stands(h, &[MARK]).await.unwrap_err();
    assert!(stood.iter().any(|found| found.starts_with("texts.body")), "{stood:?}");
    erase(h, BUYER).await;
    h.settle().await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    let sample = sam.call(v1::GetSampleRequest { name }).await.unwrap().sample.unwrap();
    let told = (sample.review.unwrap().note, sample.dispute.unwrap().note, sample.decision.unwrap().note);
    assert_eq!(told, (String::new(), String::new(), String::new()));
    assert_eq!(sample.score, Some(75.0), "the score stays");
}
