//! What was suggested and what was decided, kept as it was said.

use amends_domain::{CaseId, DecisionId, ShopId, SuggestionId};
use amends_store::decision::{self, DecisionRow};
use amends_store::suggestion::{self, SuggestionRow};
use amends_store::{Store, StoreError};

use crate::case::{at, shop};

conformance!(
    a_suggestion_reads_back_as_written,
    the_latest_suggestion_of_each_case_is_read_newest_first,
    what_nobody_asked_for_is_forgotten_and_what_a_case_was_told_is_kept,
    a_decision_reads_back_as_written_and_is_made_once,
);

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

async fn what_nobody_asked_for_is_forgotten_and_what_a_case_was_told_is_kept(store: Store) {
    let row = |id, case: Option<u128>, when| SuggestionRow {
        shop: shop(),
        id: SuggestionId::from_bits(id),
        case: case.map(CaseId::from_bits),
        at: at(when),
        body: String::new(),
    };
    let tx = store.begin().await.unwrap();
    for row in [row(1, None, 1), row(2, None, 2), row(3, None, 9), row(4, Some(1), 1)] {
        suggestion::insert(&row).run(&tx).await.unwrap();
    }
    assert_eq!(
        suggestion::forget_hypothetical(&tx, at(9), 1).await.unwrap(),
        1,
        "oldest first, so many at once"
    );
    assert_eq!(suggestion::forget_hypothetical(&tx, at(9), 10).await.unwrap(), 1);
    assert_eq!(suggestion::forget_hypothetical(&tx, at(9), 10).await.unwrap(), 0);
    tx.commit().await.unwrap();
    for (id, is_kept) in [(1, false), (2, false), (3, true), (4, true)] {
        let found = suggestion::get(&store.reader(), &shop(), &SuggestionId::from_bits(id)).await.unwrap();
        assert_eq!(found.is_some(), is_kept, "{id}");
    }
}

async fn the_latest_suggestion_of_each_case_is_read_newest_first(store: Store) {
    let row = |id, case: Option<u128>, when| SuggestionRow {
        shop: shop(),
        id: SuggestionId::from_bits(id),
        case: case.map(CaseId::from_bits),
        at: at(when),
        body: format!("{id}"),
    };
    // Case 1 twice, case 2 twice at one moment, case 3 once, and one for nobody's case.
    let rows = [
        row(1, Some(1), 1),
        row(2, Some(1), 5),
        row(3, Some(2), 4),
        row(4, Some(2), 4),
        row(5, Some(3), 2),
        row(6, None, 9),
    ];
    let tx = store.begin().await.unwrap();
    for row in &rows {
        suggestion::insert(row).run(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let latest = async |limit| suggestion::latest_of_cases(&store.reader(), &shop(), limit).await.unwrap();
    assert_eq!(latest(10).await, [rows[1].clone(), rows[3].clone(), rows[4].clone()]);
    assert_eq!(latest(2).await.len(), 2);
    let elsewhere = ShopId::new("shop-2").unwrap();
    assert_eq!(suggestion::latest_of_cases(&store.reader(), &elsewhere, 9).await.unwrap(), []);
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
