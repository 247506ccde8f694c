//! Cells as values. Every refusal says what would do, and what was found instead.

use amends_proto::v1::Money;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::amount::parse_amount;

const TRUE: [&str; 6] = ["true", "t", "yes", "y", "1", "on"];
const FALSE: [&str; 6] = ["false", "f", "no", "n", "0", "off"];

/// A time: RFC 3339, an ISO date with or without a time of day in `zone`, or
/// seconds, milliseconds or microseconds since 1970.
pub(crate) fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let (text, zone) = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
        Some(text) => (text, &TimeZone::UTC),
        None => (text, zone),
    };
    let wrong =
        || format!("is no time such as 2026-01-31, 2026-01-31T09:00:00Z or 1769850000 (found {text})");
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if let Some(time) = whole.parse().ok().filter(|_| whole.len() != DATE_DIGITS).and_then(since_epoch) {
        return Ok(time);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from));
    civil.and_then(|civil| civil.to_zoned(zone.clone())).map(|zoned| zoned.timestamp()).map_err(|_| wrong())
}

/// Eight digits are a date, `20260131`, and no time in 1970.
const DATE_DIGITS: usize = 8;

// The unit is told by the size: seconds reach the year 5138 before they have as
// many digits as milliseconds have since 1973.
fn since_epoch(number: i64) -> Option<Timestamp> {
    match number.unsigned_abs() {
        100_000_000..100_000_000_000 => Timestamp::from_second(number).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(number).ok(),
        _ => None,
    }
}

/// Stars, 1 to 5: `4`, `4.0`, `4,0`, `4/5` or `★★★★`.
pub(crate) fn stars(text: &str) -> Result<i32, String> {
    let wrong = || format!("must be 1 to 5 whole stars (found {text})");
    let drawn = text.chars().filter(|c| matches!(c, '★' | '⭐')).count();
    if drawn > 0 && text.chars().all(|c| matches!(c, '★' | '⭐' | '☆' | ' ' | '\u{fe0f}')) {
        return i32::try_from(drawn).ok().filter(|stars| (1..=5).contains(stars)).ok_or_else(wrong);
    }
    let number = text.strip_suffix("/5").unwrap_or(text).replace(',', ".");
    whole(&number).filter(|stars| (1..=5).contains(stars)).ok_or_else(wrong)
}

/// Pieces, 1 to 100,000.
pub(crate) fn pieces(text: &str) -> Result<i32, String> {
    whole(text)
        .filter(|pieces| (1..=100_000).contains(pieces))
        .ok_or_else(|| format!("must be 1 to 100,000 pieces (found {text})"))
}

// Spreadsheets and data frames write whole numbers as `4.0`.
fn whole(text: &str) -> Option<i32> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if !fraction.bytes().all(|digit| digit == b'0') {
        return None;
    }
    whole.parse().ok()
}

/// Yes or no.
pub(crate) fn truth(text: &str) -> Result<bool, String> {
    let plain = text.to_ascii_lowercase();
    match () {
        () if TRUE.contains(&plain.as_str()) => Ok(true),
        () if FALSE.contains(&plain.as_str()) => Ok(false),
        () => Err(format!("must be true or false (found {text})")),
    }
}

/// An amount whose currency stands beside the number, or in a column of its own.
pub(crate) fn amount(text: &str, currency: &str) -> Result<Money, String> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let currency = if letters.is_empty() { currency } else { &letters };
    if currency.is_empty() {
        return Err("has no currency; give it with --map currency=COLUMN or currency=:EUR".to_owned());
    }
    let number: String =
        text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')).collect();
    let number = decimal(&number)
        .ok_or_else(|| format!("can be read as a thousand and as a fraction (found {text})"))?;
    parse_amount(&format!("{number}{currency}"))
        .map_err(|reason| format!("{reason} (found {text} {currency})"))
}

