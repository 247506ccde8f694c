//! What became of each line: counted, avoided, failed; never more than was bought.

use amends_domain::order::{Help, HelpKind, Line, Units};
use amends_domain::returns::Verdict;
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::{bought, eur, line_id, on_day, order, shop};

pub(crate) fn units(day: i64, units: u32) -> Option<Units> {
    Some(Units { at: on_day(day), units })
}

pub(crate) fn help(day: i64, units: u32) -> Option<Help> {
    Some(Help { kind: HelpKind::Remedy, at: on_day(day), units })
}

#[test]
fn the_verdict_follows_from_the_facts() {
    let check = |line: Line, verdict| assert_eq!(line.verdict(), verdict, "{line:?}");
    let line = bought(2);
    let wanted = Line { intent_at: Some(on_day(1)), ..line.clone() };
    check(line.clone(), Verdict::Open);
    check(wanted.clone(), Verdict::Open);
    check(Line { counted: units(5, 1), ..line.clone() }, Verdict::Recorded);
    check(Line { helped: help(2, 1), ..wanted.clone() }, Verdict::AvoidedProvisional);
    check(
        Line { helped: help(2, 1), confirmed_at: Some(on_day(40)), ..wanted.clone() },
        Verdict::AvoidedConfirmed,
    );
    check(Line { helped: help(2, 1), counted: units(5, 1), ..wanted.clone() }, Verdict::AvoidFailed);
    check(Line { helped: help(2, 1), counted: units(1, 1), ..wanted }, Verdict::Recorded);
    check(Line { helped: help(2, 1), ..line }, Verdict::Open);
}

#[test]
fn a_confirmed_avoidance_fails_when_the_return_is_counted_after_all() {
    let confirmed =
        Line { intent_at: Some(on_day(1)), helped: help(2, 1), confirmed_at: Some(on_day(32)), ..bought(1) };
    assert_eq!((confirmed.verdict(), confirmed.avoided_units()), (Verdict::AvoidedConfirmed, 1));
    let late = Line { counted: units(90, 1), ..confirmed };
    assert_eq!((late.verdict(), late.avoided_units()), (Verdict::AvoidFailed, 0));
}

#[test]
fn help_that_came_before_the_wish_avoided_nothing() {
    let line = |wished: Time| Line { intent_at: Some(wished), helped: help(2, 1), ..bought(1) };
    assert_eq!(line(on_day(2)).avoided_units(), 1, "at the same instant");
    assert_eq!(line(Time::from_micros(on_day(2).micros() + 1)).avoided_units(), 0);
    let request_first = Line { requested: units(1, 1), ..line(on_day(9)) };
    assert_eq!(request_first.avoided_units(), 1, "the earlier of wish and request counts");
}

#[test]
fn a_count_at_the_instant_of_the_help_is_a_failure() {
    let line = |micros: i64| Line {
        requested: units(1, 1),
        helped: help(2, 1),
        counted: Some(Units { at: Time::from_micros(on_day(2).micros() + micros), units: 1 }),
        ..bought(1)
    };
    assert_eq!(line(0).verdict(), Verdict::AvoidFailed);
    assert_eq!(line(-1).verdict(), Verdict::Recorded);
}

#[test]
fn only_a_provisional_avoidance_awaits_confirmation() {
    let window = Span::from_days(30);
    let provisional = Line { intent_at: Some(on_day(1)), helped: help(2, 1), ..bought(1) };
    assert_eq!(provisional.confirm_due_at(window), Some(on_day(32)));
    assert_eq!(Line { counted: units(3, 1), ..provisional.clone() }.confirm_due_at(window), None);
    assert_eq!(Line { confirmed_at: Some(on_day(32)), ..provisional }.confirm_due_at(window), None);
    assert_eq!(bought(1).confirm_due_at(window), None);
}

#[test]
fn what_was_said_before_the_order_was_known_is_clipped_when_it_arrives() {
    let facts = Line {
        requested: units(1, 9),
        counted: units(3, 9),
        helped: help(2, 9),
        ..Line::unknown(shop(), order(), line_id())
    };
    assert_eq!((facts.counted_units(), facts.avoided_units(), facts.paid()), (9, 0, None));
    let known = Line { purchase: bought(2).purchase, ..facts };
    assert_eq!((known.counted_units(), known.avoided_units(), known.paid()), (2, 0, Some(eur(2_000))));
}

fn some_units(at_most: u32) -> impl Strategy<Value = Option<Units>> {
    prop::option::of((0_i64..60, 0..=at_most).prop_map(|(day, n)| Units { at: on_day(day), units: n }))
}

/// Any line that could be, including those that make no sense.
pub(crate) fn any_line() -> impl Strategy<Value = Line> {
    let day = || prop::option::of((0_i64..60).prop_map(on_day));
    let helped = (prop::sample::select(HelpKind::ALL), 0_i64..60, 0_u32..6)
        .prop_map(|(kind, day, units)| Help { kind, at: on_day(day), units });
    let known = prop::option::weighted(0.9, 1_u32..4);
    (known, some_units(5), day(), some_units(5), some_units(5), prop::option::of(helped), day()).prop_map(
        |(quantity, delivered, intent_at, requested, counted, helped, confirmed_at)| Line {
            purchase: quantity.and_then(|quantity| bought(quantity).purchase),
            delivered,
            intent_at,
            requested,
            counted,
            helped,
            confirmed_at,
            ..Line::unknown(shop(), order(), line_id())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn avoided_and_returned_never_exceed_what_was_bought(line in any_line()) {
        if let Some(purchase) = &line.purchase {
            prop_assert!(line.avoided_units() + line.counted_units() <= purchase.quantity);
        }
        prop_assert!(line.helped.is_none_or(|help| line.avoided_units() <= help.units));
        let helped = line.help_against_return().is_some();
        prop_assert_eq!(helped, !matches!(line.verdict(), Verdict::Open | Verdict::Recorded)
            || line.counted.zip(line.help_against_return()).is_some_and(|(c, h)| c.at < h.at));
        prop_assert_eq!(line.counted.is_none(), !matches!(line.verdict(), Verdict::Recorded | Verdict::AvoidFailed));
        prop_assert_eq!(line.confirm_due_at(Span::ZERO).is_some(), line.verdict() == Verdict::AvoidedProvisional);
    }

    #[test]
    fn a_counting_event_never_leaves_an_avoidance_standing(line in any_line(), day in 0_i64..60, n in 1_u32..4) {
        let counted = Line { counted: units(day, n), ..line };
        prop_assert!(matches!(counted.verdict(), Verdict::Recorded | Verdict::AvoidFailed));
    }
}
