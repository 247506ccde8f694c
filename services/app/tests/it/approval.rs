//! Four eyes: what waits for another person, for how long, and what is asked again when they agree.

use amends_app::remedy::{ApproveRemedy, BuyerAnswer, OfferRemedy, RemedyOfCase, SuggestRemedies, Target};
use amends_app::{AppError, Result};
use amends_domain::counter::{BoundsRefused, OfferBounds};
use amends_domain::event::Event;
use amends_domain::guardrail::Rule;
use amends_domain::ledger::GrantState;
use amends_domain::remedy::{RemedyKind, RemedyRefused, RemedyStage, RemedyState, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::{ReturnSignal, SignalBody};
use amends_domain::{CaseId, Span};
use amends_store::{event, grant, learned};

use crate::house::everywhere;
use crate::stage::{Stage, ann, boss, buyer, eur, id, money};

/// Two bottles are worth more than an agent may give alone.
async fn waiting(stage: &Stage<'_>, case: CaseId, life: Option<Span>) -> RemedyOfCase {
    let offer = stage.offer(case, RemedyKind::Replacement, Terms::default()).await;
    let offered = stage.app.perform(ann(), OfferRemedy { units: 2, life, ..offer }).await.unwrap();
    assert_eq!(offered.remedy.state.stage(), RemedyStage::AwaitingApproval);
    offered
}

pub(crate) async fn approve(stage: &Stage<'_>, waits: &RemedyOfCase) -> Result<RemedyOfCase> {
    let version = stage.case(waits.case.id).await.version;
    let (shop, remedy) = (stage.shop.clone(), waits.remedy.id);
    stage.app.perform(boss(), ApproveRemedy { shop, remedy, version, note: String::new() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_approves_in_time_is_taken_back_and_its_units_are_free() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 2).await;
        stage.claim(case).await;
        let waits = waiting(&stage, case, Some(Span::from_hours(5))).await;
        assert_eq!(waits.remedy.ends_at(), Some(stage.now() + Span::from_hours(5)));
        stage.pass(Span::from_hours(6)).await;
        let view = stage.app.remedy(&ann().principal, &stage.shop, waits.remedy.id).await.unwrap();
        assert_eq!(view.remedy.state.stage(), RemedyStage::Withdrawn);
        assert!(stage.words(case).await.contains(&"remedy.withdrawn"));
        let late = approve(&stage, &waits).await;
        assert!(matches!(late, Err(AppError::Remedy(RemedyRefused::NoArrow { .. }))), "{late:?}");
        let key = (stage.shop.clone(), id("o1"), id("1"));
        let grants = grant::of_lines(&stage.app.store().reader(), &[key]).await.unwrap();
        assert!(grants.iter().all(|(_, _, _, grant)| grant.state == GrantState::Released), "{grants:?}");
        // The buyer never saw it: nothing is learned of what they would have said.
        let counted = learned::all(&stage.app.store().reader(), &stage.shop).await.unwrap();
        assert!(counted.iter().all(|(_, _, _, counted)| counted.answered == 0), "{counted:?}");
        assert!(learned::derived(&stage.app.store().reader(), &stage.shop).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wished_life_begins_when_another_person_agrees() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 2).await;
        stage.claim(case).await;
        let waits = waiting(&stage, case, Some(Span::from_hours(5))).await;
        stage.pass(Span::from_hours(4)).await;
        let offered = approve(&stage, &waits).await.unwrap().remedy;
        let (at, expires_at) = (stage.now(), stage.now() + Span::from_hours(5));
        assert_eq!(offered.state, RemedyState::Offered { at, expires_at });
        stage.pass(Span::from_hours(4)).await;
        let view = stage.app.remedy(&ann().principal, &stage.shop, offered.id).await.unwrap();
        assert_eq!(view.remedy.state.stage(), RemedyStage::Offered, "the first end does not end it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_agrees_is_told_what_the_channel_no_longer_takes() {
    everywhere(async |house| {
        let stage = Stage::on(house, "shopee").await;
        stage.delivered("o1", 2).await;
        let case = stage.wants_return("o1", ReturnStatus::Requested).await;
        stage.claim(case).await;
        let offer = stage.offer(case, RemedyKind::PartialRefund, money(11_000)).await;
        let waits = stage.app.perform(ann(), OfferRemedy { units: 2, ..offer }).await.unwrap();
        assert_eq!(waits.remedy.state.stage(), RemedyStage::AwaitingApproval);
        stage.pass(Span::from_minutes(1)).await;
        let bounds = OfferBounds { max: Some(eur(9_000)), ..OfferBounds::default() };
        let told = ReturnSignal { bounds, ..returned(&stage) };
        stage.push(SignalBody::Return(told)).await;
        let refused = approve(&stage, &waits).await;
        let outside = |error: &AppError| matches!(error, AppError::Bounds(BoundsRefused::Outside { .. }));
        assert!(refused.as_ref().is_err_and(outside), "{refused:?}");
    })
    .await;
}

fn returned(stage: &Stage<'_>) -> ReturnSignal {
    ReturnSignal {
        return_id: id("ret-o1"),
        order: id("o1"),
        line: Some(id("1")),
        quantity: 1,
        status: ReturnStatus::Negotiating,
        raw_status: "NEGOTIATING".to_owned(),
        reason: None,
        raw_reason: String::new(),
        buyer: Some(buyer("o1")),
        requested_at: stage.now(),
        deadline: None,
        refund: None,
        seller_fault: None,
        bounds: OfferBounds::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lapsed_unseen_was_no_second_offer() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 3).await;
        stage.claim(case).await;
        let first = stage.offered(case, RemedyKind::PartialRefund, money(1_000)).await.unwrap();
        stage.pass(Span::from_minutes(1)).await;
        stage.answer(first.id, BuyerAnswer::Declined).await.unwrap();
        waiting(&stage, case, Some(Span::from_hours(1))).await;
        let meanwhile = stage.offered(case, RemedyKind::PartialRefund, money(2_000)).await;
        let Err(AppError::Guarded(refused)) = meanwhile else { panic!("{meanwhile:?}") };
        assert_eq!(refused.refusals[0].rule, Rule::G20);
        stage.pass(Span::from_hours(2)).await;
        stage.claim(case).await;
        stage.offered(case, RemedyKind::PartialRefund, money(2_000)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_suggestions_that_come_at_once_tell_one_chance_and_stand_in_order() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        let asks = (0..8).map(|_| {
            let (shop, target) = (stage.shop.clone(), Target::Case(case));
            let ask = SuggestRemedies { shop, target, units: 1, stock: Vec::new() };
            let app = stage.app.clone();
            tokio::spawn(async move { app.perform(ann(), ask).await.unwrap() })
        });
        let mut told = Vec::new();
        for one in asks.collect::<Vec<_>>() {
            told.push(one.await.unwrap().suggestion.propensity);
        }
        assert!(told.iter().all(|chance| *chance == told[0]), "{told:?}");
        assert_eq!(stage.words(case).await.iter().filter(|word| **word == "remedy.suggested").count(), 8);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_described_is_in_no_event() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let terms = Terms { note: "Ring at the blue door".to_owned(), ..Terms::default() };
        let remedy = stage.offered(case, RemedyKind::Replacement, terms).await.unwrap();
        stage.answer(remedy.id, BuyerAnswer::Accepted).await.unwrap();
        let conn = stage.app.store().reader();
        let events = event::of_case(&conn, &stage.shop, &case, 0, 500).await.unwrap();
        assert!(events.iter().any(|stored| matches!(stored.row.event, Event::RemedyAccepted { .. })));
        assert!(!format!("{events:?}").contains("blue door"));
        let view = stage.app.remedy(&ann().principal, &stage.shop, remedy.id).await.unwrap();
        assert_eq!(view.remedy.terms.note, "Ring at the blue door", "who carries it out can ask for it");
    })
    .await;
}
