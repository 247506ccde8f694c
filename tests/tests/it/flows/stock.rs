//! Stock that callers count: what is not there is not offered.

use amends_app::Role;
use amends_client::v1;
use amends_domain::{Span, Time};
use amends_tests::desk::report;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review, stamp, terms};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use futures::future::join_all;
use tonic::Code;
use v1::{BuyerAnswer, FulfilmentState, Reason, RemedyKind};

flow!(
    the_last_piece_is_offered_once_until_it_is_free_again,
    what_was_sent_counts_until_a_later_count,
    of_many_offers_as_many_are_made_as_there_are_pieces,
    a_remedy_that_failed_needs_its_piece_again,
    a_part_is_held_by_its_own_id,
    levels_are_checked_and_listed_page_by_page
);

fn level(sku: &str, available_count: i64, at: Time) -> v1::StockLevel {
    v1::StockLevel {
        sku: sku.to_owned(),
        available_count,
        count_time: Some(stamp(at)),
        ..v1::StockLevel::default()
    }
}

async fn count(h: &Harness, levels: Vec<v1::StockLevel>) -> Vec<v1::StockLevel> {
    let request = v1::SetStockRequest { parent: MAIN.to_owned(), levels, ..Default::default() };
    h.client().call(request).await.unwrap().levels
}

/// What is held, consumed and free of an article.
async fn taken(h: &Harness, sku: &str) -> (i64, i64, i64) {
    let request = v1::ListStockRequest { parent: MAIN.to_owned(), ..Default::default() };
    let levels = h.client().call(request).await.unwrap().levels;
    let level = levels.into_iter().find(|level| level.sku == sku).unwrap();
    (level.held_count, level.consumed_count, level.free_count)
}

async fn desk(h: &Harness, o: &str) -> Desk {
    h.say(order(o)).await;
    let case = h.say(review(&format!("r-{o}"), o, 1, LEAKS)).await.case;
    Desk::work_on(h.client(), &case).await
}

async fn the_last_piece_is_offered_once_until_it_is_free_again(h: &Harness) {
    let (mut one, mut two) = (desk(h, "o1").await, desk(h, "o2").await);
    one.offer(RemedyKind::Repair, terms()).await.unwrap();
    let free = desk(h, "o3").await.offer(RemedyKind::Replacement, terms()).await;
    assert!(free.is_ok(), "what was never counted restricts nothing");
    assert_eq!(count(h, vec![level("sku-1", 2, h.now())]).await[0].free_count, 1, "one is held already");
    one.look().await;
    let repair = one.case.clone();
    let held = two.offer(RemedyKind::Replacement, terms()).await.unwrap();
    assert_eq!(taken(h, "sku-1").await, (2, 0, 0));
    let mut three = desk(h, "o4").await;
    let failure =
        refused(three.offer(RemedyKind::Reship, terms()).await, Code::FailedPrecondition, Reason::OutOfStock);
    assert_eq!((&*failure.metadata["sku"], &*failure.metadata["free"]), ("sku-1", "0"));
    assert_eq!(h.case(&repair.name).await.etag, repair.etag);
    two.answer(&held, BuyerAnswer::Declined).await.unwrap();
    assert_eq!(taken(h, "sku-1").await, (1, 0, 1));
    three.look().await;
    three.offer(RemedyKind::Reship, terms()).await.unwrap();
    // An offer that runs out gives its piece back.
    h.advance(Span::from_days(4)).await;
    assert_eq!(taken(h, "sku-1").await, (0, 0, 2));
}

async fn what_was_sent_counts_until_a_later_count(h: &Harness) {
    count(h, vec![level("sku-1", 5, h.now())]).await;
    let mut desk = desk(h, "o1").await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.advance(Span::from_secs(10)).await;
    report(h.client(), &remedy.name, FulfilmentState::Fulfilled).await.unwrap();
    assert_eq!(taken(h, "sku-1").await, (0, 1, 4));
    let older = count(h, vec![level("sku-1", 50, h.now() - Span::from_hours(1))]).await;
    assert_eq!(older[0].available_count, 5, "an older count changes nothing");
    h.advance(Span::from_secs(10)).await;
    count(h, vec![level("sku-1", 4, h.now())]).await;
    assert_eq!(taken(h, "sku-1").await, (0, 0, 4), "it is not in the shelf that was counted");
}

