//! A buyer writes about a case that waits: who gets it.

use amends_app::agent::{AgentChange, SetPresence, UpdateAgent};
use amends_app::case::{ClaimCase, EscalateCase, WaitCase, WaitFor};
use amends_app::remedy::BuyerAnswer;
use amends_domain::Span;
use amends_domain::agent::Presence;
use amends_domain::case::{Case, State};
use amends_domain::deadline::DeadlineKind;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::signal::{Author, Direction, MessageSignal, SignalBody};
use amends_store::{deadline, event};

use crate::house::{House, everywhere};
use crate::make::{agent, minutes};
use crate::stage::Stage;

/// Ann works a case of a shop with signals, and waits for its buyer.
async fn waiting<'a>(house: &'a House, stage: &Stage<'a>) -> Case {
    let id = stage.broken("o1", 1).await;
    let case = stage.claim(id).await;
    let contact = crate::house::contact(&case);
    stage.app.perform(crate::stage::ann(), contact).await.unwrap();
    let target = stage.target(id).await;
    let wait = WaitCase { target, wait_for: WaitFor::Buyer, until: None, note: String::new() };
    stage.app.perform(crate::stage::ann(), wait).await.unwrap();
    assert_eq!(house.app.now(), stage.now());
    stage.case(id).await
}

/// The buyer answers in words that make the case no more delicate than it was.
async fn answers(stage: &Stage<'_>) {
    let message = MessageSignal {
        message: "m-1".parse().unwrap(),
        conversation: "c-1".parse().unwrap(),
        order: Some("o1".parse().unwrap()),
        line: Some("1".parse().unwrap()),
        buyer: crate::stage::buyer("o1"),
        direction: Direction::FromBuyer,
        author: Author::Human,
        text: "Here is the photo you asked for.".to_owned(),
        language: "en".to_owned(),
        public: false,
    };
    stage.push(SignalBody::Message(message)).await;
}

async fn says(stage: &Stage<'_>, presence: Presence, lasts: Span) {
    let set = SetPresence { shop: stage.shop.clone(), agent: agent("ann"), presence, lasts };
    stage.app.perform(crate::stage::ann(), set).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyers_message_gives_the_case_back_to_the_owner_who_is_there() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let before = waiting(house, &stage).await;
        says(&stage, Presence::Available, minutes(60)).await;
        answers(&stage).await;
        let back = stage.case(before.id).await;
        assert_eq!(back.handling.state(), State::Working);
        assert_eq!((back.handling.owner(), back.fence), (Some(&agent("ann")), before.fence + 1));
        assert!(back.waiting_since.is_some());
        let lease = back.handling.lease().unwrap().expires_at;
        assert_eq!(lease, stage.now() + minutes(5));
        let reader = house.app.store().reader();
        let subject = back.id.to_string();
        let due = deadline::get(&reader, &stage.shop, DeadlineKind::LeaseExpiry, &subject).await.unwrap();
        assert_eq!(due, Some(lease));
        let told = event::of_case(&reader, &stage.shop, &back.id, 0, 1_000).await.unwrap();
        let words: Vec<_> = told.iter().map(|one| one.row.event.word()).collect();
        let at = |word| words.iter().position(|one| *one == word).unwrap();
        assert!(at("case.woken") < at("case.handed_back"), "{words:?}");
        // Claiming what one holds names the lease, as for every screen that opens late.
        let claim = ClaimCase { shop: stage.shop.clone(), case: back.id };
        let again = stage.app.perform(crate::stage::ann(), claim).await.unwrap();
        assert_eq!(again.held.fence, back.fence);
        stage.pass(minutes(6)).await;
        assert_eq!(
            stage.case(back.id).await.handling.state(),
            State::Queued,
            "the new lease ends as any other"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_became_a_supervisors_is_handed_back_to_no_agent() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let before = waiting(house, &stage).await;
        says(&stage, Presence::Available, minutes(60)).await;
        let escalate = EscalateCase { target: stage.target(before.id).await, why: "fire".to_owned() };
        stage.app.perform(crate::stage::ann(), escalate).await.unwrap();
        answers(&stage).await;
        let back = stage.case(before.id).await;
        assert_eq!((back.handling.state(), back.level), (State::Queued, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_without_room_gets_nothing_back_but_stays_preferred() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let before = waiting(house, &stage).await;
        says(&stage, Presence::Available, minutes(60)).await;
        let change = AgentChange { capacity: Some(Some(1)), ..AgentChange::default() };
        let update = UpdateAgent { shop: stage.shop.clone(), agent: agent("ann"), version: 1, change };
        stage.app.perform(crate::stage::boss(), update).await.unwrap();
        let other = stage.broken("o2", 1).await;
        stage.claim(other).await;
        answers(&stage).await;
        let back = stage.case(before.id).await;
        assert_eq!((back.handling.state(), back.preferred_agent), (State::Queued, Some(agent("ann"))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyers_message_finds_an_absent_owner_preferred_in_the_queue() {
    everywhere(async |house| {
        for (n, presence) in [None, Some(Presence::Away), Some(Presence::Offline), Some(Presence::Available)]
            .into_iter()
            .enumerate()
        {
            let stage = Stage::on(house, ["a", "b", "c", "d"][n]).await;
            let before = waiting(house, &stage).await;
            if let Some(presence) = presence {
                says(&stage, presence, minutes(10)).await;
            }
            if presence == Some(Presence::Available) {
                // Over, and nobody has noticed yet.
                house.clock.advance_to(stage.now() + minutes(10));
            }
            answers(&stage).await;
            let back = stage.case(before.id).await;
            assert_eq!(back.handling.state(), State::Queued, "{presence:?}");
            assert_eq!(back.preferred_agent, Some(agent("ann")), "{presence:?}");
            assert_eq!((back.fence, back.level), (before.fence, 0));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_an_offer_gives_the_case_back_to_the_owner_who_is_there() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let id = stage.broken("o1", 1).await;
        stage.claim(id).await;
        let terms = Terms { note: "Turn the lid.".to_owned(), ..Terms::default() };
        let remedy = stage.offered(id, RemedyKind::Instructions, terms).await.unwrap();
        let wait = WaitCase {
            target: stage.target(id).await,
            wait_for: WaitFor::Buyer,
            until: None,
            note: String::new(),
        };
        let before = stage.app.perform(crate::stage::ann(), wait).await.unwrap().case;
        says(&stage, Presence::Available, minutes(60)).await;
        stage.answer(remedy.id, BuyerAnswer::Declined).await.unwrap();
        let back = stage.case(id).await;
        assert_eq!((back.handling.state(), back.fence), (State::Working, before.fence + 1));
        assert_eq!(back.handling.owner(), Some(&agent("ann")));
    })
    .await;
}
