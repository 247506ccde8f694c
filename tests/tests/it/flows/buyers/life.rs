//! A buyer with everything that a shop can have of one, beside another buyer.

use amends_client::v1;
use amends_domain::Span;
use amends_store::buyer::trace;
use amends_tests::harness::MAIN;
use amends_tests::make::{
    LEAKS, WRONG_SIZE, answer, delivery, message, order, return_request, review, spring, terms,
};
use amends_tests::{Desk, Harness};
use v1::draft_reply_request::Content;

/// Who is erased.
pub(super) const BUYER: &str = "buyer-of-o1";

/// A word in all that is theirs.
pub(super) const MARK: &str = "Quokkaburg";

/// A word in what is another's.
pub(super) const OTHERS: &str = "Wombatville";

/// What is left to look at.
pub(super) struct Life {
    /// The first case, solved.
    pub(super) case: String,
    /// The second, in an agent's hands.
    pub(super) desk: Desk,
    /// The queued reply on it.
    pub(super) reply: String,
    /// The request that wrote it.
    pub(super) drafting: v1::DraftReplyRequest,
    /// The review of the first.
    pub(super) review: String,
}

/// Lives all of it.
pub(super) async fn live(h: &Harness) -> Life {
    other(h).await;
    h.say(order("o1")).await;
    h.say(v1::ShipmentSignal { tracking: format!("T-{MARK}"), ..delivery("o1") }).await;
    h.advance(Span::from_days(2)).await;
    h.say(message("m1", "o1", &format!("{WRONG_SIZE} {MARK}"))).await;
    let case = h.say(review("r1", "o1", 1, &format!("{LEAKS} {MARK}"))).await.case;
    h.advance(Span::from_hours(1)).await;
    let changed = format!("{LEAKS} It is worse by now. {MARK}");
    h.say(v1::ReviewSignal { buyer_id: String::new(), ..review("r1", "o1", 1, &changed) }).await;
    let said =
        v1::MessageSignal { text: format!("Dear {MARK}"), ..answer("m2", "o1", v1::MessageAuthor::Human) };
    h.say(said).await;
    solve(h, &case).await;
    let (desk, reply, drafting) = second(h).await;
    h.settle().await;
    Life { case, desk, reply, drafting, review: format!("{MAIN}/reviews/r1") }
}

/// An agent makes it good and solves it, the buyer judges that.
async fn solve(h: &Harness, case: &str) {
    let mut desk = Desk::claim(h.client(), case).await;
    desk.contact(&format!("Called {MARK}")).await.unwrap();
    desk.note(&format!("{MARK} was upset")).await.unwrap();
    let kind = v1::RemedyKind::Replacement;
    let offer = v1::OfferRemedyRequest {
        customer_text: format!("{MARK}, we send another. The return stays open to you until 1 April."),
        ..desk.offering(kind, v1::RemedyTerms { description: format!("for {MARK}"), ..terms() })
    };
    let offered = h.client().call(offer).await.unwrap();
    desk.case = offered.case.unwrap();
    let remedy = desk.answer(&offered.remedy.unwrap(), v1::BuyerAnswer::Accepted).await.unwrap();
    let request = v1::ReportFulfilmentRequest {
        name: remedy.name,
        fulfilment: Some(v1::Fulfilment {
            state: v1::FulfilmentState::Fulfilled.into(),
            tracking: format!("R-{MARK}"),
            ..Default::default()
        }),
        ..Default::default()
    };
    h.client().call(request).await.unwrap();
    desk.look().await;
    desk.solve(v1::CaseOutcome::RemedyFulfilled).await.unwrap();
    let survey = v1::SurveySignal {
        survey_id: "a1".to_owned(),
        case: case.to_owned(),
        kind: v1::SurveyKind::Csat.into(),
        score: 4,
        comment: format!("Thanks from {MARK}"),
        ..Default::default()
    };
    h.say(survey).await;
}

/// Another order of the same buyer: a return, and a reply on its way.
async fn second(h: &Harness) -> (Desk, String, v1::DraftReplyRequest) {
    h.say(v1::OrderSignal { buyer_id: BUYER.to_owned(), ..order("o3") }).await;
    h.say(v1::ShipmentSignal { tracking: format!("U-{MARK}"), ..delivery("o3") }).await;
    let asked = v1::ReturnSignal {
        buyer_id: BUYER.to_owned(),
        raw_reason: format!("broken, says {MARK}"),
        ..return_request("b3", "o3", h.now())
    };
    let case = h.say(asked).await.case;
    let nameless =
        v1::ReviewSignal { buyer_id: String::new(), ..review("r3", "o3", 2, &format!("{LEAKS} {MARK}")) };
    h.say(nameless).await;
    let mut desk = Desk::claim(h.client(), &case).await;
    let drafting = drafting(&desk, &format!("{MARK}, we look into it."));
    let drafted = h.client().call(drafting.clone()).await.unwrap();
    desk.case = drafted.case.unwrap();
    let reply = drafted.reply.unwrap().name;
    let queue = v1::QueueReplyRequest {
        name: reply.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        ..Default::default()
    };
    desk.case = h.client().call(queue).await.unwrap().case.unwrap();
    (desk, reply, drafting)
}

