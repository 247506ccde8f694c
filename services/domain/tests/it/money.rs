use amends_domain::money::MoneyError;
use amends_domain::{Currency, Money};
use proptest::prelude::*;

use crate::make::eur;

fn of(minor_units: i64, code: &str) -> Money {
    Money::new(minor_units, code.parse().unwrap())
}

#[test]
fn only_known_currencies_are_read() {
    for code in ["EUR", "USD", "IDR", "JPY", "KWD", "ZWG", "AED"] {
        assert_eq!(code.parse::<Currency>().unwrap().as_str(), code);
    }
    // DAF stands across two codes of the table, XXX means none, the rest is no code at all.
    for code in ["DAF", "XXX", "XAU", "eur", "EU", "EURO", "", "€", "E€"] {
        assert!(matches!(code.parse::<Currency>(), Err(MoneyError::UnknownCurrency(_))), "{code}");
    }
}

#[test]
fn an_unknown_code_is_quoted_only_in_part() {
    let error = "x".repeat(10_000).parse::<Currency>().unwrap_err();
    assert_eq!(error, MoneyError::UnknownCurrency("xxxxxxxx".to_owned()));
}

#[test]
fn amounts_are_printed_with_the_decimals_of_their_currency() {
    let check = |money: Money, text: &str| assert_eq!(money.to_string(), text);
    check(of(1_234, "EUR"), "12.34 EUR");
    check(of(5, "EUR"), "0.05 EUR");
    check(of(-5, "EUR"), "-0.05 EUR");
    check(of(0, "EUR"), "0.00 EUR");
    check(of(1_234, "JPY"), "1234 JPY");
    check(of(-1_234, "KWD"), "-1.234 KWD");
    check(of(i64::MIN, "EUR"), "-92233720368547758.08 EUR");
}

#[test]
fn amounts_of_two_currencies_do_not_add_up() {
    assert!(matches!(eur(1).checked_add(of(1, "USD")), Err(MoneyError::CurrencyMismatch { .. })));
    assert_eq!(eur(1).checked_add(eur(2)), Ok(eur(3)));
}

#[test]
fn sums_and_products_overflow_loudly() {
    assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MIN).checked_add(eur(-1)), Err(MoneyError::Overflow));
    assert_eq!(eur(i64::MAX).times(2), Err(MoneyError::Overflow));
    assert_eq!(eur(7).times(0), Ok(eur(0)));
    assert_eq!(eur(i64::MAX).times(1), Ok(eur(i64::MAX)));
}

#[test]
fn shares_are_rounded_half_away_from_zero() {
    let check = |amount: i64, points: i64, share: i64| {
        assert_eq!(eur(amount).basis_points(points), eur(share), "{points} of {amount}");
    };
    check(1_000, 3_000, 300);
    check(1, 5_000, 1);
    check(1, 4_999, 0);
    check(-1, 5_000, -1);
    check(-1, 4_999, 0);
    check(3, 5_000, 2);
    check(0, 10_000, 0);
    check(i64::MAX, 10_000, i64::MAX);
    check(i64::MAX, 20_000, i64::MAX);
    check(i64::MIN, 20_000, i64::MIN);
}

proptest! {
    #[test]
    fn a_share_is_never_a_whole_unit_off(amount in -1_000_000_000_i64..1_000_000_000, points in 0_i64..20_000) {
        let share = eur(amount).basis_points(points).minor_units;
        prop_assert!((share * 10_000 - amount * points).abs() <= 5_000);
    }
}
