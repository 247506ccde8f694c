//! One case, one agent: claims, leases, and the order of the queue.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::desk::Desk;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review, stamp, time};
use amends_tests::{Harness, flow, refused};
use tonic::Code;
use v1::{CaseState, Reason};

flow!(
    a_claimed_case_belongs_to_one_agent_until_the_lease_runs_out,
    a_heartbeat_keeps_the_lease_and_leaves_the_version_alone,
    a_case_that_is_given_back_keeps_its_place_in_the_queue,
    agents_who_claim_at_once_get_different_cases,
    what_cannot_wait_is_claimed_first,
    an_agent_holds_only_so_many_cases,
    nothing_to_claim_is_no_error,
    the_third_abandon_goes_to_a_supervisor
);

/// So many bad reviews, each about an order of its own.
async fn complaints(h: &Harness, count: usize) -> Vec<String> {
    let mut cases = Vec::new();
    for n in 0..count {
        h.say(order(&format!("o{n}"))).await;
        cases.push(h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case);
        h.advance(Span::from_minutes(1)).await;
    }
    cases
}

fn next(parent: &str) -> v1::ClaimNextCaseRequest {
    v1::ClaimNextCaseRequest { parent: parent.to_owned(), ..Default::default() }
}

fn claim(case: &str) -> v1::ClaimCaseRequest {
    v1::ClaimCaseRequest { name: case.to_owned(), ..Default::default() }
}

async fn a_claimed_case_belongs_to_one_agent_until_the_lease_runs_out(h: &Harness) {
    let case = complaints(h, 1).await.remove(0);
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let held = mia.call(claim(&case)).await.unwrap();
    assert_eq!(held.case.as_ref().unwrap().state(), CaseState::Claimed);
    assert_eq!(held.case.as_ref().unwrap().agent, "mia");
    assert_eq!(time(held.lease.as_ref().unwrap().expire_time), h.now() + Span::from_minutes(5));
    let _ = refused(tom.call(claim(&case)).await, Code::FailedPrecondition, Reason::AlreadyClaimed);
    h.advance(Span::from_minutes(6)).await;
    assert_eq!(h.case(&case).await.state(), CaseState::Queued);
    let taken = tom.call(claim(&case)).await.unwrap();
    assert!(taken.lease.unwrap().fence > held.lease.unwrap().fence, "fences rise");
}

async fn a_heartbeat_keeps_the_lease_and_leaves_the_version_alone(h: &Harness) {
    let case = complaints(h, 1).await.remove(0);
    let mut desk = Desk::claim(h.client(), &case).await;
    for _ in 0..3 {
        h.advance(Span::from_minutes(4)).await;
        desk.renew().await.unwrap();
    }
    assert_eq!(time(desk.lease.expire_time), h.now() + Span::from_minutes(5));
    assert_eq!(h.case(&case).await.etag, desk.case.etag);
    h.advance(Span::from_minutes(6)).await;
    let _ = refused(desk.renew().await, Code::Aborted, Reason::LeaseLost);
}

async fn a_case_that_is_given_back_keeps_its_place_in_the_queue(h: &Harness) {
    let cases = complaints(h, 3).await;
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let first = mia.call(next(MAIN)).await.unwrap();
    assert_eq!(first.case.as_ref().unwrap().name, cases[0], "the oldest first");
    let mut desk = Desk { client: mia, case: first.case.unwrap(), lease: first.lease.unwrap() };
    let back = desk.release().await.unwrap().case.unwrap();
    assert_eq!((back.state(), back.abandon_count), (CaseState::Queued, 0));
    let again = tom.call(next(MAIN)).await.unwrap();
    assert_eq!(again.case.unwrap().name, cases[0]);
    let _ = refused(desk.release().await, Code::Aborted, Reason::FenceStale);
}

async fn agents_who_claim_at_once_get_different_cases(h: &Harness) {
    let cases = complaints(h, 12).await;
    let mut agents: Vec<Client> = Vec::new();
    for n in 0..8 {
        agents.push(h.client_as(&format!("agent-{n}"), &[Role::Agent]).await);
    }
    let claims = (0..16).map(|n| agents[n % 8].call(next(MAIN)));
    let claimed = futures::future::join_all(claims).await;
    let mut names: Vec<String> = claimed.into_iter().filter_map(|c| Some(c.unwrap().case?.name)).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "every case went to exactly one agent");
    let fences: Vec<i64> =
        futures::future::join_all(names.iter().map(|n| h.case(n))).await.iter().map(|c| c.fence).collect();
    assert_eq!(fences, vec![1; cases.len()]);
}

async fn what_cannot_wait_is_claimed_first(h: &Harness) {
    let cases = complaints(h, 2).await;
    h.say(order("late")).await;
    let deadline = h.now() + Span::from_hours(30);
    let urgent = h
        .say(v1::ReturnSignal {
            channel_deadline: Some(stamp(deadline)),
            ..amends_tests::make::return_request("ret-1", "late", h.now())
        })
        .await;
    let first = h.client().call(next(MAIN)).await.unwrap().case.unwrap();
    assert_eq!(first.name, urgent.case, "the channel's own deadline comes before age");
    assert_eq!(time(first.hard_deadline), deadline);
    let only = v1::ClaimNextCaseRequest { kinds: vec![v1::CaseKind::Delivery.into()], ..next(MAIN) };
    assert!(h.client().call(only).await.unwrap().case.is_none());
    let second = h.client().call(next(MAIN)).await.unwrap().case.unwrap();
    assert_eq!(second.name, cases[0]);
}

async fn an_agent_holds_only_so_many_cases(h: &Harness) {
    complaints(h, 1).await;
    for n in 1..22 {
        h.say(order(&format!("o{n}"))).await;
        h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await;
    }
    let mia = h.client_as("mia", &[Role::Agent]).await;
    for _ in 0..20 {
        assert!(mia.call(next(MAIN)).await.unwrap().case.is_some());
    }
    let failure = refused(mia.call(next(MAIN)).await, Code::FailedPrecondition, Reason::AgentAtCapacity);
    assert_eq!(failure.metadata["max"], "20");
}

async fn nothing_to_claim_is_no_error(h: &Harness) {
    let answer = h.client().call(next(MAIN)).await.unwrap();
    assert!(answer.case.is_none() && answer.lease.is_none());
}

async fn the_third_abandon_goes_to_a_supervisor(h: &Harness) {
    let case = complaints(h, 1).await.remove(0);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    for abandoned in 1..=3 {
        mia.call(claim(&case)).await.unwrap();
        h.advance(Span::from_minutes(6)).await;
        assert_eq!(h.case(&case).await.abandon_count, abandoned);
    }
    assert_eq!(h.case(&case).await.level, 1);
    let _ = refused(mia.call(claim(&case)).await, Code::PermissionDenied, Reason::RoleMissing);
    assert!(mia.call(next(MAIN)).await.unwrap().case.is_none());
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    assert_eq!(sam.call(next(MAIN)).await.unwrap().case.unwrap().name, case);
}
