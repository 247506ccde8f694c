//! A stale claim cannot write: an older version or fence is told what holds now.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::make::{LEAKS, order, review, stamp, terms};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{CaseOutcome, Reason, RemedyKind, WaitReason};

flow!(
    an_older_version_is_told_the_current_one,
    an_older_fence_is_told_the_current_one,
    a_lease_that_ran_out_cannot_write,
    two_writers_of_one_version_cannot_both_win
);

async fn desk(h: &Harness) -> Desk {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    Desk::work_on(&mia, &case).await
}

async fn an_older_version_is_told_the_current_one(h: &Harness) {
    let mut desk = desk(h).await;
    let old = desk.case.clone();
    desk.note("One more thing.").await.unwrap();
    let now = desk.case.etag.clone();
    let mut stale = Desk { client: desk.client.clone(), case: old, lease: desk.lease.clone() };
    let soon = stamp(h.now() + Span::from_hours(1));
    let failures = [
        refused(stale.contact("Hello.").await, Code::Aborted, Reason::EtagMismatch),
        refused(stale.wait(WaitReason::Buyer, None).await, Code::Aborted, Reason::EtagMismatch),
        refused(stale.snooze(soon).await, Code::Aborted, Reason::EtagMismatch),
        refused(stale.escalate("help").await, Code::Aborted, Reason::EtagMismatch),
        refused(stale.solve(CaseOutcome::TalkedThrough).await, Code::Aborted, Reason::EtagMismatch),
        refused(stale.offer(RemedyKind::Replacement, terms()).await, Code::Aborted, Reason::EtagMismatch),
        refused(stale.release().await, Code::Aborted, Reason::EtagMismatch),
    ];
    for failure in failures {
        assert_eq!(failure.metadata["current_etag"], now, "{failure}");
    }
    desk.look().await;
    assert_eq!(desk.case.etag, now, "nothing was written");
}

async fn an_older_fence_is_told_the_current_one(h: &Harness) {
    let mut desk = desk(h).await;
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let assign = v1::AssignCaseRequest {
        name: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        agent: "sam".to_owned(),
        ..Default::default()
    };
    let given = sam.call(assign).await.unwrap();
    let fence = given.lease.unwrap().fence.to_string();
    desk.look().await;
    let failures = [
        refused(desk.contact("Hello.").await, Code::Aborted, Reason::FenceStale),
        refused(desk.offer(RemedyKind::Replacement, terms()).await, Code::Aborted, Reason::FenceStale),
        refused(desk.renew().await, Code::Aborted, Reason::FenceStale),
        refused(desk.note("Mine.").await, Code::Aborted, Reason::FenceStale),
    ];
    for failure in failures {
        assert_eq!(failure.metadata["current_fence"], fence, "{failure}");
    }
}

async fn a_lease_that_ran_out_cannot_write(h: &Harness) {
    let mut desk = desk(h).await;
    // The timer has not come by yet, and the lease is over all the same.
    h.clock.advance_to(h.now() + Span::from_minutes(6));
    let _ = refused(desk.contact("Hello.").await, Code::Aborted, Reason::LeaseLost);
    let _ = refused(desk.renew().await, Code::Aborted, Reason::LeaseLost);
    let _ = refused(desk.offer(RemedyKind::Replacement, terms()).await, Code::Aborted, Reason::LeaseLost);
}

async fn two_writers_of_one_version_cannot_both_win(h: &Harness) {
    let desk = desk(h).await;
    let note = |n: usize| v1::AddCaseNoteRequest {
        name: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        text: format!("note {n}"),
        ..Default::default()
    };
    let written = futures::future::join_all((0..16).map(|n| desk.client.call(note(n)))).await;
    let (won, lost): (Vec<_>, Vec<_>) = written.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for result in lost {
        let _ = refused(result, Code::Aborted, Reason::EtagMismatch);
    }
}
