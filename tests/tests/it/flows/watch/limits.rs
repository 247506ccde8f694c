//! Watches that end: with their server, with their room, or before they begin.

use std::time::Duration;

use amends_app::Role;
use amends_client::{Client, WatchStream, v1};
use amends_grpc::serve::{Settings, Transport};
use amends_grpc::service::case::WatchSettings;
use amends_tests::harness::{MAIN, connect};
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Harness, flow};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use v1::Reason;
use v1::watch_case_response::Notice as Told;
use v1::watch_cases_response::Notice as Said;

use super::{PATIENCE, Screen, board, caught_up, opened, watch};

flow!(
    a_watch_says_where_to_resume_when_the_server_goes_away,
    one_who_reads_too_slowly_is_let_go_and_misses_nothing,
    what_is_no_place_to_resume_is_refused,
    nobody_opens_more_watches_than_there_is_room_for
);

/// A second way in to the service of a test, with settings of its own.
async fn transport(h: &Harness, watches: WatchSettings) -> (String, CancellationToken) {
    let settings = Settings { watches, drain_max: Duration::from_secs(5), ..Settings::default() };
    let transport = Transport::new(h.app.clone(), settings).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = transport.shutdown();
    tokio::spawn(transport.serve(listener));
    (endpoint, shutdown)
}

async fn agent_at(h: &Harness, endpoint: &str, name: &str) -> Client {
    let scope = amends_app::ShopScope::All;
    let key = amends_tests::harness::make_key(&h.app, name, &[Role::Agent], scope).await;
    connect(endpoint, Some(key)).await
}

async fn a_watch_says_where_to_resume_when_the_server_goes_away(h: &Harness) {
    let (endpoint, shutdown) = transport(h, WatchSettings::default()).await;
    let mia = agent_at(h, &endpoint, "mia").await;
    let name = opened(h, MAIN, 1).await;
    let (mut screen, mut stream) = (Screen::default(), watch(&mia, board(10, "")).await);
    screen.ready(&mut stream).await;
    let request = v1::WatchCaseRequest { name: name.clone(), ..Default::default() };
    let mut one = mia.cases().watch_case(request.clone()).await.unwrap().into_inner();
    let _ = caught_up(&mut one, &mut Vec::new(), 1, "1").await;
    shutdown.cancel();
    let mut farewell = None;
    while let Some(notice) = timeout(PATIENCE, stream.message()).await.unwrap().unwrap() {
        farewell = Some(screen.take(notice));
    }
    let Some(Said::GoingAway(away)) = farewell else { panic!("{farewell:?}") };
    assert_eq!(away.reason(), Reason::ShuttingDown);
    let mut last_word = None;
    while let Some(notice) = timeout(PATIENCE, one.message()).await.unwrap().unwrap() {
        last_word = Some(notice);
    }
    let last_word = last_word.unwrap();
    assert!(matches!(last_word.notice, Some(Told::GoingAway(_))), "{last_word:?}");
    // Another server of the same database takes over.
    let again = connect(
        &h.endpoint,
        Some(
            amends_tests::harness::make_key(&h.app, "mia", &[Role::Agent], amends_app::ShopScope::All).await,
        ),
    )
    .await;
    let before = screen.notices;
    let mut stream = watch(&again, board(10, &screen.token)).await;
    screen.ready(&mut stream).await;
    assert_eq!(screen.notices, before);
    let resumed = v1::WatchCaseRequest { resume_token: last_word.resume_token, ..request };
    let mut one = again.cases().watch_case(resumed).await.unwrap().into_inner();
    let first = timeout(PATIENCE, one.message()).await.unwrap().unwrap().unwrap().notice;
    assert!(matches!(first, Some(Told::Viewers(_))), "{first:?}");
}

/// Cases enough that a few signs of life, each with its token, fill a connection.
const MANY: usize = 80;

