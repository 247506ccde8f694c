//! Lives a history, with what is about reviews or without it.

use std::sync::Arc;

use amends_app::case::{ClaimCase, RecordContact, SolveCase, Target};
use amends_app::remedy::{
    ApproveRemedy, BuyerAnswer, OfferRemedy, RecordAnswer, Report, ReportFulfilment, SuggestRemedies,
    Target as Of, WithdrawRemedy,
};
use amends_app::review::{Ask, AskOutcome};
use amends_app::{AppError, Command, Principal, Role};
use amends_detect::Detector;
use amends_domain::case::{Case, Outcome};
use amends_domain::event::Event;
use amends_domain::remedy::{Remedy, RemedyKind, Terms};
use amends_domain::signal::{Signal, SignalBody};
use amends_domain::{Money, Span, Time};
use amends_store::{event, remedy, review};
use amends_tests::Database;

use super::Lived;
use super::history::{Act, message};
use super::seen::Remedies;
use crate::simulation::house::{House, call, principal, shop};
use crate::simulation::seen::every_case;
use crate::simulation::story::BEGIN;

/// One life under way.
struct Life {
    house: House,
    reviews: bool,
    answers: Vec<String>,
    asks: usize,
}

/// Lives it to a month after its end.
pub(super) async fn play(database: &Database, seed: u64, history: &[(Time, Act)], reviews: bool) -> Lived {
    let house = House::start(&database.url, BEGIN, seed).await;
    let detector = Arc::new(Detector::embedded().unwrap());
    let mut life = Life { house, reviews, answers: Vec::new(), asks: 0 };
    for (number, (at, act)) in (0_u64..).zip(history) {
        let wait = Span::from_micros((at.micros() - life.house.app.now().micros()).max(0));
        life.house.advance(wait).await;
        // Each act draws ids of its own, however many were drawn before it.
        life.house.renew(&detector, seed * 100_000 + number);
        life.act(number, act).await;
    }
    life.house.advance(Span::from_days(30)).await;
    let remedies = Remedies::of(&life.house, std::mem::take(&mut life.answers)).await;
    every_case_is_proven(&life.house).await;
    let reviews = life.seen_of_reviews().await;
    life.house.end().await;
    Lived { remedies, asks: life.asks, reviews }
}

fn boss() -> Principal {
    principal("boss", &[Role::Agent, Role::Supervisor, Role::Ingest])
}

impl Life {
    async fn act(&mut self, number: u64, act: &Act) {
        match act {
            Act::Say(body) => self.say(&number.to_string(), body.clone()).await,
            Act::Review { seen, first } => {
                if *first {
                    // The complaint itself reaches the shop in both lives: what it is may matter.
                    let order: u32 = seen.review.as_str()[1..].parse().unwrap();
                    let buyer = seen.buyer.as_ref().unwrap().to_string();
                    let said = message(order, &buyer, &format!("beside-{order}"), &seen.text);
                    self.say(&format!("beside-{number}"), SignalBody::Message(said)).await;
                }
                if self.reviews {
                    self.say(&number.to_string(), SignalBody::Review(seen.clone())).await;
                }
            }
            Act::Ask { order } if self.reviews => self.ask(*order).await,
            Act::Ask { .. } => {}
            Act::Suggest { order } => {
                let Some(case) = self.case(*order).await else { return };
                let suggest =
                    SuggestRemedies { shop: shop(), target: Of::Case(case.id), units: 1, stock: Vec::new() };
                self.told(&boss(), suggest).await;
            }
            Act::Offer { order, kind, amount, units, by_stars } => {
                let more = if *by_stars { 100 * self.stars(*order).await } else { 0 };
                self.offer(*order, *kind, amount + more, *units).await;
            }
            Act::Contact { order } => {
                let Some(target) = self.held(*order).await else { return };
                let (means, text) = ("CHAT".to_owned(), "Hello.".to_owned());
                let contact = RecordContact { target, means, reached: true, text, at: None };
                self.told(&boss(), contact).await;
            }
            Act::Solve { order } => {
                let Some(target) = self.held(*order).await else { return };
                let (outcome, note) = (Outcome::TalkedThrough, "as agreed".to_owned());
                self.told(&boss(), SolveCase { target, outcome, note, reason: None }).await;
            }
            Act::Approve { order } | Act::Answer { order, .. } | Act::Withdraw { order } => {
                self.follow(*order, act).await;
            }
            Act::Report { order, .. } => self.follow(*order, act).await,
        }
    }

    async fn say(&self, number: &str, body: SignalBody) {
        let id = format!("signal-{number}").parse().unwrap();
        let signal = Signal { id, occurred_at: self.house.app.now(), body };
        self.house.record(&[signal]).await.unwrap();
    }

    /// What a remedy's step came to, and who was told what.
    async fn told<C: Command>(&mut self, who: &Principal, command: C) {
        let told = match self.house.app.perform(call(who), command).await {
            Ok(_) => "done".to_owned(),
            Err(error @ (AppError::Internal(_) | AppError::Store(_))) => panic!("{}: {error}", C::NAME),
            Err(AppError::Guarded(decision)) => format!("{:?}", decision.refusals),
            // What a version was is nothing of the remedy.
            Err(error) => error.to_string(),
        };
        self.answers.push(format!("{} {}: {told}", self.house.app.now().micros(), C::NAME));
    }

