//! Quality sampling, over the wire: forms, draws, reviews, disputes, figures.

use std::sync::Arc;

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::{ShopId, Span};
use amends_store::rollup::{self, Basis};
use amends_tests::harness::{MAIN, by_operator, last};
use amends_tests::make::{LEAKS, order, review, spring};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use tonic::Code;
use v1::{Reason, SampleState};

flow!(
    a_week_is_drawn_on_its_monday_and_once,
    a_form_is_set_against_what_was_seen,
    work_is_judged_by_somebody_who_had_no_part_in_it,
    of_two_reviewers_one_wins,
    a_dispute_is_decided_by_a_third_person,
    a_review_can_be_disputed_for_so_many_days,
    an_agent_sees_their_own_once_it_was_judged,
    figures_count_what_was_decided,
    a_judgement_is_told_without_what_it_says,
    what_is_wrong_with_a_step_is_said,
    nothing_is_drawn_or_judged_of_what_is_not_counted
);

fn criterion(id: &str, weight: i32, max_score: i32, critical: bool) -> v1::QualityCriterion {
    v1::QualityCriterion { id: id.to_owned(), title: format!("About {id}"), weight, max_score, critical }
}

fn form() -> v1::QualityForm {
    v1::QualityForm {
        share_percent: 100,
        minimum_per_week: 1,
        dispute_days: 7,
        criteria: vec![criterion("tone", 1, 4, false), criterion("facts", 3, 4, true)],
        ..Default::default()
    }
}

fn set(form: v1::QualityForm, etag: &str) -> v1::SetQualityFormRequest {
    let parent = MAIN.to_owned();
    v1::SetQualityFormRequest { parent, form: Some(form), etag: etag.to_owned(), ..Default::default() }
}

fn given(tone: i32, facts: i32) -> Vec<v1::QualityScore> {
    let each = [("tone", tone), ("facts", facts)];
    each.map(|(criterion, score)| v1::QualityScore { criterion: criterion.to_owned(), score }).to_vec()
}

fn reviewed(sample: &v1::QualitySample, tone: i32, facts: i32) -> v1::ReviewSampleRequest {
    v1::ReviewSampleRequest {
        name: sample.name.clone(),
        etag: sample.etag.clone(),
        scores: given(tone, facts),
        note: "The date was missing.".to_owned(),
        ..Default::default()
    }
}

fn disputed(sample: &v1::QualitySample) -> v1::DisputeReviewRequest {
    v1::DisputeReviewRequest {
        name: sample.name.clone(),
        etag: sample.etag.clone(),
        note: "It is in the second message.".to_owned(),
        ..Default::default()
    }
}

fn resolved(sample: &v1::QualitySample, scores: Vec<v1::QualityScore>) -> v1::ResolveDisputeRequest {
    v1::ResolveDisputeRequest {
        name: sample.name.clone(),
        etag: sample.etag.clone(),
        scores,
        note: "Looked at again.".to_owned(),
        ..Default::default()
    }
}