async fn of_many_offers_as_many_are_made_as_there_are_pieces(h: &Harness) {
    count(h, vec![level("sku-1", 5, h.now())]).await;
    let mut desks = Vec::new();
    for n in 0..12 {
        desks.push(desk(h, &format!("o{n}")).await);
    }
    let offers = desks.iter_mut().map(|desk| desk.offer(RemedyKind::Replacement, terms()));
    let (made, left): (Vec<_>, Vec<_>) = join_all(offers).await.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 5);
    for one in left {
        let _ = refused(one, Code::FailedPrecondition, Reason::OutOfStock);
    }
    assert_eq!(taken(h, "sku-1").await, (5, 0, 0));
}

async fn a_remedy_that_failed_needs_its_piece_again(h: &Harness) {
    count(h, vec![level("sku-1", 1, h.now())]).await;
    let mut one = desk(h, "o1").await;
    let first = one.agree_on(RemedyKind::Replacement, terms()).await;
    report(h.client(), &first.name, FulfilmentState::Failed).await.unwrap();
    assert_eq!(taken(h, "sku-1").await, (0, 0, 1));
    let mut two = desk(h, "o2").await;
    let second = two.offer(RemedyKind::Replacement, terms()).await.unwrap();
    let again = report(h.client(), &first.name, FulfilmentState::Executing).await;
    let _ = refused(again, Code::FailedPrecondition, Reason::OutOfStock);
    two.answer(&second, BuyerAnswer::Declined).await.unwrap();
    report(h.client(), &first.name, FulfilmentState::Executing).await.unwrap();
    assert_eq!(taken(h, "sku-1").await, (1, 0, 0));
}

async fn a_part_is_held_by_its_own_id(h: &Harness) {
    let lid = v1::StockLevel { part: true, ..level("LID-7", 0, h.now()) };
    count(h, vec![lid, level("LID-7", 9, h.now())]).await;
    let mut desk = desk(h, "o1").await;
    let part = v1::RemedyTerms { sku: "LID-7".to_owned(), ..terms() };
    let offer = desk.offer(RemedyKind::MissingPart, part.clone()).await;
    let failure = refused(offer, Code::FailedPrecondition, Reason::OutOfStock);
    assert_eq!(failure.metadata["kind"], "PART");
    desk.look().await;
    desk.offer(RemedyKind::Exchange, part).await.unwrap();
    assert_eq!(taken(h, "LID-7").await, (1, 0, 8), "the article of that id is another thing");
}

async fn levels_are_checked_and_listed_page_by_page(h: &Harness) {
    let set = |levels| v1::SetStockRequest { parent: MAIN.to_owned(), levels, ..Default::default() };
    let wrong =
        vec![level("", 1, h.now()), level("a", -1, h.now()), level("b", 1, h.now() + Span::from_hours(1))];
    let failure = refused(h.client().call(set(wrong)).await, Code::InvalidArgument, Reason::InvalidField);
    let paths = ["levels[0].sku", "levels[1].available_count", "levels[2].count_time"];
    assert_eq!(refusal::fields(&failure), paths);
    for levels in [Vec::new(), (0..1_001).map(|n| level(&format!("s{n}"), 1, h.now())).collect()] {
        let failure =
            refused(h.client().call(set(levels)).await, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(refusal::fields(&failure), ["levels"]);
    }
    let twice = vec![level("a", 1, h.now()), level("a", 2, h.now())];
    let failure = refused(h.client().call(set(twice)).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["levels[1].sku"]);
    let agent = h.client_as("mia", &[Role::Agent]).await;
    let by_agent = agent.call(set(vec![level("a", 1, h.now())])).await;
    let _ = refused(by_agent, Code::PermissionDenied, Reason::RoleMissing);
    count(h, ["c", "a", "b"].map(|sku| level(sku, 1, h.now())).to_vec()).await;
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListStockRequest { parent: MAIN.to_owned(), page_size: 2, page_token };
        let page = agent.call(request).await.unwrap();
        seen.extend(page.levels.into_iter().map(|level| level.sku));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["a", "b", "c"]);
}
