//! Telling a buyer that a review can be updated: allowed by policy and history, or refused by rule.

use amends_app::AppError;
use amends_app::review::{Ask, AskOutcome, AskState};
use amends_domain::case::Outcome;
use amends_domain::guardrail::Rule;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::{CaseId, Span};
use amends_store::text::{self, TextOwner};
use amends_store::{decision, event};

use crate::house::everywhere;
use crate::stage::{Stage, ann, boss, id};

async fn ask(stage: &Stage<'_>, case: CaseId) -> Ask {
    let case = stage.case(case).await;
    Ask {
        shop: stage.shop.clone(),
        review: id("r-o1"),
        version: case.version,
        fence: case.fence,
        template: String::new(),
        by_request: false,
    }
}

async fn rules(stage: &Stage<'_>, case: CaseId) -> Vec<Rule> {
    let ask = ask(stage, case).await;
    match stage.app.perform(ann(), ask).await.unwrap() {
        AskOutcome::Refused(decision) => decision.refusals.iter().map(|r| r.rule).collect(),
        AskOutcome::Sent { .. } => Vec::new(),
    }
}

/// The case of a bad review, made good and solved.
async fn made_good(stage: &Stage<'_>) -> CaseId {
    let case = stage.broken("o1", 1).await;
    stage.claim(case).await;
    stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
    stage.solve(case, Outcome::RemedyFulfilled).await;
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ask_goes_out_once_in_the_buyers_language() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = made_good(&stage).await;
        let both = [Rule::G03, Rule::G16];
        assert_eq!(rules(&stage, case).await, both, "the buyer is left in peace, and had a message");
        stage.pass(Span::from_hours(25)).await;
        assert_eq!(rules(&stage, case).await, [Rule::G16], "the offer was one");
        stage.pass(Span::from_hours(48)).await;
        let (principal, review) = (ann().principal, id("r-o1"));
        let checked = stage.app.check_ask(&principal, &stage.shop, &review, "", false).await.unwrap();
        assert!(checked.allowed() && checked.id.is_none());
        let view = stage.app.review(&principal, &stage.shop, &review).await.unwrap();
        assert_eq!(view.ask, AskState::Eligible);

        let request = ask(&stage, case).await;
        let AskOutcome::Sent { decision, review: row, .. } = stage.app.perform(ann(), request).await.unwrap()
        else {
            panic!("nothing forbids it")
        };
        assert_eq!(decision.template, "ask.de");
        assert_eq!(row.handling.asked_at, Some(stage.now()));
        let conn = stage.app.store().reader();
        let key = decision.id.unwrap();
        let kept = text::get(&conn, &stage.shop, &[(TextOwner::Note, key.to_string())]).await.unwrap();
        assert_eq!(kept.first().map(|(_, _, body)| body.as_str()), Some(decision.text.as_str()));
        assert!(decision::get(&conn, &stage.shop, &key).await.unwrap().unwrap().allowed);
        assert_eq!(rules(&stage, case).await, [Rule::G10, Rule::G16], "it was a message, too");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_forbids_asks_refuses_and_the_refusal_is_told() {
    everywhere(async |house| {
        for channel in ["amazon", "ebay", "nobody_knows"] {
            let stage = Stage::on(house, channel).await;
            let case = made_good(&stage).await;
            stage.pass(Span::from_hours(25)).await;
            assert_eq!(rules(&stage, case).await.first(), Some(&Rule::G01), "{channel}");
            let conn = stage.app.store().reader();
            let events = event::of_case(&conn, &stage.shop, &case, 0, 500).await.unwrap();
            let words: Vec<_> = events.iter().map(|e| e.row.event.word()).collect();
            assert!(words.contains(&"guardrail.refused") && !words.contains(&"review.ask_sent"), "{words:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_while_a_promise_is_open() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        stage.answer(remedy.id, amends_app::remedy::BuyerAnswer::Accepted).await.unwrap();
        assert_eq!(rules(&stage, case).await, [Rule::G03, Rule::G16]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_not_see_the_case_as_it_stands_does_not_ask() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = made_good(&stage).await;
        stage.pass(Span::from_hours(25)).await;
        let mut stale = ask(&stage, case).await;
        stale.version -= 1;
        assert!(matches!(stage.app.perform(boss(), stale).await, Err(AppError::EtagStale { .. })));
        let mut unknown = ask(&stage, case).await;
        unknown.template = "ask.klingon".to_owned();
        let refused = stage.app.perform(ann(), unknown).await;
        assert!(matches!(refused, Err(AppError::NotFound { what: "template", .. })));
    })
    .await;
}
