//! Texts.

use amends_store::Store;
use amends_store::text::{self, TextOwner, TextRow};

use crate::sample::{ODD, buyer_key, shop_id};

conformance!(
    a_text_is_replaced_by_a_newer_one,
    a_text_belongs_to_one_kind_of_thing,
    characters_that_no_database_takes_are_replaced_in_place,
);

fn row(owner: TextOwner, id: &str, body: &str) -> TextRow {
    TextRow { shop: shop_id(ODD), owner, id: id.to_owned(), buyer: Some(buyer_key(1)), body: body.to_owned() }
}

async fn a_text_is_replaced_by_a_newer_one(store: Store) {
    let tx = store.begin().await.unwrap();
    text::put(&[row(TextOwner::Review, ODD, "first"), row(TextOwner::Review, "2", "")])
        .run(&tx)
        .await
        .unwrap();
    let newer = TextRow { buyer: None, ..row(TextOwner::Review, ODD, ODD) };
    text::put(&[newer]).run(&tx).await.unwrap();
    let asked = [ODD, "2", "2", "3"].map(|id| (TextOwner::Review, id.to_owned()));
    let mut found = text::get(&tx, &shop_id(ODD), &asked).await.unwrap();
    found.sort();
    let expected =
        [("2", ""), (ODD, ODD)].map(|(id, body)| (TextOwner::Review, id.to_owned(), body.to_owned()));
    assert_eq!(found, expected);
    assert!(text::get(&tx, &shop_id("other"), &asked).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn a_text_belongs_to_one_kind_of_thing(store: Store) {
    let owners =
        [TextOwner::Message, TextOwner::Review, TextOwner::Note, TextOwner::Survey, TextOwner::Reply];
    let tx = store.begin().await.unwrap();
    text::put(&owners.map(|owner| row(owner, "1", owner.as_str()))).run(&tx).await.unwrap();
    for owner in owners {
        let found = text::get(&tx, &shop_id(ODD), &[(owner, "1".to_owned())]).await.unwrap();
        assert_eq!(found, [(owner, "1".to_owned(), owner.to_string())]);
    }
    tx.commit().await.unwrap();
}

async fn characters_that_no_database_takes_are_replaced_in_place(store: Store) {
    let tx = store.begin().await.unwrap();
    let bodies =
        [("1", "a\0b", "a\u{FFFD}b"), ("2", "\u{FFFF}", "\u{FFFD}"), ("3", "é\u{FFFF}", "é\u{FFFF}")];
    for (id, body, stored) in bodies {
        text::put(&[row(TextOwner::Note, id, body)]).run(&tx).await.unwrap();
        let found = text::get(&tx, &shop_id(ODD), &[(TextOwner::Note, id.to_owned())]).await.unwrap();
        assert_eq!(found, [(TextOwner::Note, id.to_owned(), stored.to_owned())]);
    }
    tx.commit().await.unwrap();
}
