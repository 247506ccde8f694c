//! Facts that stand for the places of a template: each is of a kind, and is checked as one.

use super::template::Placeholder;
use crate::{Currency, Day, OrderId};

/// The longest fact, in characters.
const CHARS_MAX: usize = 200;

/// What is wrong with a fact that an agent gives for a place; nothing if it is good.
#[must_use]
pub fn problem(place: Placeholder, value: &str) -> Option<&'static str> {
    if value.trim().is_empty() || value.chars().count() > CHARS_MAX {
        return Some("must have 1–200 characters");
    }
    if value.chars().any(char::is_control) {
        return Some("must be one line");
    }
    match place {
        Placeholder::OrderId if value.parse::<OrderId>().is_err() => Some("must be the id of an order"),
        Placeholder::Amount if !is_amount(value) => Some("must be an amount such as `12.50 EUR`"),
        Placeholder::Date if !is_date(value) => Some("must be a day such as `2026-03-31`"),
        Placeholder::Agent => Some("is the name of whoever writes, and cannot be given"),
        _ => None,
    }
}

/// A day as it is put into a reply, `YYYY-MM-DD`, in UTC.
#[must_use]
pub fn print_day(day: Day) -> String {
    let (year, month, day) = civil(i64::from(day.number()));
    format!("{year:04}-{month:02}-{day:02}")
}

fn is_amount(value: &str) -> bool {
    let Some((number, currency)) = value.rsplit_once(' ') else { return false };
    let Ok(currency) = currency.parse::<Currency>() else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match number.split_once('.') {
        None => digits(number),
        Some((whole, rest)) => digits(whole) && digits(rest) && rest.len() == currency.decimals(),
    }
}

fn is_date(value: &str) -> bool {
    let mut parts = value.split('-').map(|part| part.parse::<i64>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return false;
    }
    // A day that is none, such as the 30th of February, would print as another.
    let number = days_of(year, month, day);
    i32::try_from(number).is_ok_and(|number| print_day(Day::from_number(number)) == value)
}

/// Days since 1970-01-01 of a date in the Gregorian calendar, whose year is counted from March.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}
