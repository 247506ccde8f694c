//! Who may come in, as what, and where.

use std::sync::Arc;

use amends_app::key::RevokeKey;
use amends_app::{Role, VirtualClock};
use amends_client::v1;
use amends_server::serve;
use amends_tests::harness::{MAIN, START, by_operator, configuration, connect, parts};
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Database, Desk, Engine, Harness, flow, refused};
use tonic::Code;
use v1::Reason;

flow!(
    without_a_valid_key_nobody_comes_in,
    a_revoked_key_no_longer_opens,
    each_role_opens_its_own_doors,
    what_belongs_to_another_shop_does_not_exist,
    the_acting_agent_is_the_principal
);

fn list(shop: &str) -> v1::ListCasesRequest {
    v1::ListCasesRequest { parent: shop.to_owned(), ..Default::default() }
}

async fn without_a_valid_key_nobody_comes_in(h: &Harness) {
    let wrong = [None, Some("nonsense".to_owned()), Some("amends_aaaaaaaaaaaa_bm90IGEgc2VjcmV0".to_owned())];
    for key in wrong {
        let stranger = connect(&h.endpoint, key).await;
        let _ = refused(stranger.call(list(MAIN)).await, Code::Unauthenticated, Reason::Unauthenticated);
    }
}

async fn a_revoked_key_no_longer_opens(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let keys = h.app.keys(&by_operator().principal).await.unwrap();
    let key = keys.iter().find(|key| key.name == "mia").unwrap();
    h.app.perform(by_operator(), RevokeKey { id: key.id }).await.unwrap();
    let _ = refused(mia.call(list(MAIN)).await, Code::Unauthenticated, Reason::Unauthenticated);
}

async fn each_role_opens_its_own_doors(h: &Harness) {
    let mut clients = Vec::new();
    for role in Role::ALL {
        clients.push((role, h.client_as(role.as_str(), &[role]).await));
    }
    for (role, client) in &clients {
        let record = v1::RecordRequest {
            parent: MAIN.to_owned(),
            signals: vec![h.signal(order("o1"))],
            ..Default::default()
        };
        let claim = v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() };
        let figures = v1::GetReturnsRequest {
            parent: MAIN.to_owned(),
            cohort: Some(amends_tests::make::spring()),
            ..Default::default()
        };
        let found = v1::CreateShopRequest {
            shop_id: "new".to_owned(),
            shop: Some(amends_tests::make::shop("etsy")),
            ..Default::default()
        };
        let opened = [
            client.call(record).await.is_ok(),
            client.call(claim).await.is_ok(),
            client.call(figures).await.is_ok(),
            client.call(found).await.is_ok(),
        ];
        let expected = match role {
            Role::Ingest => [true, false, false, false],
            Role::Agent => [false, true, false, false],
            Role::Supervisor => [false, true, true, false],
            Role::Analyst => [false, false, true, false],
            Role::Admin => [false, true, true, true],
        };
        assert_eq!(opened, expected, "record, claim, figures, new shop for {}", role.as_str());
    }
}

async fn what_belongs_to_another_shop_does_not_exist(h: &Harness) {
    let other = h.open_shop("other", "etsy").await;
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let stranger = h.client_in("mia", &Role::ALL, &[&other]).await;
    let read = v1::GetCaseRequest { name: case.clone() };
    let _ = refused(stranger.call(read).await, Code::NotFound, Reason::ShopNotFound);
    let _ = refused(stranger.call(list(MAIN)).await, Code::NotFound, Reason::ShopNotFound);
    let claim = v1::ClaimCaseRequest { name: case.clone(), ..Default::default() };
    let _ = refused(stranger.call(claim).await, Code::NotFound, Reason::ShopNotFound);
    let review = v1::GetReviewRequest { name: format!("{MAIN}/reviews/r1") };
    let _ = refused(stranger.call(review).await, Code::NotFound, Reason::ShopNotFound);
    let signal = v1::RecordRequest {
        parent: MAIN.to_owned(),
        signals: vec![h.signal(order("o2"))],
        ..Default::default()
    };
    let _ = refused(stranger.call(signal).await, Code::NotFound, Reason::ShopNotFound);
    let crossed = v1::GetCaseRequest { name: case.replace("main", "other") };
    let _ = refused(stranger.call(crossed).await, Code::NotFound, Reason::CaseNotFound);
    let shops = stranger.call(v1::ListShopsRequest::default()).await.unwrap().shops;
    assert_eq!(shops.iter().map(|shop| shop.name.as_str()).collect::<Vec<_>>(), [other.as_str()]);
}

async fn the_acting_agent_is_the_principal(h: &Harness) {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let desk = Desk::work_on(&mia, &case).await;
    assert_eq!(desk.case.agent, "mia");
    let last = h.timeline(&case).await.pop().unwrap();
    assert_eq!(last.actor.unwrap().id, "mia");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_key_only_this_machine_comes_in_and_may_do_everything() {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(VirtualClock::at(START));
    let outside = configuration(&database.url, &[("listen", "0.0.0.0:0")]);
    let refused = serve::start(&outside, parts(&clock)).await.unwrap_err().to_string();
    assert!(refused.contains("no API key exists"), "{refused}");
    let running = serve::start(&configuration(&database.url, &[]), parts(&clock)).await.unwrap();
    assert!(running.address.ip().is_loopback());
    let anyone = connect(&format!("http://{}", running.address), None).await;
    assert!(anyone.call(v1::ListShopsRequest::default()).await.unwrap().shops.is_empty());
    running.stop().await.unwrap();
}
