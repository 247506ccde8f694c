//! What a buyer said to the shop decides what may be said to them: an opt-out, a threat, a word after a no.

use amends_app::guard::Decision;
use amends_app::remedy::{OfferRemedy, RemedyOfCase};
use amends_app::{AppError, Result};
use amends_domain::detection::Flag;
use amends_domain::guardrail::Rule;
use amends_domain::remedy::{RemedyKind, RemedyStage, Terms};
use amends_domain::signal::{Author, Direction, MessageSignal, SignalBody};
use amends_domain::{CaseId, Span};
use amends_store::{buyer as buyers, event};

use crate::approval::approve;
use crate::house::everywhere;
use crate::stage::{Stage, ann, buyer, id, money};

async fn wrote(stage: &Stage<'_>, name: &str, text: &str) {
    let message = MessageSignal {
        message: id(name),
        conversation: id("c-o1"),
        order: Some(id("o1")),
        line: Some(id("1")),
        buyer: buyer("o1"),
        direction: Direction::FromBuyer,
        author: Author::Human,
        text: text.to_owned(),
        language: "en".to_owned(),
        public: false,
    };
    stage.push(SignalBody::Message(message)).await;
}

fn rules<T: std::fmt::Debug>(result: Result<T>) -> Vec<Rule> {
    match result {
        Err(AppError::Guarded(decision)) => {
            let Decision { refusals, .. } = *decision;
            refusals.iter().map(|refusal| refusal.rule).collect()
        }
        other => panic!("nothing refused it: {other:?}"),
    }
}

async fn refusals(stage: &Stage<'_>, case: CaseId) -> usize {
    let conn = stage.app.store().reader();
    let events = event::of_case(&conn, &stage.shop, &case, 0, 500).await.unwrap();
    events.iter().filter(|one| one.row.event.word() == "guardrail.refused").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opted_out_is_offered_and_told_nothing_until_they_write_again() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        let held = stage.claim(case).await;
        let tx = stage.app.store().begin().await.unwrap();
        let out = [(stage.shop.clone(), held.buyer.unwrap(), stage.now())];
        buyers::opt_out(&out).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rules(stage.offered(case, RemedyKind::Replacement, Terms::default()).await), [Rule::G18]);
        let draft = stage.draft(case).await;
        for _ in 0..3 {
            assert_eq!(rules(stage.queue(ann(), &draft).await), [Rule::G18]);
        }
        assert_eq!(refusals(&stage, case).await, 2, "the same no about the same reply stands there once");
        stage.pass(Span::from_minutes(1)).await;
        stage.buyer_wrote("o1").await;
        stage.queue(ann(), &draft).await.unwrap();
        stage.offered(case, RemedyKind::Replacement, Terms::default()).await.unwrap();
    })
    .await;
}

async fn offer(stage: &Stage<'_>, case: CaseId, kind: RemedyKind, terms: Terms, units: u32) -> RemedyOfCase {
    let offer = stage.offer(case, kind, terms).await;
    let offered = stage.app.perform(ann(), OfferRemedy { units, ..offer }).await.unwrap();
    assert_eq!(offered.remedy.state.stage(), RemedyStage::AwaitingApproval);
    offered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threat_that_comes_while_an_offer_waits_leaves_what_anybody_would_get() {
    everywhere(async |house| {
        for (channel, amount, beyond) in [("etsy", None, false), ("own_store", Some(9_900), true)] {
            let stage = Stage::on(house, channel).await;
            let case = stage.broken("o1", 2).await;
            stage.claim(case).await;
            let waits = match amount {
                // Two bottles are worth more than an agent may give alone.
                None => offer(&stage, case, RemedyKind::Replacement, Terms::default(), 2).await,
                // And this is more than the policy gives of the price of one.
                Some(amount) => offer(&stage, case, RemedyKind::PartialRefund, money(amount), 1).await,
            };
            wrote(&stage, "threat", "Give me all my money back or I will leave one star reviews everywhere.")
                .await;
            assert!(stage.case(case).await.flags.contains(&Flag::Extortion), "the threat was heard");
            let approved = approve(&stage, &waits).await;
            if beyond {
                assert_eq!(rules(approved), [Rule::G19], "four eyes or not");
            } else {
                assert_eq!(approved.unwrap().remedy.state.stage(), RemedyStage::Offered);
            }
        }
    })
    .await;
}
