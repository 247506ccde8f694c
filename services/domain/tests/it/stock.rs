//! Stock: what is free, what a remedy sends, and what becomes of what it holds.

use amends_domain::Sku;
use amends_domain::remedy::{RemedyKind, RemedyStage, Terms};
use amends_domain::stock::{HoldState, Item, Level, Standing, StockKind, hold_of, sends};
use proptest::prelude::*;

use crate::make::at;

fn sku(name: &str) -> Sku {
    name.parse().unwrap()
}

fn standing(available: i64, held: i64, consumed: i64) -> Standing {
    let item = Item { sku: sku("BOTTLE"), kind: StockKind::Article };
    Standing { level: Level { item, available, as_of: at(0) }, held, consumed }
}

#[test]
fn what_is_held_or_was_sent_is_not_free() {
    let some = standing(5, 2, 1);
    assert_eq!(some.free(), 2);
    assert!(some.check(2).is_ok());
    let refused = some.check(3).unwrap_err();
    assert_eq!((refused.asked, refused.free), (3, 2));
    assert_eq!(standing(1, 3, 0).free(), -2, "more was promised than there is");
}

#[test]
fn a_remedy_sends_what_its_terms_name_or_what_was_ordered() {
    let ordered = sku("BOTTLE");
    let named = Terms { article: "LID-7".to_owned(), ..Terms::default() };
    let item = |name: &str, kind| Some(Item { sku: sku(name), kind });
    let of = |kind, terms: &Terms| sends(kind, terms, Some(&ordered));
    for kind in [RemedyKind::Replacement, RemedyKind::Reship] {
        assert_eq!(of(kind, &Terms::default()), item("BOTTLE", StockKind::Article));
        assert_eq!(of(kind, &named), item("LID-7", StockKind::Article));
        assert_eq!(sends(kind, &Terms::default(), None), None);
    }
    assert_eq!(of(RemedyKind::Exchange, &named), item("LID-7", StockKind::Article));
    assert_eq!(of(RemedyKind::MissingPart, &named), item("LID-7", StockKind::Part));
    assert_eq!(of(RemedyKind::MissingPart, &Terms::default()), None, "nobody said which part");
    for kind in [RemedyKind::PartialRefund, RemedyKind::Coupon, RemedyKind::Repair, RemedyKind::ReturnLabel] {
        assert_eq!(of(kind, &named), None);
    }
}

#[test]
fn a_hold_follows_its_remedy() {
    for stage in RemedyStage::ALL {
        let expected = match stage {
            RemedyStage::Fulfilled => HoldState::Consumed,
            stage if stage.in_flight() => HoldState::Held,
            _ => HoldState::Released,
        };
        assert_eq!(hold_of(*stage), expected, "{stage}");
    }
}

proptest! {
    #[test]
    fn what_passes_the_check_never_takes_more_than_there_is(
        available in 0_i64..20, asks in prop::collection::vec(1_u32..6, 0..12),
    ) {
        let mut held = 0;
        for asked in asks {
            if standing(available, held, 0).check(asked).is_ok() {
                held += i64::from(asked);
            }
            prop_assert!(held <= available);
        }
    }
}
