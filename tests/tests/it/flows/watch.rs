//! Boards and cases as those who watch them see them.

use std::collections::BTreeMap;
use std::time::Duration;

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, delivery, order, review};
use amends_tests::{Desk, Harness, flow};
use tokio::time::timeout;
use tonic::{Code, Streaming};
use v1::BoardPlace;
use v1::watch_case_response::Notice as Told;
use v1::watch_cases_response::Notice as Said;

mod limits;

flow!(
    a_board_begins_with_what_is_there_and_goes_on_with_what_changes,
    a_dropped_board_is_resumed_without_gap_or_repetition,
    a_board_keeps_to_its_filter_its_queue_and_its_shop,
    a_case_is_followed_entry_by_entry_and_resumed
);

const PATIENCE: Duration = Duration::from_secs(30);

/// A bad review of a delivered order: a case of its own.
async fn opened(h: &Harness, shop: &str, n: u32) -> String {
    // One after the other, so that the queue has an order.
    h.advance(Span::from_secs(1)).await;
    let o = format!("o{n}");
    h.say_in(shop, h.now(), order(&o)).await;
    h.say_in(shop, h.now(), delivery(&o)).await;
    let told = h.say_in(shop, h.now(), review(&format!("r{n}"), &o, 1, LEAKS)).await;
    h.settle().await;
    told.case
}

/// A board as its client has it, and where it would resume.
#[derive(Debug, Default)]
struct Screen {
    cases: BTreeMap<String, v1::BoardCase>,
    token: String,
    notices: usize,
}

impl Screen {
    fn take(&mut self, notice: v1::WatchCasesResponse) -> Said {
        self.token = notice.resume_token;
        let said = notice.notice.unwrap();
        match &said {
            Said::BoardCase(item) => {
                let before = self.cases.insert(item.case.clone().unwrap().name, item.clone());
                assert_ne!(before.as_ref(), Some(item), "the same came twice");
                self.notices += 1;
            }
            Said::Departure(gone) => {
                assert!(self.cases.remove(&gone.case).is_some(), "{} was never there", gone.case);
                self.notices += 1;
            }
            _ => {}
        }
        said
    }

    /// Reads until the board is whole.
    async fn ready(&mut self, stream: &mut Streaming<v1::WatchCasesResponse>) {
        loop {
            let notice = timeout(PATIENCE, stream.message()).await.unwrap().unwrap().unwrap();
            if matches!(self.take(notice), Said::Ready(_)) {
                return;
            }
        }
    }

    fn places(&self) -> Vec<(&str, BoardPlace)> {
        let mut items: Vec<_> = self.cases.values().collect();
        items.sort_by(|a, b| a.order_key.cmp(&b.order_key));
        items.into_iter().map(|item| (item.case.as_ref().unwrap().name.as_str(), item.place())).collect()
    }
}

fn board(queue_size: i32, token: &str) -> v1::WatchCasesRequest {
    let (parent, resume_token) = (MAIN.to_owned(), token.to_owned());
    v1::WatchCasesRequest { parent, queue_size, resume_token, ..Default::default() }
}

async fn watch(client: &Client, request: v1::WatchCasesRequest) -> Streaming<v1::WatchCasesResponse> {
    client.cases().watch_cases(request).await.unwrap().into_inner()
}