    /// The open case of an order, or its last one.
    async fn case(&self, order: u32) -> Option<Case> {
        let name = format!("o{order}");
        let mut cases = every_case(&self.house).await;
        cases.retain(|case| case.subject.order().is_some_and(|order| order.as_str() == name));
        cases.sort_by_key(|case| (case.is_open(), case.opened_at, case.id));
        cases.pop()
    }

    /// The case in the hands of whoever acts, if it can be had.
    async fn held(&self, order: u32) -> Option<Target> {
        let case = self.case(order).await?;
        if case.handling.lease().is_none() {
            self.house.attempt(&boss(), ClaimCase { shop: shop(), case: case.id }).await;
        }
        let case = self.case(order).await?;
        Some(Target { shop: shop(), case: case.id, fence: case.fence, version: case.version })
    }

    async fn offer(&mut self, order: u32, kind: RemedyKind, amount: i64, units: u32) {
        let Some(target) = self.held(order).await else { return };
        let takes_amount = matches!(kind, RemedyKind::PartialRefund | RemedyKind::Coupon);
        let terms = Terms {
            amount: takes_amount.then(|| Money::new(amount, "EUR".parse().unwrap())),
            article: if kind == RemedyKind::Exchange { "sku-9".to_owned() } else { String::new() },
            ..Terms::default()
        };
        let offer = OfferRemedy {
            shop: shop(),
            case: target.case,
            version: target.version,
            fence: target.fence,
            suggestion: self.suggested(&target).await,
            kind,
            units,
            terms,
            after: None,
            life: None,
            text: String::new(),
        };
        self.told(&boss(), offer).await;
    }

    /// The last suggestion on a case.
    async fn suggested(&self, target: &Target) -> Option<amends_domain::SuggestionId> {
        let key = [(shop(), target.case)];
        let conn = self.house.look.reader();
        let made = event::by_cases(&key, &[&["remedy.suggested"]]).all(&conn).await.unwrap();
        match &made.last()?.row.event {
            Event::RemedySuggested { suggestion, .. } => suggestion.parse().ok(),
            _ => None,
        }
    }

    async fn latest(&self, order: u32) -> Option<(Case, Remedy)> {
        let case = self.case(order).await?;
        let conn = self.house.look.reader();
        let mut remedies = remedy::of_cases(&conn, &[(shop(), case.id)]).await.unwrap();
        remedies.sort_by_key(|remedy| (remedy.proposed_at, remedy.id));
        Some((case, remedies.pop()?))
    }

    async fn follow(&mut self, order: u32, act: &Act) {
        let Some((case, latest)) = self.latest(order).await else { return };
        let (shop, remedy, note) = (shop(), latest.id, String::new());
        let chief = principal("chief", &[Role::Supervisor]);
        match act {
            Act::Approve { .. } => {
                self.told(&chief, ApproveRemedy { shop, remedy, version: case.version, note }).await;
            }
            Act::Answer { yes, .. } => {
                let answer = if *yes { BuyerAnswer::Accepted } else { BuyerAnswer::Declined };
                let answer = RecordAnswer { shop, remedy, version: None, fence: 0, answer, note };
                self.told(&boss(), answer).await;
            }
            Act::Withdraw { .. } => {
                let Some(Target { version, fence, .. }) = self.held(order).await else { return };
                self.told(&boss(), WithdrawRemedy { shop, remedy, version, fence, note }).await;
            }
            Act::Report { done, .. } => {
                let report = match done {
                    true => Report::Fulfilled { tracking: "T-1".to_owned() },
                    false => Report::Failed { why: "out of stock".to_owned() },
                };
                self.told(&boss(), ReportFulfilment { shop, remedy, report, at: None }).await;
            }
            _ => {}
        }
    }

    async fn ask(&mut self, order: u32) {
        let about = format!("r{order}").parse().unwrap();
        if self.held(order).await.is_none() {
            return;
        }
        let Some(Case { version, fence, handling, .. }) = self.case(order).await else { return };
        let fence = if handling.lease().is_some() { fence } else { 0 };
        let ask =
            Ask { shop: shop(), review: about, version, fence, template: String::new(), by_request: false };
        let came = self.house.attempt(&boss(), ask).await;
        self.asks += usize::from(matches!(came, Some(AskOutcome::Sent { .. })));
    }

    /// How many stars the review of an order has; none while nobody wrote one.
    async fn stars(&self, order: u32) -> i64 {
        let key = [(shop(), format!("r{order}").parse().unwrap())];
        let found = review::by_ids(&key).all(&self.house.look.reader()).await.unwrap().pop();
        found.and_then(|row| row.history.rating).map_or(0, i64::from)
    }

    async fn seen_of_reviews(&self) -> usize {
        let cases: Vec<_> = every_case(&self.house).await.iter().map(|case| (shop(), case.id)).collect();
        let words: &[&str] = &["review.observed", "review.ask_sent"];
        event::by_cases(&cases, &[words]).all(&self.house.look.reader()).await.unwrap().len()
    }
}

/// And whatever happened, the service itself can show it.
async fn every_case_is_proven(house: &House) {
    for case in every_case(house).await {
        let found = house.app.attest_case(&boss(), &shop(), case.id).await.unwrap();
        assert!(found.attestation.holds(), "{}: {:#?}", case.id, found.attestation.checks);
    }
}
