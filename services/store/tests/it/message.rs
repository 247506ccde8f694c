//! Messages.

use amends_domain::signal::{Author, Direction};
use amends_domain::{ConversationId, MessageId};
use amends_store::message::{self, MessageRow};
use amends_store::{Store, case};

use crate::sample::{ODD, at, buyer_key, case_id, line_id, order_id, shop_id, signal_id};

conformance!(a_message_is_kept_as_first_written, messages_follow_their_case,);

fn bare(id: &str) -> MessageRow {
    MessageRow {
        shop: shop_id(ODD),
        message: MessageId::new(id).unwrap(),
        conversation: ConversationId::new(ODD).unwrap(),
        order: None,
        line: None,
        buyer: buyer_key(1),
        direction: Direction::ToBuyer,
        author: Author::Bot,
        public: false,
        occurred_at: at(1),
        language: String::new(),
        case: None,
        signal: signal_id(id),
        return_intent: false,
    }
}

pub(crate) fn full(id: &str, case: u128) -> MessageRow {
    MessageRow {
        order: Some(order_id(ODD)),
        line: Some(line_id(ODD)),
        direction: Direction::FromBuyer,
        author: Author::QuickReply,
        public: true,
        language: "th".to_owned(),
        case: Some(case_id(case)),
        return_intent: true,
        ..bare(id)
    }
}

async fn a_message_is_kept_as_first_written(store: Store) {
    let tx = store.begin().await.unwrap();
    let early = MessageRow { occurred_at: at(0), ..full("9", 1) };
    message::insert(&[full(ODD, 1), bare("2"), early.clone(), full("3", 2)]).run(&tx).await.unwrap();
    message::insert(&[full("2", 1), MessageRow { public: false, ..full(ODD, 1) }]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = store.reader();
    let found = message::of_case(&reader, &shop_id(ODD), &case_id(1), 9).await.unwrap();
    assert_eq!(found, [early.clone(), full(ODD, 1)]);
    assert_eq!(
        message::of_case(&reader, &shop_id(ODD), &case_id(1), 1).await.unwrap(),
        [full(ODD, 1)],
        "the newest"
    );
    assert!(message::of_case(&reader, &shop_id("x"), &case_id(1), 9).await.unwrap().is_empty());
}

async fn messages_follow_their_case(store: Store) {
    let tx = store.begin().await.unwrap();
    message::insert(&[bare("1"), full(ODD, 1), full("3", 1)]).run(&tx).await.unwrap();
    tx.send(case::absorb(&[(shop_id(ODD), case_id(1), case_id(8))])).await.unwrap();
    let of = async |case| message::of_case(&tx, &shop_id(ODD), &case_id(case), 9).await.unwrap();
    assert_eq!(of(8).await.len(), 2, "those of the merged case, and not the one of none");
    assert_eq!(of(1).await, []);
    tx.commit().await.unwrap();
}