async fn a_board_begins_with_what_is_there_and_goes_on_with_what_changes(h: &Harness) {
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let (one, two, three) = (opened(h, MAIN, 1).await, opened(h, MAIN, 2).await, opened(h, MAIN, 3).await);
    let mut desk = Desk::work_on(&mia, &one).await;
    h.settle().await;
    let (mut screen, mut stream) = (Screen::default(), watch(&mia, board(10, "")).await);
    screen.ready(&mut stream).await;
    let mut places = screen.places();
    places.sort_unstable_by_key(|(name, _)| *name != one);
    assert_eq!(places[0], (one.as_str(), BoardPlace::Held));
    assert_eq!(screen.places().len(), 3);
    // Another takes one from the queue: it leaves.
    let _held = Desk::claim(&tom, &two).await;
    h.settle().await;
    screen.ready(&mut stream).await;
    assert!(!screen.cases.contains_key(&two));
    // It is parked, then the buyer answers and it is kept for its agent.
    desk.wait(v1::WaitReason::Buyer, None).await.unwrap();
    h.settle().await;
    screen.ready(&mut stream).await;
    assert_eq!(screen.cases[&one].place(), BoardPlace::Parked);
    h.say(amends_tests::make::message("m1", "o1", "Hello? I am waiting.")).await;
    h.settle().await;
    screen.ready(&mut stream).await;
    assert_eq!(screen.cases[&one].place(), BoardPlace::Returned);
    let four = opened(h, MAIN, 4).await;
    screen.ready(&mut stream).await;
    assert_eq!(screen.cases[&four].place(), BoardPlace::Queue);
    assert_eq!(screen.cases[&three].place(), BoardPlace::Queue);
    let listed =
        h.cases(MAIN).await.into_iter().map(|case| (case.name.clone(), case)).collect::<BTreeMap<_, _>>();
    for (name, item) in &screen.cases {
        assert_eq!(item.case.as_ref(), listed.get(name), "a board shows what a list shows");
    }
}

async fn a_dropped_board_is_resumed_without_gap_or_repetition(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let names = [opened(h, MAIN, 1).await, opened(h, MAIN, 2).await, opened(h, MAIN, 3).await];
    let (mut screen, mut stream) = (Screen::default(), watch(&mia, board(10, "")).await);
    // It breaks after the first case.
    while screen.cases.is_empty() {
        let notice = timeout(PATIENCE, stream.message()).await.unwrap().unwrap().unwrap();
        screen.take(notice);
    }
    drop(stream);
    let mut stream = watch(&mia, board(10, &screen.token)).await;
    screen.ready(&mut stream).await;
    assert_eq!((screen.cases.len(), screen.notices), (3, 3), "each came once");
    drop(stream);
    // While nobody listens one is claimed, one is solved by its supervisor, one comes.
    let _desk = Desk::claim(&mia, &names[0]).await;
    let cancel = v1::CancelCaseRequest {
        name: names[1].clone(),
        etag: screen.cases[&names[1]].case.as_ref().unwrap().etag.clone(),
        note: "no case".to_owned(),
        ..Default::default()
    };
    h.client().call(cancel).await.unwrap();
    let four = opened(h, MAIN, 4).await;
    let mut stream = watch(&mia, board(10, &screen.token)).await;
    screen.ready(&mut stream).await;
    assert_eq!(screen.notices, 3 + 3, "what did not change did not come again");
    assert_eq!(screen.cases[&names[0]].place(), BoardPlace::Held);
    assert!(screen.cases.contains_key(&four) && !screen.cases.contains_key(&names[1]));
    drop(stream);
    let mut stream = watch(&mia, board(10, &screen.token)).await;
    screen.ready(&mut stream).await;
    assert_eq!(screen.notices, 6, "nothing happened and nothing came");
}