/// A reply in these words.
pub(super) fn drafting(desk: &Desk, text: &str) -> v1::DraftReplyRequest {
    v1::DraftReplyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        request_id: format!("draft of {} characters", text.len()),
        content: Some(Content::Text(text.to_owned())),
        ..Default::default()
    }
}

/// Somebody else, who is not to be forgotten.
async fn other(h: &Harness) {
    h.say(order("o2")).await;
    h.say(v1::ShipmentSignal { tracking: format!("T-{OTHERS}"), ..delivery("o2") }).await;
    h.say(message("m9", "o2", &format!("{WRONG_SIZE} {OTHERS}"))).await;
    h.say(review("r2", "o2", 1, &format!("{LEAKS} {OTHERS}"))).await;
}

/// The request that erases a buyer.
pub(super) fn erasing(buyer: &str) -> v1::EraseBuyerRequest {
    v1::EraseBuyerRequest { parent: MAIN.to_owned(), buyer_id: buyer.to_owned(), ..Default::default() }
}

/// Erases a buyer.
pub(super) async fn erase(h: &Harness, buyer: &str) -> v1::Erasure {
    h.client().call(erasing(buyer)).await.unwrap().erasure.unwrap()
}

/// That none of these words stands anywhere in the database, or where they do.
pub(super) async fn nothing_stands(h: &Harness, words: &[&str]) -> Result<(), Vec<String>> {
    let found = trace::standing(&h.app.store().reader(), words).await.unwrap();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// What subscribers were told of erasures.
pub(super) async fn erasures_told(h: &Harness) -> Vec<v1::Event> {
    h.settle().await;
    let event_types = vec!["amends.buyer.erased.v1".to_owned()];
    let list = v1::ListEventsRequest { parent: MAIN.to_owned(), event_types, ..Default::default() };
    h.client().call(list).await.unwrap().events
}

impl Life {
    /// All that can be read of the buyer over the wire, as text.
    pub(super) async fn read(&self, h: &Harness) -> String {
        let mut read = String::new();
        for case in h.cases(MAIN).await {
            read += &format!("{:?}{:?}", h.view(&case.name).await, h.timeline(&case.name).await);
        }
        let events =
            v1::ListEventsRequest { parent: MAIN.to_owned(), page_size: 1_000, ..Default::default() };
        read += &format!("{:?}", h.client().call(events).await.unwrap());
        let versions = v1::ListReviewVersionsRequest { parent: self.review.clone(), ..Default::default() };
        read += &format!("{:?}", h.client().call(versions).await.unwrap());
        let remedies = v1::ListRemediesRequest { parent: MAIN.to_owned(), ..Default::default() };
        read += &format!("{:?}", h.client().call(remedies).await.unwrap());
        let replies = v1::ListRepliesRequest { parent: MAIN.to_owned(), ..Default::default() };
        read += &format!("{:?}", h.client().call(replies).await.unwrap());
        let returns = v1::ListReturnsRequest { parent: MAIN.to_owned(), ..Default::default() };
        read += &format!("{:?}", h.client().call(returns).await.unwrap());
        read
    }

    /// The heads of the chains of decisions.
    pub(super) async fn proofs(&self, h: &Harness) -> Vec<(String, i32)> {
        let mut heads = Vec::new();
        for name in [&self.case, &self.desk.case.name] {
            let request = v1::AttestCaseRequest { name: name.clone(), ..Default::default() };
            let proof = h.client().call(request).await.unwrap();
            let broken =
                proof.checks.iter().filter(|check| check.verdict() == v1::AttestationVerdict::Broken);
            heads.push((proof.head_hash.clone(), i32::try_from(broken.count()).unwrap()));
        }
        heads
    }
}

/// Every figure there is of the shop.
#[derive(Debug, PartialEq)]
pub(super) struct Figures(v1::GetReviewReversalResponse, Vec<String>);

macro_rules! figures {
    ($h:ident, $($request:ident),+ $(,)?) => {
        vec![$({
            let request = v1::$request { parent: MAIN.to_owned(), cohort: Some(spring()), ..Default::default() };
            format!("{:?}", $h.client().call(request).await.unwrap())
        }),+]
    };
}

impl Figures {
    pub(super) async fn of(h: &Harness) -> Self {
        let request = v1::GetReviewReversalRequest {
            parent: MAIN.to_owned(),
            cohort: Some(spring()),
            ..Default::default()
        };
        let reversal = h.client().call(request).await.unwrap();
        let mut others = figures!(
            h,
            GetReturnsRequest,
            GetRemedyPerformanceRequest,
            GetRemedyFairnessRequest,
            GetTimeToReversalRequest,
            GetHandlingRequest,
            GetSlaAttainmentRequest,
            GetSatisfactionRequest,
        );
        let savings = v1::GetSavingsRequest { parent: MAIN.to_owned(), cohort: Some(spring()) };
        others.push(format!("{:?}", h.client().call(savings).await.unwrap()));
        Self(reversal, others)
    }

    /// Negative reviews of the spring, and how many were reversed.
    pub(super) fn reversed(&self) -> (i64, i64) {
        let rate = self.0.rows[0].reversal_rate_all.as_ref().unwrap();
        (rate.denominator, rate.numerator)
    }
}
