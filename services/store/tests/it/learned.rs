//! Answers to offers, added up.

use amends_domain::detection::Reason;
use amends_domain::remedy::RemedyKind;
use amends_store::Store;
use amends_store::learned::{self, AnswersRow, Counted, Level};

use crate::sample::{ODD, shop_id};

conformance!(
    answers_add_up_and_only_the_levels_asked_for_are_read,
    what_is_replaced_is_gone,
    nothing_was_learned_of_nothing
);

fn row(level: Level, kind: RemedyKind, answered: i64, accepted: i64) -> AnswersRow {
    let counted = Counted { answered, accepted, scored: 1, low: 0 };
    (shop_id(ODD), level, kind, counted)
}

async fn answers_add_up_and_only_the_levels_asked_for_are_read(store: Store) {
    use RemedyKind::{Coupon, Exchange};
    let tx = store.begin().await.unwrap();
    let levels = Level::of(Reason::Late, 2);
    let others =
        [Level::Reason(Reason::Damaged), Level::Band(Reason::Late, 1), Level::Band(Reason::Damaged, 2)];
    for times in [1, 2] {
        let rows: Vec<_> = levels.iter().chain(&others).map(|l| row(*l, Coupon, times, times - 1)).collect();
        learned::add(&rows).run(&tx).await.unwrap();
    }
    learned::add(&[row(Level::Everywhere, Exchange, 5, 5)]).run(&tx).await.unwrap();
    let mut found = learned::at(&shop_id(ODD), &levels).all(&tx).await.unwrap();
    found.sort_by_key(|row| (row.2, row.1));
    let told: Vec<_> = found.iter().map(|r| (r.1, r.2, r.3.answered, r.3.accepted, r.3.scored)).collect();
    let coupons = levels.map(|level| (level, Coupon, 3, 1, 2));
    let mut expected = vec![(Level::Everywhere, Exchange, 5, 5, 1)];
    expected.extend(coupons);
    assert_eq!(told, expected);
    assert_eq!(learned::all(&tx, &shop_id(ODD)).await.unwrap().len(), 7);
    assert!(learned::at(&shop_id("other"), &levels).all(&tx).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn what_is_replaced_is_gone(store: Store) {
    let tx = store.begin().await.unwrap();
    learned::add(&[row(Level::Everywhere, RemedyKind::Coupon, 5, 5)]).run(&tx).await.unwrap();
    let new = [row(Level::Reason(Reason::Late), RemedyKind::Repair, 2, 1)];
    learned::replace(&tx, &shop_id(ODD), &new).await.unwrap();
    assert_eq!(learned::all(&tx, &shop_id(ODD)).await.unwrap(), new);
    tx.commit().await.unwrap();
}

async fn nothing_was_learned_of_nothing(store: Store) {
    let reader = store.reader();
    assert!(learned::derived(&reader, &shop_id(ODD)).await.unwrap().is_empty());
    for level in [Level::Everywhere, Level::Reason(Reason::Late), Level::Band(Reason::Late, 7)] {
        assert_eq!(level.to_string().parse(), Ok(level));
    }
    assert!("LATE/x".parse::<Level>().is_err() && "NOTHING".parse::<Level>().is_err());
}
