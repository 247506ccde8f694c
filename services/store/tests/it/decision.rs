//! What was suggested and what was decided, kept as it was said.

use amends_domain::{CaseId, DecisionId, ShopId, SuggestionId};
use amends_store::decision::{self, DecisionRow};
use amends_store::suggestion::{self, SuggestionRow};
use amends_store::{Store, StoreError};

use crate::case::{at, shop};

conformance!(a_suggestion_reads_back_as_written, a_decision_reads_back_as_written_and_is_made_once,);

async fn a_suggestion_reads_back_as_written(store: Store) {
    let row = SuggestionRow {
        shop: shop(),
        id: SuggestionId::from_bits(1),
        case: Some(CaseId::from_bits(2)),
        at: at(3),
        body: r#"{"first":"REPLACEMENT","why":"早く"}"#.to_owned(),
    };
    let tx = store.begin().await.unwrap();
    suggestion::insert(&row).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = store.reader();
    let elsewhere = ShopId::new("shop-2").unwrap();
    assert_eq!(suggestion::get(&reader, &elsewhere, &row.id).await.unwrap(), None);
    assert_eq!(suggestion::get(&reader, &shop(), &row.id).await.unwrap(), Some(row));
}

async fn a_decision_reads_back_as_written_and_is_made_once(store: Store) {
    let full = DecisionRow {
        shop: shop(),
        id: DecisionId::from_bits(1),
        case: Some(CaseId::from_bits(2)),
        review: Some("R-1".parse().unwrap()),
        action: "ASK".to_owned(),
        allowed: true,
        at: at(3),
        body: "{}".to_owned(),
    };
    let bare = DecisionRow {
        id: DecisionId::from_bits(2),
        case: None,
        review: None,
        allowed: false,
        ..full.clone()
    };
    let tx = store.begin().await.unwrap();
    decision::insert(&tx, &full).await.unwrap();
    decision::insert(&tx, &bare).await.unwrap();
    tx.commit().await.unwrap();
    for row in [&full, &bare] {
        assert_eq!(decision::get(&store.reader(), &shop(), &row.id).await.unwrap().as_ref(), Some(row));
    }
    let tx = store.begin().await.unwrap();
    let refused = decision::insert(&tx, &full).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    tx.rollback().await.unwrap();
}
