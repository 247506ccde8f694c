//! What planning reads.

use amends_domain::Span;
use amends_domain::case::Outcome;
use amends_domain::event::Event;
use amends_store::planning::conversation::{Which, has_more_words};
use amends_store::planning::work::{Handled, handled};
use amends_store::{Store, event, message};

use crate::event::row;
use crate::message::full;
use crate::sample::{ODD, at, shop_id};

conformance!(time_in_hand_counts_from_when_a_step_was_known, more_words_than_can_be_looked_at_are_found_out,);

async fn time_in_hand_counts_from_when_a_step_was_known(store: Store) {
    let shop = shop_id(ODD);
    let agent = amends_domain::AgentId::new("ann").unwrap();
    let tx = store.begin().await.unwrap();
    // The buyer wrote at 100, the connector told it at 700, and the case came back to the agent then.
    let back = Event::CaseHandedBack { agent, fence: 2 };
    let back = event::EventRow { occurred_at: at(100), recorded_at: at(700), ..row(&shop, 1, 1, back) };
    let solved = Event::CaseSolved { outcome: Outcome::TalkedThrough, close_at: at(9_000) };
    let solved = event::EventRow { occurred_at: at(760), recorded_at: at(760), ..row(&shop, 2, 1, solved) };
    tx.send([event::append(&[back, solved])]).await.unwrap();
    let found = handled(&tx, &shop, at(0), at(1_000)).await.unwrap();
    assert_eq!(found, Handled { cases: 1, micros: Span::from_secs(60).micros() });
    tx.commit().await.unwrap();
}

async fn more_words_than_can_be_looked_at_are_found_out(store: Store) {
    let tx = store.begin().await.unwrap();
    let words: Vec<_> = (0..5)
        .map(|n| message::MessageRow { public: false, ..full(&n.to_string(), 1) })
        .chain([full("public", 1)])
        .collect();
    message::insert(&words).run(&tx).await.unwrap();
    let shop = shop_id(ODD);
    let which = Which { shop: &shop, from: at(0), at: at(10), limit: 9 };
    assert!(has_more_words(&tx, &which, 4).await.unwrap());
    assert!(!has_more_words(&tx, &which, 5).await.unwrap(), "what everybody reads is no conversation");
    let later = Which { from: at(200_000), at: at(300_000), ..which };
    assert!(!has_more_words(&tx, &later, 0).await.unwrap());
    tx.commit().await.unwrap();
}
