//! How single values are written: money, shares, lengths of time, words.

use amends_domain::detection::{Flag, Reason};
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{Comparator, EvidenceNeed, Price, word};
use amends_domain::{Currency, Money, Span};

/// A window without an end.
pub(super) const ANY_TIME: &str = "any time";

/// Units of time, the largest first: the word for one, and its length.
const UNITS: [(&str, Span); 5] = [
    ("day", Span::from_days(1)),
    ("hour", Span::from_hours(1)),
    ("minute", Span::from_minutes(1)),
    ("second", Span::from_secs(1)),
    ("microsecond", Span::from_micros(1)),
];

/// An enumeration that can be written as words.
pub(super) trait Coded: Copy + 'static {
    const VALUES: &'static [Self];
    fn code(self) -> &'static str;
}

macro_rules! coded {
    ($($name:ty),+) => {$(
        impl Coded for $name {
            const VALUES: &'static [Self] = <$name>::ALL;
            fn code(self) -> &'static str { self.as_str() }
        }
    )+};
}

coded!(Reason, Flag, RemedyKind, EvidenceNeed, Comparator);

/// The value of a word, in any case and with `-` or `_`.
pub(super) fn read_word<T: Coded>(text: &str) -> Option<T> {
    let same = |a: u8, b: u8| a.eq_ignore_ascii_case(&b) || (a == b'_' && b == b'-');
    let is = |code: &str| code.len() == text.len() && code.bytes().zip(text.bytes()).all(|(a, b)| same(a, b));
    T::VALUES.iter().copied().find(|value| is(value.code()))
}

/// Every word of an enumeration, for a message.
pub(super) fn all_words<T: Coded>() -> String {
    let words: Vec<String> = T::VALUES.iter().map(|value| word(value.code())).collect();
    words.join(", ")
}

/// Digits with at most so many decimals, as a whole number of the smallest of them.
fn read_decimal(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let dangling = text.contains('.') && part.is_empty();
    if whole.is_empty() || dangling || part.len() > decimals || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

/// An amount in the shop's currency, in minor units.
pub(super) fn read_money(text: &str, currency: Currency) -> Option<i64> {
    read_decimal(text, currency.decimals())
}

/// An amount as it is written.
pub(super) fn write_money(minor_units: i64, currency: Currency) -> String {
    let text = Money::new(minor_units, currency).to_string();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// A share such as `12.5%`, in ten-thousandths.
pub(super) fn read_share(text: &str) -> Option<i64> {
    read_decimal(text.strip_suffix('%')?.trim_end(), 2)
}

/// A share as it is written.
pub(super) fn write_share(points: i64) -> String {
    let (whole, part) = (points / 100, points % 100);
    match part {
        0 => format!("{whole}%"),
        tenths if tenths % 10 == 0 => format!("{whole}.{}%", tenths / 10),
        part => format!("{whole}.{part:02}%"),
    }
}

/// A price: an amount, or a share of what was paid.
pub(super) fn read_price(text: &str, currency: Currency) -> Option<Price> {
    if text.ends_with('%') {
        read_share(text).map(Price::Share)
    } else {
        read_money(text, currency).map(Price::Fixed)
    }
}

/// A price as it is written.
pub(super) fn write_price(price: Price, currency: Currency) -> String {
    match price {
        Price::Fixed(amount) => write_money(amount, currency),
        Price::Share(share) => write_share(share),
    }
}

/// A length of time such as `3 days`.
pub(super) fn read_span(text: &str) -> Option<Span> {
    let (number, unit) = text.split_once(' ')?;
    let (number, unit) = (read_decimal(number, 0)?, unit.trim_start());
    let (_, length) = UNITS.iter().find(|(one, _)| unit.strip_suffix('s').unwrap_or(unit) == *one)?;
    number.checked_mul(length.micros()).map(Span::from_micros)
}

/// A length of time in the largest unit that it is a whole number of.
pub(super) fn write_span(span: Span) -> String {
    let whole = |(_, length): &&(&str, Span)| span.micros() % length.micros() == 0;
    // No time at all is a whole number of days; hours read better there.
    let units = if span == Span::ZERO { &UNITS[1..] } else { &UNITS[..] };
    let (one, length) = units.iter().find(whole).copied().unwrap_or(("microsecond", Span::from_micros(1)));
    let number = span.micros() / length.micros();
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency_and_no_more() {
        let read = |text, code| read_money(text, currency(code));
        assert_eq!(read("12.50", "EUR"), Some(1_250));
        assert_eq!(read("12.5", "EUR"), Some(1_250));
        assert_eq!(read("12", "EUR"), Some(1_200));
        assert_eq!(read("1250", "JPY"), Some(1_250));
        assert_eq!(read("1.234", "KWD"), Some(1_234));
        for text in
            ["12.505", "12.", ".5", "-1", "1,000.00", "1 000", "", "12.50 EUR", "+1", "99999999999999999999"]
        {
            assert_eq!(read(text, "EUR"), None, "{text}");
        }
        assert_eq!(read("12.5", "JPY"), None);
        assert_eq!(write_money(1_205, currency("EUR")), "12.05");
    }

    #[test]
    fn shares_have_two_decimals_at_most() {
        for (text, points) in [("15%", 1_500), ("12.5%", 1_250), ("0.05%", 5), ("100 %", 10_000), ("0%", 0)] {
            assert_eq!(read_share(text), Some(points), "{text}");
            assert_eq!(read_share(&write_share(points)), Some(points), "{text}");
        }
        for text in ["15", "12.555%", "%", "-1%", "a%", "0.15"] {
            assert_eq!(read_share(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_of_time_are_a_number_and_a_unit() {
        let spans = [
            ("3 days", 259_200),
            ("1 day", 86_400),
            ("36 hours", 129_600),
            ("90 minutes", 5_400),
            ("1 second", 1),
        ];
        for (text, seconds) in spans {
            assert_eq!(read_span(text), Some(Span::from_secs(seconds)), "{text}");
            assert_eq!(write_span(Span::from_secs(seconds)), text);
        }
        for text in
            ["3d", "days", "3", "-3 days", "3 moons", "1.5 days", "99999999999 days", "3 days 4 hours"]
        {
            assert_eq!(read_span(text), None, "{text}");
        }
        assert_eq!(write_span(Span::ZERO), "0 hours");
    }

    #[test]
    fn words_are_read_in_any_case_with_dash_or_underscore() {
        for text in ["WRONG_SIZE", "wrong-size", "Wrong_Size"] {
            assert_eq!(read_word::<Reason>(text), Some(Reason::WrongSize), "{text}");
        }
        assert_eq!(read_word::<Reason>("wrong size"), None);
    }
}