async fn a_board_keeps_to_its_filter_its_queue_and_its_shop(h: &Harness) {
    let other = h.open_shop("other", "etsy").await;
    let mia = h.client_in("mia", &[Role::Agent], &[MAIN]).await;
    let theirs = opened(h, &other, 1).await;
    let (first, second) = (opened(h, MAIN, 1).await, opened(h, MAIN, 2).await);
    let filter = Some(v1::CaseFilter { order_id: "o2".to_owned(), ..Default::default() });
    let (mut narrow, mut of_order) =
        (Screen::default(), watch(&mia, v1::WatchCasesRequest { filter, ..board(10, "") }).await);
    narrow.ready(&mut of_order).await;
    assert_eq!(narrow.places(), [(second.as_str(), BoardPlace::Queue)]);
    let (mut head, mut stream) = (Screen::default(), watch(&mia, board(1, "")).await);
    head.ready(&mut stream).await;
    assert_eq!(head.places(), [(first.as_str(), BoardPlace::Queue)]);
    // What moves up takes the place of what was taken, though nothing happened to it.
    let tom = h.client_as("tom", &[Role::Agent]).await;
    let _held = Desk::claim(&tom, &first).await;
    h.settle().await;
    head.ready(&mut stream).await;
    assert_eq!(head.places(), [(second.as_str(), BoardPlace::Queue)]);
    // Nothing of the other shop, whatever happens there.
    let _theirs = Desk::claim(h.client(), &theirs).await;
    opened(h, &other, 5).await;
    let third = opened(h, MAIN, 3).await;
    let (mut whole, mut all) = (Screen::default(), watch(&mia, board(100, "")).await);
    whole.ready(&mut all).await;
    assert_eq!(whole.cases.len(), 2);
    assert!(
        whole.cases.contains_key(&third) && whole.cases.keys().all(|name| name.starts_with("shops/main/"))
    );
    for request in [
        v1::WatchCasesRequest { parent: other.clone(), ..board(5, "") },
        v1::WatchCasesRequest { parent: "shops/nope".to_owned(), ..board(5, "") },
    ] {
        let refused = mia.cases().watch_cases(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
    }
    let refused = mia.cases().watch_case(v1::WatchCaseRequest { name: theirs, ..Default::default() }).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let back_end = h.client_as("back-end", &[Role::Ingest]).await;
    let refused = back_end.cases().watch_cases(board(5, "")).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

/// Reads until a case and its entries are as the server has them.
async fn caught_up(
    stream: &mut Streaming<v1::WatchCaseResponse>,
    entries: &mut Vec<v1::TimelineEntry>,
    upto: usize,
    etag: &str,
) -> (v1::Case, String) {
    let mut seen = None;
    loop {
        let notice = timeout(PATIENCE, stream.message()).await.unwrap().unwrap().unwrap();
        match notice.notice.unwrap() {
            Told::Case(case) => seen = Some(case),
            Told::Entry(entry) => entries.push(entry),
            _ => {}
        }
        if let Some(case) = seen.clone().filter(|case| case.etag == etag && entries.len() >= upto) {
            return (case, notice.resume_token);
        }
    }
}

async fn a_case_is_followed_entry_by_entry_and_resumed(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let name = opened(h, MAIN, 1).await;
    let request = v1::WatchCaseRequest { name: name.clone(), ..Default::default() };
    let mut stream = mia.cases().watch_case(request.clone()).await.unwrap().into_inner();
    let mut entries = Vec::new();
    let (case, _) = caught_up(&mut stream, &mut entries, h.timeline(&name).await.len(), "1").await;
    assert_eq!(case, h.case(&name).await);
    let mut desk = Desk::work_on(&mia, &name).await;
    desk.note("Asked the warehouse.").await.unwrap();
    h.settle().await;
    let whole = h.timeline(&name).await;
    let (case, token) = caught_up(&mut stream, &mut entries, whole.len(), &desk.case.etag).await;
    assert_eq!((case, &entries), (desk.case.clone(), &whole));
    drop(stream);
    desk.note("They answer tomorrow.").await.unwrap();
    h.settle().await;
    let resumed = v1::WatchCaseRequest { resume_token: token, ..request.clone() };
    let mut stream = mia.cases().watch_case(resumed).await.unwrap().into_inner();
    let whole = h.timeline(&name).await;
    let (_, token) = caught_up(&mut stream, &mut entries, whole.len(), &desk.case.etag).await;
    assert_eq!(entries, whole, "nothing is missing and nothing came twice");
    drop(stream);
    // Nothing happened since: only who else is there, and a sign of life.
    let resumed = v1::WatchCaseRequest { resume_token: token, ..request.clone() };
    let mut stream = mia.cases().watch_case(resumed).await.unwrap().into_inner();
    let first = timeout(PATIENCE, stream.message()).await.unwrap().unwrap().unwrap().notice;
    assert!(matches!(first, Some(Told::Viewers(_))), "{first:?}");
    let after = v1::WatchCaseRequest { after_sequence: 2, ..request };
    let mut stream = mia.cases().watch_case(after).await.unwrap().into_inner();
    let mut later = Vec::new();
    caught_up(&mut stream, &mut later, whole.len() - 2, &desk.case.etag).await;
    assert_eq!(later, whole[2..]);
}
