//! Remedies: every verb, and who may not.

use amends_app::AppError;
use amends_app::remedy::{
    ApproveRemedy, BuyerAnswer, OfferRemedy, RecordAnswer, Report, SuggestRemedies, Target, WithdrawRemedy,
};
use amends_domain::case::{Outcome, Refused, State};
use amends_domain::guardrail::Rule;
use amends_domain::ledger::{Grant, GrantState, LedgerRefused};
use amends_domain::remedy::{RemedyKind, RemedyRefused, RemedyStage, Terms};
use amends_domain::{CaseId, RemedyId, Span, Time};
use amends_store::{deadline, event, grant};

use crate::house::everywhere;
use crate::stage::{Stage, ann, back_end, boss, call, id, money};

async fn grants(stage: &Stage<'_>, order: &str) -> Vec<Grant> {
    let key = (stage.shop.clone(), id(order), id("1"));
    let found = grant::of_lines(&stage.app.store().reader(), &[key]).await.unwrap();
    found.into_iter().map(|(_, _, _, grant)| grant).collect()
}

async fn words(stage: &Stage<'_>, case: CaseId) -> Vec<&'static str> {
    let events = event::of_case(&stage.app.store().reader(), &stage.shop, &case, 0, 500).await.unwrap();
    events.iter().map(|e| e.row.event.word()).collect()
}

async fn due(stage: &Stage<'_>, kind: amends_domain::deadline::DeadlineKind, of: RemedyId) -> Option<Time> {
    deadline::get(&stage.app.store().reader(), &stage.shop, kind, &of.to_string()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remedy_goes_from_suggestion_to_fulfilment() {
    everywhere(async |house| {
        use amends_domain::deadline::DeadlineKind::{FulfilmentDue, OfferExpiry};
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let target = Target::Case(case);
        let suggest = SuggestRemedies { shop: stage.shop.clone(), target, units: 1, stock: Vec::new() };
        let suggested = stage.app.perform(ann(), suggest).await.unwrap();
        assert!(suggested.suggestion.alternatives.iter().any(|a| a.kind == RemedyKind::Replacement));

        let before = stage.case(case).await;
        let mut offer = stage.offer(case, RemedyKind::Replacement, Terms::default()).await;
        offer.suggestion = Some(suggested.id);
        let offered = stage.app.perform(ann(), offer).await.unwrap();
        assert_eq!(offered.remedy.state.stage(), RemedyStage::Offered);
        assert_eq!(offered.case.handling.state(), State::Working);
        assert!(offered.case.version > before.version, "one version guards the case and its remedies");
        assert!(due(&stage, OfferExpiry, offered.remedy.id).await.is_some());
        assert_eq!(grants(&stage, "o1").await.first().map(|g| g.state), Some(GrantState::Reserved));

        let accepted = stage.answer(offered.remedy.id, BuyerAnswer::Accepted).await.unwrap();
        assert_eq!(accepted.state.stage(), RemedyStage::Accepted);
        assert!(due(&stage, OfferExpiry, accepted.id).await.is_none());
        assert!(due(&stage, FulfilmentDue, accepted.id).await.is_some());

        stage.report(accepted.id, Report::Executing).await.unwrap();
        let done = stage.report(accepted.id, Report::Fulfilled { tracking: "T1".to_owned() }).await.unwrap();
        assert_eq!(done.state.stage(), RemedyStage::Fulfilled);
        assert!(due(&stage, FulfilmentDue, done.id).await.is_none());
        assert_eq!(grants(&stage, "o1").await.first().map(|g| g.state), Some(GrantState::Confirmed));
        let words = words(&stage, case).await;
        for word in
            ["remedy.suggested", "remedy.offered", "remedy.accepted", "remedy.executing", "remedy.fulfilled"]
        {
            assert!(words.contains(&word), "{word} is missing from {words:?}");
        }
        stage.solve(case, Outcome::RemedyFulfilled).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dear_remedy_needs_another_supervisor() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 2).await;
        stage.claim(case).await;
        let mut offer = stage.offer(case, RemedyKind::Replacement, Terms::default()).await;
        offer.units = 2;
        let waiting = stage.app.perform(ann(), offer).await.unwrap();
        assert_eq!(waiting.remedy.state.stage(), RemedyStage::AwaitingApproval);

        let approve = ApproveRemedy {
            shop: stage.shop.clone(),
            remedy: waiting.remedy.id,
            version: waiting.case.version,
            note: "fine".to_owned(),
        };
        let by_agent = stage.app.perform(ann(), approve.clone()).await;
        assert!(matches!(by_agent, Err(AppError::RoleMissing { .. })));
        let ann_as_supervisor = call("ann", &[amends_app::Role::Supervisor]);
        let own = stage.app.perform(ann_as_supervisor, approve.clone()).await;
        assert!(matches!(own, Err(AppError::Remedy(RemedyRefused::SamePerson))));
        let stale = ApproveRemedy { version: waiting.case.version - 1, ..approve.clone() };
        assert!(matches!(stage.app.perform(boss(), stale).await, Err(AppError::EtagStale { .. })));
        let offered = stage.app.perform(boss(), approve).await.unwrap();
        assert_eq!(offered.remedy.state.stage(), RemedyStage::Offered);
        let view = stage.app.remedy(&ann().principal, &stage.shop, offered.remedy.id).await.unwrap();
        assert_eq!(view.approved_by.as_deref(), Some("boss"));
        assert_eq!(view.case_version, offered.case.version);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_offers_on_one_unit_exactly_one_wins() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        // Another case on the same order takes nothing from the same unit either.
        stage.claim(case).await;
        let offer = stage.offer(case, RemedyKind::Replacement, Terms::default()).await;
        let tries = (0..16).map(|i| {
            let (app, mut offer) = (stage.app.clone(), offer.clone());
            if i % 2 == 0 {
                (offer.kind, offer.terms) = (RemedyKind::PartialRefund, money(2_000));
            }
            tokio::spawn(async move { app.perform(ann(), offer).await })
        });
        let tries: Vec<_> = tries.collect();
        let mut won = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => won += 1,
                Err(AppError::Case(Refused::VersionStale { .. })) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        let again = stage.offered(case, RemedyKind::PartialRefund, money(100)).await;
        assert!(matches!(again, Err(AppError::Ledger(LedgerRefused::UnitsTaken { .. }))), "{again:?}");
        assert_eq!(grants(&stage, "o1").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_ends_frees_its_unit() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        stage.pass(Span::from_days(4)).await;
        let view = stage.app.remedy(&ann().principal, &stage.shop, remedy.id).await.unwrap();
        assert_eq!(view.remedy.state.stage(), RemedyStage::Expired);
        let late = stage.answer(remedy.id, BuyerAnswer::Accepted).await;
        assert!(matches!(late, Err(AppError::Remedy(RemedyRefused::NoArrow { .. }))));
        stage.claim(case).await;
        stage.offered(case, RemedyKind::PartialRefund, money(3_000)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_decline_there_is_one_counter_offer() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let first = stage.offered(case, RemedyKind::PartialRefund, money(1_000)).await.unwrap();
        stage.pass(Span::from_minutes(1)).await;
        stage.answer(first.id, BuyerAnswer::Declined).await.unwrap();
        let counter = stage.offered(case, RemedyKind::PartialRefund, money(2_000)).await.unwrap();
        stage.answer(counter.id, BuyerAnswer::Declined).await.unwrap();
        let third = stage.offered(case, RemedyKind::PartialRefund, money(3_000)).await;
        assert!(matches!(third, Err(AppError::Guarded(refused)) if refused.refusals[0].rule == Rule::G20));
        let label = stage.offered(case, RemedyKind::ReturnLabel, Terms::default()).await.unwrap();
        let view = stage.app.remedy(&ann().principal, &stage.shop, label.id).await.unwrap();
        assert!(view.text.contains("Rücksendung"), "every offer shows that the return stays open");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_offer_frees_its_unit_and_an_accepted_one_stands() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        let now = stage.case(case).await;
        let withdraw = WithdrawRemedy {
            shop: stage.shop.clone(),
            remedy: remedy.id,
            version: now.version,
            fence: now.fence,
            note: String::new(),
        };
        let gone = stage.app.perform(ann(), withdraw).await.unwrap();
        assert_eq!(gone.remedy.state.stage(), RemedyStage::Withdrawn);
        assert_eq!(grants(&stage, "o1").await.first().map(|g| g.state), Some(GrantState::Released));
        let at_once = stage.offered(case, RemedyKind::Replacement, Terms::default()).await;
        let Err(AppError::Guarded(refused)) = at_once else { panic!("{at_once:?}") };
        assert_eq!(refused.refusals[0].rule, Rule::G16, "whoever has not answered had one message already");
        stage.pass(Span::from_days(3)).await;
        stage.claim(case).await;
        let second = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        stage.answer(second.id, BuyerAnswer::Accepted).await.unwrap();
        let version = stage.case(case).await.version;
        let late = WithdrawRemedy {
            shop: stage.shop.clone(),
            remedy: second.id,
            version,
            fence: 0,
            note: String::new(),
        };
        let refused = stage.app.perform(boss(), late).await;
        assert!(matches!(refused, Err(AppError::Remedy(RemedyRefused::NoArrow { .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_remedy_frees_its_unit_and_can_only_go_on_while_it_is_free() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        stage.answer(remedy.id, BuyerAnswer::Accepted).await.unwrap();
        stage.report(remedy.id, Report::Failed { why: "out of stock".to_owned() }).await.unwrap();
        assert_eq!(grants(&stage, "o1").await.first().map(|g| g.state), Some(GrantState::Released));
        stage.report(remedy.id, Report::Executing).await.unwrap();
        stage.report(remedy.id, Report::Failed { why: "lost".to_owned() }).await.unwrap();
        let other = stage.offered(case, RemedyKind::PartialRefund, money(3_000)).await.unwrap();
        let again = stage.report(remedy.id, Report::Executing).await;
        assert!(matches!(again, Err(AppError::Ledger(LedgerRefused::UnitsTaken { .. }))));
        assert_eq!(other.state.stage(), RemedyStage::Offered);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_that_is_late_is_told_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        stage.answer(remedy.id, BuyerAnswer::Accepted).await.unwrap();
        stage.pass(Span::from_days(8)).await;
        stage.pass(Span::from_days(8)).await;
        let told = words(&stage, case).await.iter().filter(|w| **w == "remedy.fulfilment_overdue").count();
        assert_eq!(told, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_of_an_offer_is_named_at_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let mut offer = stage.offer(case, RemedyKind::Exchange, money(-1)).await;
        offer.life = Some(Span::from_minutes(1));
        offer.text = "x".repeat(2_001);
        let Err(AppError::Invalid(wrong)) = stage.app.perform(ann(), offer).await else {
            panic!("must refuse")
        };
        let fields: Vec<&str> = wrong.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["terms.amount", "terms.amount", "terms.sku", "customer_text", "life"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_needs_the_living_hold() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let offer = stage.offer(case, RemedyKind::Replacement, Terms::default()).await;
        let old = OfferRemedy { fence: offer.fence + 1, ..offer.clone() };
        assert!(matches!(
            stage.app.perform(ann(), old).await,
            Err(AppError::Case(Refused::FenceStale { .. }))
        ));
        let bob = call("bob", &[amends_app::Role::Agent]);
        assert!(matches!(
            stage.app.perform(bob, offer.clone()).await,
            Err(AppError::Case(Refused::NotHolder))
        ));
        let unheld = OfferRemedy { fence: 0, ..offer };
        assert!(matches!(stage.app.perform(ann(), unheld).await, Err(AppError::Invalid(_))));
        assert!(grants(&stage, "o1").await.is_empty(), "a refused offer takes nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_shows_hold_and_version_with_an_answer() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        let blind = RecordAnswer {
            shop: stage.shop.clone(),
            remedy: remedy.id,
            version: None,
            fence: 0,
            answer: BuyerAnswer::Accepted,
            note: "by phone".to_owned(),
        };
        assert!(matches!(stage.app.perform(ann(), blind.clone()).await, Err(AppError::Invalid(_))));
        let now = stage.case(case).await;
        let held = RecordAnswer { version: Some(now.version), fence: now.fence, ..blind };
        let done = stage.app.perform(ann(), held).await.unwrap();
        assert_eq!(done.case.handling.state(), State::Working, "the agent keeps the case");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fulfilment_needs_the_number_of_what_was_shipped() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let remedy = stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
        stage.answer(remedy.id, BuyerAnswer::Accepted).await.unwrap();
        let unnumbered = stage.report(remedy.id, Report::Fulfilled { tracking: String::new() }).await;
        assert!(matches!(unnumbered, Err(AppError::Invalid(_))));
        let unexplained = stage.report(remedy.id, Report::Failed { why: String::new() }).await;
        assert!(matches!(unexplained, Err(AppError::Invalid(_))));
        let page = stage
            .app
            .remedies(&back_end().principal, &stage.shop, Some(case), vec![], None, 50)
            .await
            .unwrap();
        assert_eq!(page.len(), 1);
    })
    .await;
}
