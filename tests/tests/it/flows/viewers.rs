//! Who else has a case open.

use std::time::Duration;

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::harness::{MAIN, last};
use amends_tests::make::{LEAKS, delivery, order, review, stamp};
use amends_tests::{Harness, flow, refused};
use tokio::time::timeout;
use tonic::{Code, Streaming};
use v1::Reason;
use v1::watch_case_response::Notice;

flow!(
    two_who_watch_a_case_see_each_other_until_one_leaves,
    one_who_says_it_call_by_call_is_seen_until_the_calls_stay_out,
    viewing_is_not_claiming_and_is_for_the_desk,
);

const PATIENCE: Duration = Duration::from_secs(30);

async fn opened(h: &Harness) -> String {
    h.say(order("o1")).await;
    h.say(delivery("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    h.settle().await;
    case
}

async fn watch(client: &Client, case: &str) -> Streaming<v1::WatchCaseResponse> {
    let request = v1::WatchCaseRequest { name: case.to_owned(), ..Default::default() };
    client.cases().watch_case(request).await.unwrap().into_inner()
}

/// Reads until the others are these.
async fn others(stream: &mut Streaming<v1::WatchCaseResponse>, names: &[&str]) -> Vec<v1::CaseViewer> {
    loop {
        let notice = timeout(PATIENCE, stream.message()).await.unwrap().unwrap().unwrap().notice;
        let Some(Notice::Viewers(told)) = notice else { continue };
        if told.viewers.iter().map(|viewer| viewer.agent.as_str()).eq(names.iter().copied()) {
            return told.viewers;
        }
    }
}

fn view(case: &str, leave: bool) -> v1::ViewCaseRequest {
    v1::ViewCaseRequest { name: case.to_owned(), leave }
}

async fn two_who_watch_a_case_see_each_other_until_one_leaves(h: &Harness) {
    let case = opened(h).await;
    let (mia, tom) =
        (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Supervisor]).await);
    let mut of_mia = watch(&mia, &case).await;
    others(&mut of_mia, &[]).await;
    let since = h.now();
    let mut of_tom = watch(&tom, &case).await;
    let seen = others(&mut of_tom, &["mia"]).await;
    assert_eq!(seen[0].since_time, Some(stamp(since)));
    others(&mut of_mia, &["tom"]).await;
    // A second screen of the same agent is the same agent.
    let second = watch(&tom, &case).await;
    let shown = h.view(&case).await.viewers;
    assert_eq!(shown.iter().map(|v| v.agent.as_str()).collect::<Vec<_>>(), ["mia", "tom"]);
    drop(second);
    // The lease is renewed for as long as the stream is open.
    for _ in 0..3 {
        h.advance(Span::from_secs(11)).await;
        h.app.look_at_screens().await.unwrap();
    }
    drop(of_tom);
    others(&mut of_mia, &[]).await;
    drop(of_mia);
    let alone = async {
        while !h.view(&case).await.viewers.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, alone).await.unwrap();
}

async fn one_who_says_it_call_by_call_is_seen_until_the_calls_stay_out(h: &Harness) {
    let case = opened(h).await;
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let began = h.now();
    let answer = mia.call(view(&case, false)).await.unwrap();
    assert!(answer.viewers.is_empty());
    assert_eq!(answer.expire_time, Some(stamp(began + Span::from_secs(30))));
    let mut of_tom = watch(&tom, &case).await;
    others(&mut of_tom, &["mia"]).await;
    h.advance(Span::from_secs(15)).await;
    let again = mia.call(view(&case, false)).await.unwrap();
    assert_eq!(again.viewers[0].agent, "tom");
    assert_eq!(again.expire_time, Some(stamp(began + Span::from_secs(45))));
    h.advance(Span::from_secs(20)).await;
    let seen = h.view(&case).await.viewers;
    let mias = seen.iter().find(|viewer| viewer.agent == "mia").unwrap();
    assert_eq!(mias.since_time, Some(stamp(began)), "the same visit");
    h.advance(Span::from_secs(11)).await;
    others(&mut of_tom, &[]).await;
    mia.call(view(&case, false)).await.unwrap();
    others(&mut of_tom, &["mia"]).await;
    let left = mia.call(view(&case, true)).await.unwrap();
    assert_eq!(left.expire_time, None);
    others(&mut of_tom, &[]).await;
}

async fn viewing_is_not_claiming_and_is_for_the_desk(h: &Harness) {
    let case = opened(h).await;
    let (before, timeline) = (h.case(&case).await, h.timeline(&case).await);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let nan = h.client_as("nan", &[Role::Analyst]).await;
    mia.call(view(&case, false)).await.unwrap();
    let mut of_nan = watch(&nan, &case).await;
    others(&mut of_nan, &["mia"]).await;
    h.settle().await;
    assert_eq!((h.case(&case).await, h.timeline(&case).await), (before, timeline));
    let seen = mia.call(view(&case, false)).await.unwrap();
    assert!(seen.viewers.is_empty(), "who only reads is nobody to look out for");
    let _ = refused(nan.call(view(&case, false)).await, Code::PermissionDenied, Reason::RoleMissing);
    let far = h.client_in("far", &[Role::Agent], &[&h.open_shop("far", "etsy").await]).await;
    let _ = refused(far.call(view(&case, false)).await, Code::NotFound, Reason::ShopNotFound);
    let missing = format!("{MAIN}/cases/case_{}", "0".repeat(32));
    let _ = refused(mia.call(view(&missing, false)).await, Code::NotFound, Reason::CaseNotFound);
    assert!(last(&case).starts_with("case_"));
}