// The last separator of two is the decimal one; a lone comma before three digits
// could be either, and money is not guessed.
fn decimal(number: &str) -> Option<String> {
    let point = match (number.rfind('.'), number.rfind(',')) {
        (Some(dot), Some(comma)) => Some(dot.max(comma)),
        (Some(dot), None) => Some(dot),
        (None, Some(comma)) if number.len() - comma == 4 => return None,
        (None, comma) => comma,
    };
    let (whole, fraction) = point.and_then(|point| number.split_at_checked(point)).unwrap_or((number, ""));
    let whole: String = whole.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let fraction = fraction.trim_start_matches(['.', ',']).trim_end_matches('0');
    Some(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

/// An id: 1 to 128 bytes, printable, without a slash.
pub(crate) fn id(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if text.len() > 128 {
        return Err("has more than 128 bytes".to_owned());
    }
    if text.chars().any(|c| c.is_control() || c == '/') {
        return Err(format!("must hold no slash and no control character (found {text})"));
    }
    Ok(text.to_owned())
}

/// A language tag; an underscore is taken for the hyphen it should be.
pub(crate) fn language(text: &str) -> Result<String, String> {
    let tag = text.replace('_', "-");
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if tag.is_empty() || (tag.len() <= 35 && tag.split('-').all(part)) {
        return Ok(tag);
    }
    Err(format!("must be a tag such as id or pt-BR (found {text})"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn times_are_taken_in_the_usual_spellings() {
        let cases = [
            ("2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z"),
            ("2026-01-31T09:00:00.5+01:00", "2026-01-31T08:00:00.5Z"),
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            ("20260131", "2026-01-31T00:00:00Z"),
            ("2026-01-31 09:00", "2026-01-31T09:00:00Z"),
            ("2026-01-31 09:00:00 UTC", "2026-01-31T09:00:00Z"),
            ("1769850000", "2026-01-31T09:00:00Z"),
            ("1769850000.0", "2026-01-31T09:00:00Z"),
            ("1769850000123", "2026-01-31T09:00:00.123Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(moment(text, &TimeZone::UTC).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_time_of_day_without_a_zone_is_taken_in_the_one_that_was_named() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        assert_eq!(moment("2026-01-31 09:00", &zone).unwrap().to_string(), "2026-01-31T02:00:00Z");
        assert_eq!(moment("2026-01-31T09:00:00Z", &zone).unwrap().to_string(), "2026-01-31T09:00:00Z");
    }

    #[test]
    fn what_could_be_two_dates_or_none_is_refused() {
        for text in ["", "01/02/2026", "yesterday", "2026-13-01", "12", "99999999999999999999"] {
            assert!(moment(text, &TimeZone::UTC).is_err(), "{text}");
        }
    }

    #[test]
    fn stars_are_whole_and_one_to_five() {
        for text in ["4", "4.0", "4,0", "4/5", "★★★★☆", " 4 "] {
            assert_eq!(stars(text), Ok(4), "{text}");
        }
        for text in ["", "0", "6", "4.5", "-1", "good", "★★★★★★"] {
            assert!(stars(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        let cases =
            [("12.34", 1234), ("12,34", 1234), ("1.299,00", 129_900), ("1,299.5", 129_950), ("€ 5", 500)];
        for (text, minor_units) in cases {
            assert_eq!(amount(text, "EUR").unwrap().minor_units, minor_units, "{text}");
        }
        assert_eq!(amount("12.3400 usd", "EUR").unwrap().currency, "USD");
        assert_eq!(amount("1500.00", "JPY").unwrap().minor_units, 1500);
        for text in ["", "-5", "1,299", "12.345", "free"] {
            assert!(amount(text, "EUR").is_err(), "{text}");
        }
        assert!(amount("5", "").unwrap_err().contains("--map currency"));
    }

    #[test]
    fn pieces_truths_ids_and_languages_are_checked() {
        assert_eq!(pieces("2.0"), Ok(2));
        assert!(pieces("0").is_err() && pieces("100001").is_err() && pieces("a").is_err());
        assert_eq!((truth("Yes"), truth("0")), (Ok(true), Ok(false)));
        assert!(truth("maybe").is_err());
        assert!(id("a/b").is_err() && id("").is_err() && id(&"x".repeat(129)).is_err());
        assert_eq!(language("pt_BR").unwrap(), "pt-BR");
        assert!(language("brazilian portuguese").is_err());
    }
}