async fn solve(h: &Harness, who: &Client, n: usize) -> String {
    h.say(order(&format!("o{n}"))).await;
    let case = h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case;
    let mut desk = Desk::work_on(who, &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    case
}

async fn list(client: &Client, request: v1::ListSamplesRequest) -> Vec<v1::QualitySample> {
    let request = v1::ListSamplesRequest { parent: MAIN.to_owned(), ..request };
    client.call(request).await.unwrap().samples
}

async fn all(client: &Client) -> Vec<v1::QualitySample> {
    list(client, v1::ListSamplesRequest::default()).await
}

/// Mia solved a case, and it was drawn; with a supervisor who had no part in it.
async fn drawn(h: &Harness) -> (Client, Client, v1::QualitySample) {
    let (mia, sam) =
        (h.client_as("mia", &[Role::Agent]).await, h.client_as("sam", &[Role::Supervisor]).await);
    sam.call(set(form(), "0")).await.unwrap();
    solve(h, &mia, 1).await;
    h.advance(Span::from_days(7)).await;
    let mut samples = all(&sam).await;
    assert_eq!(samples.len(), 1, "{samples:?}");
    (mia, sam, samples.remove(0))
}

async fn a_week_is_drawn_on_its_monday_and_once(h: &Harness) {
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    h.client()
        .call(set(v1::QualityForm { share_percent: 1, minimum_per_week: 2, ..form() }, "0"))
        .await
        .unwrap();
    for n in 0..5 {
        solve(h, &mia, n).await;
    }
    let only = solve(h, &tom, 9).await;
    // The tests begin on Monday, 2 March, 10:00 UTC.
    h.advance(Span::from_hours(162)).await;
    assert!(all(h.client()).await.is_empty(), "the week is not over");
    h.advance(Span::from_hours(2)).await;
    let samples = all(h.client()).await;
    let count = |who: &str| samples.iter().filter(|one| one.agent == who).count();
    assert_eq!((count("mia"), count("tom")), (2, 1), "two of five, and all of one");
    let tom = samples.iter().find(|one| one.agent == "tom").unwrap();
    assert_eq!((tom.case.as_str(), tom.week.as_str(), tom.form_version), (only.as_str(), "2026-03-02", 1));
    assert_eq!((tom.state(), tom.score, tom.etag.as_str()), (SampleState::Open, None, "1"));
    h.advance(Span::from_days(21)).await;
    assert_eq!(all(h.client()).await.len(), 3, "later weeks draw nothing of it again");
    let page = v1::ListSamplesRequest { parent: MAIN.to_owned(), page_size: 2, ..Default::default() };
    let first = h.client().call(page.clone()).await.unwrap();
    let rest = v1::ListSamplesRequest { page_token: first.next_page_token, ..page };
    let last = h.client().call(rest).await.unwrap();
    let names: Vec<_> = first.samples.iter().chain(&last.samples).map(|one| one.name.clone()).collect();
    assert_eq!(names, samples.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
}

async fn a_form_is_set_against_what_was_seen(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let none = v1::GetQualityFormRequest { parent: MAIN.to_owned(), version: 0 };
    let _ = refused(sam.call(none.clone()).await, Code::NotFound, Reason::QualityFormNotFound);
    let first = set(form(), "0");
    let first = v1::SetQualityFormRequest { request_id: "f1".to_owned(), ..first };
    let stored = sam.call(first.clone()).await.unwrap().form.unwrap();
    assert_eq!((stored.version, stored.etag.as_str(), stored.setter.as_str()), (1, "1", "sam"));
    assert_eq!(sam.call(first).await.unwrap().form.unwrap(), stored, "a repeated request is answered once");
    let failure = refused(sam.call(set(form(), "0")).await, Code::Aborted, Reason::EtagMismatch);
    assert_eq!(failure.metadata["current_etag"], "1");
    let second = sam.call(set(v1::QualityForm { share_percent: 5, ..form() }, "1")).await.unwrap();
    assert_eq!(second.form.unwrap().version, 2);
    assert_eq!(sam.call(none.clone()).await.unwrap().form.unwrap().share_percent, 5);
    let old = v1::GetQualityFormRequest { version: 1, ..none };
    assert_eq!(sam.call(old).await.unwrap().form.unwrap(), stored);
    let wrong = v1::QualityForm { share_percent: 101, criteria: vec![], dispute_days: 0, ..form() };
    let failure = refused(sam.call(set(wrong, "2")).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["form.share_percent", "form.dispute_days", "form.criteria"]);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let _ = refused(mia.call(set(form(), "2")).await, Code::PermissionDenied, Reason::RoleMissing);
}

async fn work_is_judged_by_somebody_who_had_no_part_in_it(h: &Harness) {
    let (mia, sam) = (
        h.client_as("mia", &[Role::Agent, Role::Supervisor]).await,
        h.client_as("sam", &[Role::Supervisor]).await,
    );
    let kim = h.client_as("kim", &[Role::Supervisor]).await;
    sam.call(set(form(), "0")).await.unwrap();
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mut desk = Desk::claim(&kim, &case).await;
    desk.release().await.unwrap();
    let mut desk = Desk::work_on(&mia, &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(7)).await;
    let sample = all(&sam).await.remove(0);
    let mine = v1::ListSamplesRequest { reviewable: true, ..Default::default() };
    let failure =
        refused(kim.call(reviewed(&sample, 4, 4)).await, Code::FailedPrecondition, Reason::QualityInvolved);
    assert_eq!(failure.metadata["as"], "worked");
    let _ = refused(mia.call(reviewed(&sample, 4, 4)).await, Code::NotFound, Reason::SampleNotFound);
    let get = v1::GetSampleRequest { name: sample.name.clone() };
    let _ = refused(mia.call(get).await, Code::NotFound, Reason::SampleNotFound);
    assert!(all(&mia).await.is_empty(), "what waits of one's own is no news, whatever one may read");
    for involved in [&mia, &kim] {
        assert!(list(involved, mine.clone()).await.is_empty());
    }
    assert_eq!(list(&sam, mine.clone()).await.len(), 1);
    let request = v1::ReviewSampleRequest { request_id: "r1".to_owned(), ..reviewed(&sample, 3, 4) };
    let after = sam.call(request.clone()).await.unwrap().sample.unwrap();
    assert_eq!((after.state(), after.score, after.etag.as_str()), (SampleState::Reviewed, Some(93.75), "2"));
    let told = after.review.clone().unwrap();
    assert_eq!(
        (told.reviewer.as_str(), told.note.as_str(), told.scores.len()),
        ("sam", "The date was missing.", 2)
    );
    assert_eq!(
        sam.call(request).await.unwrap().sample.unwrap(),
        after,
        "a repeated request is answered once"
    );
    assert!(list(&sam, mine).await.is_empty());
    let again = v1::ReviewSampleRequest { etag: after.etag.clone(), ..reviewed(&sample, 1, 1) };
    let _ = refused(sam.call(again).await, Code::FailedPrecondition, Reason::IllegalTransition);
    let listed = all(&sam).await.remove(0);
    assert_eq!(listed.review.unwrap().note, "", "a list has no texts");
}

async fn of_two_reviewers_one_wins(h: &Harness) {
    let (_, sam, sample) = drawn(h).await;
    let kim = h.client_as("kim", &[Role::Supervisor]).await;
    let (one, other) = tokio::join!(sam.call(reviewed(&sample, 4, 4)), kim.call(reviewed(&sample, 0, 4)));
    let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
    let score = won.unwrap().sample.unwrap().score;
    let _ = refused(lost, Code::Aborted, Reason::EtagMismatch);
    let kept = all(&sam).await.remove(0);
    assert_eq!((kept.score, kept.etag.as_str()), (score, "2"));
    let reviews =
        |e: &v1::TimelineEntry| matches!(e.entry, Some(v1::timeline_entry::Entry::QualityReviewed(_)));
    assert_eq!(h.timeline(&sample.case).await.iter().filter(|e| reviews(e)).count(), 1);
}

async fn a_dispute_is_decided_by_a_third_person(h: &Harness) {
    let (mia, sam, sample) = drawn(h).await;
    let kim = h.client_as("kim", &[Role::Supervisor]).await;
    let sample = sam.call(reviewed(&sample, 0, 2)).await.unwrap().sample.unwrap();
    assert_eq!(sample.score, Some(37.5));
    let precondition = Code::FailedPrecondition;
    let _ = refused(kim.call(disputed(&sample)).await, precondition, Reason::QualityNotYours);
    let _ = refused(kim.call(resolved(&sample, vec![])).await, precondition, Reason::IllegalTransition);
    let sample = mia.call(disputed(&sample)).await.unwrap().sample.unwrap();
    assert_eq!((sample.state(), sample.score), (SampleState::Disputed, None));
    let _ = refused(mia.call(disputed(&sample)).await, precondition, Reason::IllegalTransition);
    let failure = refused(sam.call(resolved(&sample, vec![])).await, precondition, Reason::QualityInvolved);
    assert_eq!(failure.metadata["as"], "reviewer");
    let _ = refused(mia.call(resolved(&sample, vec![])).await, Code::PermissionDenied, Reason::RoleMissing);
    let after = kim.call(resolved(&sample, given(4, 2))).await.unwrap().sample.unwrap();
    assert_eq!((after.state(), after.score), (SampleState::Resolved, Some(62.5)));
    let (review, decision) = (after.review.unwrap(), after.decision.unwrap());
    assert_eq!((review.score, decision.score, decision.upheld), (37.5, Some(62.5), false));
    let shown = mia.call(v1::GetSampleRequest { name: sample.name.clone() }).await.unwrap();
    let sample = shown.sample.unwrap();
    assert_eq!(sample.dispute.unwrap().note, "It is in the second message.");
    assert_eq!(
        (sample.decision.unwrap().note.as_str(), shown.form.unwrap().version),
        ("Looked at again.", 1)
    );
}

async fn a_review_can_be_disputed_for_so_many_days(h: &Harness) {
    let (mia, sam, sample) = drawn(h).await;
    let sample = sam.call(reviewed(&sample, 4, 4)).await.unwrap().sample.unwrap();
    h.advance(Span::from_days(7)).await;
    let failure =
        refused(mia.call(disputed(&sample)).await, Code::FailedPrecondition, Reason::DisputeTooLate);
    assert!(failure.metadata["until"].starts_with("2026-03-16T10:00:00"), "{failure:?}");
}

async fn an_agent_sees_their_own_once_it_was_judged(h: &Harness) {
    let (mia, sam, sample) = drawn(h).await;
    let tom = h.client_as("tom", &[Role::Agent]).await;
    let get = v1::GetSampleRequest { name: sample.name.clone() };
    assert!(all(&mia).await.is_empty());
    let _ = refused(mia.call(get.clone()).await, Code::NotFound, Reason::SampleNotFound);
    let early = refused(mia.call(disputed(&sample)).await, Code::NotFound, Reason::SampleNotFound);
    assert!(!early.to_string().is_empty());
    sam.call(reviewed(&sample, 4, 4)).await.unwrap();
    assert_eq!(all(&mia).await.len(), 1);
    assert_eq!(
        mia.call(get.clone()).await.unwrap().sample.unwrap().review.unwrap().note,
        "The date was missing."
    );
    assert!(all(&tom).await.is_empty());
    let _ = refused(tom.call(get).await, Code::NotFound, Reason::SampleNotFound);
    let of_mia =
        v1::ListSamplesRequest { parent: MAIN.to_owned(), agent: "mia".to_owned(), ..Default::default() };
    let _ = refused(tom.call(of_mia).await, Code::PermissionDenied, Reason::RoleMissing);
    let foreign = h.open_shop("other", "etsy").await;
    let elsewhere = v1::GetSampleRequest { name: sample.name.replace(MAIN, &foreign) };
    let _ = refused(h.client().call(elsewhere).await, Code::NotFound, Reason::SampleNotFound);
}

/// The scores that stand beside what an agent did with their time: of all who are asked for, and of them.
async fn beside_time(h: &Harness, agent: &str) -> Vec<(i64, Option<f64>)> {
    let time = v1::GetAgentPerformanceRequest {
        parent: MAIN.to_owned(),
        days: Some(spring()),
        agents: vec![agent.to_owned()],
        ..Default::default()
    };
    let rows = h.client().call(time).await.unwrap().rows;
    rows.iter().map(|row| (row.score_count, row.mean_score)).collect()
}

async fn figures_count_what_was_decided(h: &Harness) {
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let (sam, kim) =
        (h.client_as("sam", &[Role::Supervisor]).await, h.client_as("kim", &[Role::Supervisor]).await);
    sam.call(set(form(), "0")).await.unwrap();
    for n in 0..3 {
        solve(h, &mia, n).await;
    }
    solve(h, &tom, 9).await;
    h.advance(Span::from_days(7)).await;
    let samples = all(&sam).await;
    let of = |who: &str| samples.iter().filter(|one| one.agent == who).cloned().collect::<Vec<_>>();
    let mine = of("mia");
    sam.call(reviewed(&mine[0], 4, 4)).await.unwrap();
    let second = sam.call(reviewed(&mine[1], 0, 2)).await.unwrap().sample.unwrap();
    let second = mia.call(disputed(&second)).await.unwrap().sample.unwrap();
    let theirs = sam.call(reviewed(&of("tom")[0], 0, 4)).await.unwrap().sample.unwrap();
    let theirs = tom.call(disputed(&theirs)).await.unwrap().sample.unwrap();
    kim.call(resolved(&theirs, vec![])).await.unwrap();
    let ask = v1::GetQualityScoresRequest {
        parent: MAIN.to_owned(),
        days: Some(spring()),
        bucket: Some(v1::TimeBucket::Week.into()),
    };
    let rate = |rate: Option<v1::Rate>| rate.map(|rate| (rate.numerator, rate.denominator)).unwrap();
    let told = async || {
        let rows = h.client().call(ask.clone()).await.unwrap().rows;
        let rows = rows.into_iter().filter(|row| row.sampled.unwrap().denominator > 0);
        rows.map(|row| {
            let counts = (rate(row.sampled), rate(row.reviewed), rate(row.disputed), rate(row.upheld));
            (row.agent, counts, row.score_count, row.mean_score, row.undecided)
        })
        .collect::<Vec<_>>()
    };
    let before = told().await;
    assert_eq!(
        before,
        [
            (String::new(), ((4, 4), (3, 4), (2, 3), (1, 1)), 2, Some(87.5), 1),
            ("mia".to_owned(), ((3, 3), (2, 3), (1, 2), (0, 0)), 1, Some(100.0), 1),
            ("tom".to_owned(), ((1, 1), (1, 1), (1, 1), (1, 1)), 1, Some(75.0), 0),
        ],
        "a score that is disputed does not count until it is decided"
    );
    kim.call(resolved(&second, given(4, 3))).await.unwrap();
    let after = told().await;
    assert_eq!(after[1].1.3, (0, 1));
    assert_eq!((after[1].2, after[1].3, after[1].4), (2, Some(90.625), 0));
    let _ = refused(mia.call(ask.clone()).await, Code::PermissionDenied, Reason::RoleMissing);
    assert_eq!(beside_time(h, "mia").await, [(2, Some(90.625)), (2, Some(90.625))]);
    let total = v1::GetQualityScoresRequest { parent: "shops/-".to_owned(), bucket: None, ..ask.clone() };
    let rows = h.client().call(total).await.unwrap().rows;
    assert_eq!((rows.len(), rate(rows[0].sampled)), (3, (4, 4)));
    assert!(rows[0].mean_score_lower.unwrap() >= 0.0 && rows[0].mean_score_upper.unwrap() <= 100.0);
    assert!(rows.iter().all(|row| !row.sampled.unwrap().mature), "weeks of it are to come");
    figures_that_can_change_are_not_mature(h, ask, &sam, &mine[2]).await;
}

async fn figures_that_can_change_are_not_mature(
    h: &Harness,
    ask: v1::GetQualityScoresRequest,
    sam: &Client,
    last: &v1::QualitySample,
) {
    let mature = async || {
        let rows = h.client().call(ask.clone()).await.unwrap().rows;
        let drawn = rows.into_iter().filter(|row| row.sampled.unwrap().denominator > 0);
        drawn.map(|row| (row.agent, row.sampled.unwrap().mature)).collect::<Vec<_>>()
    };
    let told = |all, mia, tom| [("", all), ("mia", mia), ("tom", tom)].map(|(who, is)| (who.to_owned(), is));
    assert_eq!(mature().await, told(false, false, true), "one of Mia's waits for its review");
    sam.call(reviewed(last, 4, 4)).await.unwrap();
    assert_eq!(mature().await, told(false, false, true), "she can still dispute two of them");
    h.advance(Span::from_days(7)).await;
    assert_eq!(mature().await, told(true, true, true));
}

/// As if an earlier version had written the shop.
async fn uncounted(h: &Harness) {
    let shop = ShopId::new(last(MAIN)).unwrap();
    let tx = h.app.store().begin().await.unwrap();
    let basis = rollup::basis(&tx, &shop).await.unwrap().unwrap();
    rollup::put_basis(&shop, &Basis { revision: 0, ..basis }).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn count_anew(h: &Harness) {
    let shop = ShopId::new(last(MAIN)).unwrap();
    h.app.recompute(by_operator(), &shop, true, Arc::new(|_, _| {})).await.unwrap();
}

async fn nothing_is_drawn_or_judged_of_what_is_not_counted(h: &Harness) {
    let (mia, sam) =
        (h.client_as("mia", &[Role::Agent]).await, h.client_as("sam", &[Role::Supervisor]).await);
    sam.call(set(form(), "0")).await.unwrap();
    solve(h, &mia, 1).await;
    uncounted(h).await;
    h.advance(Span::from_minutes(163 * 60 + 3)).await;
    assert!(all(&sam).await.is_empty(), "the week waits");
    count_anew(h).await;
    h.advance(Span::from_minutes(10)).await;
    let sample = all(&sam).await.remove(0);
    uncounted(h).await;
    let early = sam.call(reviewed(&sample, 4, 4)).await.unwrap_err();
    assert!(early.to_string().contains("recompute"), "{early}");
    count_anew(h).await;
    sam.call(reviewed(&sample, 4, 4)).await.unwrap();
}

async fn a_judgement_is_told_without_what_it_says(h: &Harness) {
    let (_, sam, sample) = drawn(h).await;
    sam.call(reviewed(&sample, 4, 4)).await.unwrap();
    let timeline = h.timeline(&sample.case).await;
    let last = timeline.last().unwrap();
    assert!(
        matches!(&last.entry, Some(v1::timeline_entry::Entry::QualityReviewed(step)) if step.sample == sample.name)
    );
    assert!(!format!("{last:?}").contains("The date was missing"), "{last:?}");
}

async fn what_is_wrong_with_a_step_is_said(h: &Harness) {
    let (_, sam, sample) = drawn(h).await;
    let empty =
        v1::ReviewSampleRequest { name: "x".to_owned(), note: "n".repeat(2_001), ..Default::default() };
    let failure = refused(sam.call(empty).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["name", "etag", "note"]);
    let scores = vec![
        v1::QualityScore { criterion: "tone".to_owned(), score: 5 },
        v1::QualityScore { criterion: "style".to_owned(), score: 1 },
    ];
    let unfit = v1::ReviewSampleRequest { scores, ..reviewed(&sample, 4, 4) };
    let failure = refused(sam.call(unfit).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["scores[0].score", "scores[1].criterion", "scores"]);
    let stale = v1::ReviewSampleRequest { etag: "7".to_owned(), ..reviewed(&sample, 4, 4) };
    let _ = refused(sam.call(stale).await, Code::Aborted, Reason::EtagMismatch);
    let nothing = v1::DisputeReviewRequest { note: " ".to_owned(), ..disputed(&sample) };
    let failure = refused(sam.call(nothing).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["note"]);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let _ = refused(mia.call(reviewed(&sample, 4, 4)).await, Code::PermissionDenied, Reason::RoleMissing);
    let mine = v1::ListSamplesRequest { parent: MAIN.to_owned(), reviewable: true, ..Default::default() };
    let _ = refused(mia.call(mine).await, Code::PermissionDenied, Reason::RoleMissing);
}
