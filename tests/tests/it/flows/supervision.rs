//! What supervisors do: assign, raise, merge, cancel.

use amends_app::Role;
use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, WRONG_SIZE, lone_review, message, order, review, terms};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{CaseState, Reason, RemedyKind};

flow!(
    a_supervisor_gives_a_case_to_an_agent,
    a_case_is_raised_to_the_supervisors,
    cases_of_one_buyer_become_one,
    cases_of_two_buyers_stay_two,
    a_merged_case_accepts_no_writes,
    a_case_that_should_not_be_is_cancelled
);

async fn complaint(h: &Harness, n: u32) -> v1::Case {
    h.say(order(&format!("o{n}"))).await;
    let name = h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case;
    h.case(&name).await
}

fn assign(case: &v1::Case, agent: &str) -> v1::AssignCaseRequest {
    v1::AssignCaseRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        agent: agent.to_owned(),
        ..Default::default()
    }
}

async fn a_supervisor_gives_a_case_to_an_agent(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let _ = refused(mia.call(assign(&case, "mia")).await, Code::PermissionDenied, Reason::RoleMissing);
    let _ = refused(sam.call(assign(&case, "nobody")).await, Code::NotFound, Reason::AgentNotFound);
    let given = sam.call(assign(&case, "mia")).await.unwrap();
    let case = given.case.unwrap();
    assert_eq!((case.agent.as_str(), case.state()), ("mia", CaseState::Claimed));
    let mut desk = Desk { client: mia, case, lease: given.lease.unwrap() };
    desk.contact("We are sorry.").await.unwrap();
    let back = sam.call(assign(&desk.case, "")).await.unwrap();
    assert!(back.lease.is_none());
    assert_eq!(back.case.unwrap().state(), CaseState::Queued);
}

async fn a_case_is_raised_to_the_supervisors(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut desk = Desk::work_on(&mia, &case.name).await;
    let raised = desk.escalate("The buyer wants the owner.").await.unwrap().case.unwrap();
    assert_eq!(raised.level, 1);
    desk.release().await.unwrap();
    let next = v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() };
    assert!(mia.call(next.clone()).await.unwrap().case.is_none(), "it is out of the agents' reach");
    let everything = v1::ClaimNextCaseRequest { level_max: Some(1), ..next };
    let _ = refused(mia.call(everything).await, Code::PermissionDenied, Reason::RoleMissing);
}

fn merge(from: &v1::Case, fence: i64, into: &v1::Case) -> v1::MergeCaseRequest {
    v1::MergeCaseRequest {
        name: from.name.clone(),
        etag: from.etag.clone(),
        fence,
        into: into.name.clone(),
        into_etag: into.etag.clone(),
        note: "the same matter".to_owned(),
        ..Default::default()
    }
}

/// Two cases of one buyer: one about an order, one about a review of nobody knows what.
async fn two_of_one_buyer(h: &Harness) -> (v1::Case, v1::Case) {
    let first = complaint(h, 1).await;
    let alone = v1::ReviewSignal { buyer_id: "buyer-of-o1".to_owned(), ..lone_review("r9", 1, LEAKS) };
    let name = h.say(alone).await.case;
    (first, h.case(&name).await)
}

async fn cases_of_one_buyer_become_one(h: &Harness) {
    let (first, second) = two_of_one_buyer(h).await;
    let _ = refused(
        h.client().call(merge(&second, 0, &second)).await,
        Code::InvalidArgument,
        Reason::InvalidField,
    );
    let old = v1::Case { etag: "99".to_owned(), ..first.clone() };
    let _ = refused(h.client().call(merge(&second, 0, &old)).await, Code::Aborted, Reason::EtagMismatch);
    let merged = h.client().call(merge(&second, 0, &first)).await.unwrap();
    assert_eq!(merged.case.unwrap().merged_into, first.name);
    let view = h.view(&first.name).await;
    let reviews: Vec<&str> = view.reviews.iter().map(|r| r.name.rsplit('/').next().unwrap()).collect();
    assert!(reviews.contains(&"r1") && reviews.contains(&"r9"), "{reviews:?}");
}

async fn cases_of_two_buyers_stay_two(h: &Harness) {
    let (first, second) = (complaint(h, 1).await, complaint(h, 2).await);
    let merged = h.client().call(merge(&second, 0, &first)).await;
    let _ = refused(merged, Code::FailedPrecondition, Reason::DifferentBuyer);
}

async fn a_merged_case_accepts_no_writes(h: &Harness) {
    let (first, second) = two_of_one_buyer(h).await;
    let mut desk = Desk::work_on(h.client(), &second.name).await;
    let remedy_needs_an_order = desk.offer(RemedyKind::Replacement, terms()).await;
    let _ = refused(remedy_needs_an_order, Code::FailedPrecondition, Reason::SubjectUnknown);
    desk.look().await;
    h.client().call(merge(&desk.case, desk.lease.fence, &first)).await.unwrap();
    let failure = refused(desk.note("Too late.").await, Code::FailedPrecondition, Reason::CaseMerged);
    assert!(first.name.ends_with(&failure.metadata["merged_into"]), "it says where to go");
    let claim = v1::ClaimCaseRequest { name: second.name.clone(), ..Default::default() };
    let _ = refused(h.client().call(claim).await, Code::FailedPrecondition, Reason::CaseMerged);
    assert_eq!(h.case(&second.name).await.state(), CaseState::Merged, "it can still be read");
}

async fn a_case_that_should_not_be_is_cancelled(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let cancel = |case: &v1::Case| v1::CancelCaseRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        note: "a test order".to_owned(),
        ..Default::default()
    };
    let _ = refused(mia.call(cancel(&case)).await, Code::PermissionDenied, Reason::RoleMissing);
    let mut desk = Desk::work_on(&mia, &case.name).await;
    desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    let _ = refused(sam.call(cancel(&desk.case)).await, Code::FailedPrecondition, Reason::RemedyInFlight);
    let other = complaint(h, 2).await;
    let gone = sam.call(cancel(&other)).await.unwrap().case.unwrap();
    assert_eq!((gone.state(), gone.status()), (CaseState::Cancelled, v1::CaseStatus::Cancelled));
    let again = h.say(message("m2", "o2", WRONG_SIZE)).await;
    assert!(again.case_opened, "a cancelled case is no open one");
}
