//! What of the price stays with the shop, and how far the channel's penalty is.

use amends_domain::counting::{Standing, shadow_price};
use amends_domain::learning::estimate::{Arm, Stratum, causal};
use amends_domain::learning::moments::Moments;
use amends_domain::order::{Help, HelpKind, Line};
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{Comparator, Target};
use amends_domain::rollup::About;
use amends_domain::saving::{Kept, RetainedBy, retained};

use crate::make::{bought, on_day};
use crate::order::{help, units};
use crate::page::kept;

/// A line of so many units that was wanted back on the first day, and helped on the second by a remedy.
fn helped(quantity: u32, kind: Option<RemedyKind>) -> Line {
    let about = About { remedy: kind, ..About::default() };
    Line { intent_at: Some(on_day(1)), helped: help(2, quantity), about, ..bought(quantity) }
}

fn told(line: &Line, refunded: i64) -> Option<(RetainedBy, i64, i64, bool)> {
    retained(line, refunded)
        .map(|Kept { by, units, revenue, is_confirmed, .. }| (by, units, revenue, is_confirmed))
}

#[test]
fn every_kind_of_help_keeps_revenue_in_its_own_way() {
    let by = |kind| told(&helped(1, Some(kind)), 0).unwrap().0;
    let all: Vec<_> = RemedyKind::ALL.iter().map(|kind| (*kind, by(*kind))).collect();
    let of = |way| all.iter().filter(|(_, by)| *by == way).map(|(kind, _)| *kind).collect::<Vec<_>>();
    use RemedyKind as R;
    assert_eq!(of(RetainedBy::Exchange), [R::Exchange]);
    assert_eq!(of(RetainedBy::Credit), [R::Coupon]);
    assert_eq!(of(RetainedBy::KeepItem), [R::PartialRefund, R::RefundWithoutReturn, R::PriceMatch]);
    assert_eq!(of(RetainedBy::Part), [R::MissingPart]);
    assert_eq!(of(RetainedBy::Replacement), [R::Replacement, R::Reship, R::Repair]);
    assert_eq!(of(RetainedBy::TalkedThrough), [R::Instructions]);
    assert_eq!(told(&helped(1, None), 0).unwrap().0, RetainedBy::Unknown);
    let help = |kind| Line { helped: Some(Help { kind, at: on_day(2), units: 1 }), ..helped(1, None) };
    assert_eq!(told(&help(HelpKind::TalkedThrough), 0).unwrap().0, RetainedBy::TalkedThrough);
    assert_eq!(told(&help(HelpKind::Withdrawn), 0).unwrap().0, RetainedBy::Withdrawn);
}

#[test]
fn what_was_given_back_is_not_kept_and_never_less_than_nothing_is() {
    let line = helped(3, Some(RemedyKind::PartialRefund));
    assert_eq!(told(&line, 900), Some((RetainedBy::KeepItem, 3, 2_100, false)));
    assert_eq!(told(&line, 9_000), Some((RetainedBy::KeepItem, 3, 0, false)));
    let closed = Line { confirmed_at: Some(on_day(40)), ..line };
    assert_eq!(told(&closed, 0), Some((RetainedBy::KeepItem, 3, 3_000, true)));
}

#[test]
fn nothing_is_kept_where_no_return_was_avoided() {
    let line = helped(2, Some(RemedyKind::Replacement));
    assert_eq!(told(&Line { intent_at: None, ..line.clone() }, 0), None, "nobody wanted to return it");
    assert_eq!(told(&Line { helped: None, ..line.clone() }, 0), None);
    assert_eq!(told(&Line { counted: units(3, 2), ..line.clone() }, 0), None, "it was counted all the same");
    assert_eq!(told(&Line { purchase: None, ..line }, 0), None, "nobody knows what was paid");
}

#[test]
fn the_examples_of_the_documentation_are_what_the_code_says() {
    let lines = [
        ("2 lamps exchanged for another size", helped(2, Some(RemedyKind::Exchange)), 0),
        ("1 lamp kept for 30 % of its price", helped(1, Some(RemedyKind::PartialRefund)), 300),
        ("1 lamp given away", helped(1, Some(RemedyKind::RefundWithoutReturn)), 1_000),
        (
            "3 lamps replaced, and returned all the same",
            Line { counted: units(9, 3), ..helped(3, Some(RemedyKind::Replacement)) },
            0,
        ),
    ];
    let mut text = "| line, 10.00 a lamp | kept by | units | revenue |\n|---|---|---|---|\n".to_owned();
    for (name, line, refunded) in lines {
        text += &told(&line, refunded).map_or_else(
            || format!("| {name} | – | 0 | 0.00 |\n"),
            |(by, units, revenue, _)| {
                format!("| {name} | {by} | {units} | {:.2} |\n", revenue as f64 / 100.0)
            },
        );
    }
    kept("savings.md", "retained", &text);

    let arm =
        |n: i64, counted: i64| Arm { counted, cost: Moments { n, ..Moments::default() }, ..Arm::default() };
    let found = causal(&[Stratum { holdout: arm(60, 30), treated: arm(300, 75) }]);
    let (rate, avoided) = (found.rate.unwrap(), found.avoided.unwrap());
    let text = format!(
        "| figure | value |\n|---|---|\n| counted in the holdout | 30 of 60 |\n| counted of the treated | 75 of 300 |\n\
         | difference | {:.3} ({:.3} to {:.3}) |\n| returns avoided by the learned order | {:.1} ({:.1} to {:.1}) |\n",
        rate.value, rate.lower, rate.upper, avoided.value, avoided.lower, avoided.upper
    );
    kept("savings.md", "causal", &text);

    let mut text =
        "| target | delivered | counted | returns until the penalty |\n|---|---|---|---|\n".to_owned();
    for (comparator, words, counted) in [
        (Comparator::AtMost, "at most 5 %", 17),
        (Comparator::Below, "below 5 %", 17),
        (Comparator::AtMost, "at most 5 %", 20),
        (Comparator::AtMost, "at most 5 %", 21),
    ] {
        let target = Target { share: 500, comparator, days: 30, penalty: 50_000 };
        let until = shadow_price(&target, Standing { delivered: 400, counted }).until_penalty.unwrap();
        text += &format!("| {words} | 400 | {counted} | {until} |\n");
    }
    kept("savings.md", "threshold", &text);
}
