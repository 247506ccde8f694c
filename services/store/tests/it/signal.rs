//! Signals.

use amends_domain::detection::{Detection, Evidence, Flag, Reason, ScoredReason};
use amends_domain::order::Wish;
use amends_domain::signal::SignalKind;
use amends_store::Store;
use amends_store::signal::{self, KnownSignal, SignalRow};

use crate::sample::{ODD, at, case_id, line_id, order_id, shop_id, signal_id};

conformance!(
    a_signal_is_recorded_and_known_again,
    a_signal_is_known_by_shop_and_kind_and_id,
    the_signals_of_a_case_come_in_the_order_they_came,
    evidence_for_a_word_no_longer_used_weighs_for_nothing_in_particular,
    signals_are_counted_by_kind,
    wishes_that_messages_voice_are_found_by_order,
);

async fn wishes_that_messages_voice_are_found_by_order(store: Store) {
    let tx = store.begin().await.unwrap();
    let on_order = SignalRow { wish: Some((order_id(ODD), None)), occurred_at: at(9), ..full("2") };
    let elsewhere = SignalRow { wish: Some((order_id("other"), None)), ..full("3") };
    let silent = SignalRow { wish: None, ..full("4") };
    signal::insert(&[full("1"), on_order, elsewhere, silent]).run(&tx).await.unwrap();
    let orders = [ODD, ODD, "x"].map(|order| (shop_id(ODD), order_id(order)));
    let mut found = signal::wishes_of_orders(&orders).all(&tx).await.unwrap();
    found.sort_by_key(|(_, _, wish)| wish.at);
    let wish = |line, secs| (shop_id(ODD), order_id(ODD), Wish { line, at: at(secs) });
    assert_eq!(found, [wish(Some(line_id(ODD)), 1), wish(None, 9)]);
    tx.commit().await.unwrap();
}

/// A signal with nothing that can be left out.
pub(crate) fn bare(id: &str) -> SignalRow {
    SignalRow {
        shop: shop_id("one"),
        kind: SignalKind::Order,
        id: signal_id(id),
        digest: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255],
        occurred_at: at(1),
        received_at: at(2),
        trace: None,
        case: None,
        case_opened: false,
        detection: None,
        wish: None,
    }
}

fn full(id: &str) -> SignalRow {
    SignalRow {
        shop: shop_id(ODD),
        kind: SignalKind::Message,
        trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        case: Some(case_id(u128::MAX)),
        case_opened: true,
        detection: Some(Detection {
            negative: true,
            negative_probability: 0.987_654_3,
            hidden_negative: true,
            return_intent: true,
            return_intent_probability: 0.1,
            reasons: vec![
                ScoredReason { reason: Reason::Damaged, probability: 0.5 },
                ScoredReason { reason: Reason::Late, probability: 1.0e-9 },
            ],
            flags: vec![Flag::Safety, Flag::OptOut],
            actionable: true,
            language: "id".to_owned(),
            language_confidence: 1.0,
            language_supported: true,
            truncated: true,
            evidence: ["NEGATIVE", "RETURN_INTENT", "DAMAGED", "SAFETY"]
                .map(|weighs_for| Evidence { start: 3, end: 9, weighs_for })
                .to_vec(),
            model_version: ODD.to_owned(),
        }),
        wish: Some((order_id(ODD), Some(line_id(ODD)))),
        ..bare(id)
    }
}

fn known(row: SignalRow) -> KnownSignal {
    KnownSignal {
        shop: row.shop,
        kind: row.kind,
        id: row.id,
        digest: row.digest,
        received_at: row.received_at,
        case: row.case,
        case_opened: row.case_opened,
        detection: row.detection,
    }
}

fn key(row: &SignalRow) -> (amends_domain::ShopId, SignalKind, amends_domain::SignalId) {
    (row.shop.clone(), row.kind, row.id.clone())
}

async fn a_signal_is_recorded_and_known_again(store: Store) {
    let (bare, full) = (bare("1"), full(ODD));
    let tx = store.begin().await.unwrap();
    signal::insert(&[bare.clone(), full.clone()]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let asked = [key(&bare), key(&full), key(&full)];
    let mut found = signal::known(&asked).all(&store.reader()).await.unwrap();
    found.sort_by_key(|signal| signal.case_opened);
    assert_eq!(found, [known(bare), known(full.clone())]);
    let of_case = signal::of_case(&store.reader(), &full.shop, &case_id(u128::MAX), 9).await.unwrap();
    assert_eq!(of_case, [full]);
}

async fn a_signal_is_known_by_shop_and_kind_and_id(store: Store) {
    let tx = store.begin().await.unwrap();
    signal::insert(&[bare("1")]).run(&tx).await.unwrap();
    let unknown = [
        (shop_id("two"), SignalKind::Order, signal_id("1")),
        (shop_id("one"), SignalKind::Review, signal_id("1")),
        (shop_id("one"), SignalKind::Order, signal_id("2")),
    ];
    assert!(signal::known(&unknown).all(&tx).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn the_signals_of_a_case_come_in_the_order_they_came(store: Store) {
    let of = |id: &str, case, received| SignalRow {
        case: Some(case_id(case)),
        received_at: at(received),
        ..bare(id)
    };
    let tx = store.begin().await.unwrap();
    signal::insert(&[of("a", 1, 9), of("b", 1, 5), of("c", 2, 1), of("d", 1, 7), bare("e")])
        .run(&tx)
        .await
        .unwrap();
    let found = signal::of_case(&tx, &shop_id("one"), &case_id(1), 2).await.unwrap();
    assert_eq!(found, [of("d", 1, 7), of("a", 1, 9)], "the latest two");
    tx.commit().await.unwrap();
}

async fn evidence_for_a_word_no_longer_used_weighs_for_nothing_in_particular(store: Store) {
    let tx = store.begin().await.unwrap();
    signal::insert(&[full("1")]).run(&tx).await.unwrap();
    tx.script("UPDATE signals SET detection = '{\"evidence\": [[0, 4, \"ANCIENT\"]], \"new\": 1}'")
        .await
        .unwrap();
    let found = signal::known(&[key(&full("1"))]).all(&tx).await.unwrap();
    let heard = found.into_iter().next().unwrap().detection.unwrap();
    assert_eq!(heard.evidence, [Evidence { start: 0, end: 4, weighs_for: "OTHER" }]);
    tx.commit().await.unwrap();
}

async fn signals_are_counted_by_kind(store: Store) {
    let review = |id| SignalRow { kind: SignalKind::Review, ..bare(id) };
    let tx = store.begin().await.unwrap();
    signal::insert(&[bare("1"), bare("2"), review("1"), full("9")]).run(&tx).await.unwrap();
    let counted = signal::count(&tx, &shop_id("one")).await.unwrap();
    assert_eq!(counted, [(SignalKind::Order, 2), (SignalKind::Review, 1)]);
    assert!(signal::count(&tx, &shop_id("two")).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}