async fn one_who_reads_too_slowly_is_let_go_and_misses_nothing(h: &Harness) {
    let tight = WatchSettings {
        notices_max: 2,
        patience: Duration::from_millis(300),
        heartbeat: Duration::from_millis(1),
        pace: Duration::ZERO,
        ..WatchSettings::default()
    };
    let (endpoint, _stop) = transport(h, tight).await;
    let mia = agent_at(h, &endpoint, "mia").await;
    let many = (0..MANY).flat_map(|n| {
        let o = format!("o{n}");
        [h.signal(order(&o)), h.signal(review(&format!("r{n}"), &o, 1, LEAKS))]
    });
    h.record(MAIN, many.collect()).await;
    h.settle().await;
    let mut stream = watch(&mia, board(100, "")).await;
    // Nothing is read: signs of life fill what the connection takes in, and then the channel.
    let seats = async {
        loop {
            let mut more = Vec::new();
            // Its place is free again once it was let go.
            for _ in 0..WatchSettings::default().principal_max {
                match mia.cases().watch_cases(board(0, "")).await {
                    Ok(one) => more.push(one),
                    Err(_) => break,
                }
            }
            if more.len() == WatchSettings::default().principal_max {
                return;
            }
            drop(more);
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(120), seats).await.unwrap();
    let mut screen = Screen::default();
    let status = loop {
        match timeout(PATIENCE, stream.message()).await.unwrap() {
            Ok(Some(notice)) => drop(screen.take(notice)),
            Ok(None) => panic!("the stream ended without a status"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().contains("unread"), "{status:?}");
    opened(h, MAIN, 999).await;
    let calm = agent_at(h, &h.endpoint, "mia").await;
    let mut stream = watch(&calm, board(100, &screen.token)).await;
    screen.ready(&mut stream).await;
    assert_eq!((screen.cases.len(), screen.notices), (MANY + 1, MANY + 1), "each came once");
}

async fn what_is_no_place_to_resume_is_refused(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let (one, two) = (opened(h, MAIN, 1).await, opened(h, MAIN, 2).await);
    let (mut screen, mut stream) = (Screen::default(), watch(&mia, board(10, "")).await);
    screen.ready(&mut stream).await;
    let filter =
        Some(v1::CaseFilter { agents: (0..21).map(|n| format!("a{n}")).collect(), ..Default::default() });
    let mut wrong = vec![board(10, "nonsense"), board(11, &screen.token), board(101, ""), board(-1, "")];
    wrong.push(v1::WatchCasesRequest { filter, ..board(0, "") });
    for request in wrong {
        let refused = mia.cases().watch_cases(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    }
    let request = |name: &str| v1::WatchCaseRequest { name: name.to_owned(), ..Default::default() };
    let mut stream = mia.cases().watch_case(request(&one)).await.unwrap().into_inner();
    let (_, token) = caught_up(&mut stream, &mut Vec::new(), 1, "1").await;
    for wrong in [
        v1::WatchCaseRequest { resume_token: token, ..request(&two) },
        v1::WatchCaseRequest { resume_token: screen.token.clone(), ..request(&one) },
        v1::WatchCaseRequest { after_sequence: 99, ..request(&one) },
        v1::WatchCaseRequest { after_sequence: -1, ..request(&one) },
        request("shops/main/cases/nope"),
    ] {
        let refused = mia.cases().watch_case(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    }
    let missing = format!("{MAIN}/cases/case_{}", "0".repeat(32));
    assert_eq!(mia.cases().watch_case(request(&missing)).await.unwrap_err().code(), Code::NotFound);
}

async fn nobody_opens_more_watches_than_there_is_room_for(h: &Harness) {
    let few = WatchSettings { principal_max: 2, watches_max: 3, ..WatchSettings::default() };
    let (endpoint, _stop) = transport(h, few).await;
    let (mia, tom) = (agent_at(h, &endpoint, "mia").await, agent_at(h, &endpoint, "tom").await);
    let name = opened(h, MAIN, 1).await;
    let _one = watch(&mia, board(0, "")).await;
    let two = mia.cases().watch_case(v1::WatchCaseRequest { name, ..Default::default() }).await.unwrap();
    let refused = mia.cases().watch_cases(board(0, "")).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    let _three = watch(&tom, board(0, "")).await;
    assert_eq!(tom.cases().watch_cases(board(0, "")).await.unwrap_err().code(), Code::ResourceExhausted);
    drop(two);
    // The client of the crate tries again by itself only where that is promised; here the room comes back.
    let mut stream = WatchStream::new(&tom, board(0, ""));
    let heard = async {
        loop {
            match stream.next().await {
                Ok(notice) => return notice,
                Err(error) => assert_eq!(error.reason(), Some(Reason::TooManyStreams)),
            }
        }
    };
    let first = timeout(PATIENCE, heard).await.unwrap();
    assert!(matches!(first.notice, Some(Said::Ready(_))), "{first:?}");
}
