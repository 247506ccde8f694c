//! Numbers, amounts and days as a person reads them.

use amends_proto::v1;
use jiff::civil::Date;

/// `1,234,567`.
pub(crate) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        shown.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A number of things: `1 review`, `2 reviews`.
pub(crate) fn things(number: i64, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// A share of one as `35.8 %`, the blank one that does not break.
pub(crate) fn percent(share: f64) -> String {
    if share.is_finite() { format!("{}\u{a0}%", decimal(share * 100.0, 1)) } else { "–".to_owned() }
}

/// A number with so many decimals, its thousands apart; `–` for what is no number.
pub(crate) fn decimal(number: f64, decimals: usize) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let shown = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    // What rounds to nothing has no sign.
    let nothing = shown.chars().all(|digit| matches!(digit, '0' | '.'));
    let sign = if number < 0.0 && !nothing { "\u{2212}" } else { "" };
    // Larger than any count: thousands apart would not make it readable.
    let whole = whole.parse::<i64>().map_or_else(|_| format!("{:.3e}", number.abs()), count);
    match fraction {
        "" => format!("{sign}{whole}"),
        _ if whole.contains('e') => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// A day of the wire.
pub(crate) fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// `2 Mar 2026`, or the text itself where it is no day.
pub(crate) fn long_day(text: &str) -> String {
    day(text).map_or_else(|| text.to_owned(), |day| day.strftime("%-d %b %Y").to_string())
}

/// The days of a span with its last one, not the first after it: `2 Mar 2026 to 8 Mar 2026`.
pub(crate) fn span(days: Option<&v1::DateRange>) -> String {
    let Some(days) = days else { return "–".to_owned() };
    let last = day(&days.end_date).and_then(|end| end.yesterday().ok());
    let last = last.map_or_else(|| days.end_date.clone(), |day| day.to_string());
    if last == days.start_date {
        return long_day(&last);
    }
    format!("{} to {}", long_day(&days.start_date), long_day(&last))
}

/// `2 Mar 2026, 10:00 UTC`.
pub(crate) fn moment(time: Option<&prost_types::Timestamp>) -> String {
    let time = time.and_then(|time| jiff::Timestamp::new(time.seconds, time.nanos).ok());
    time.map_or_else(|| "–".to_owned(), |time| time.strftime("%-d %b %Y, %H:%M UTC").to_string())
}

/// The word of a name of the contract: `wrong item` of `COMPLAINT_REASON_WRONG_ITEM`.
pub(crate) fn word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase().replace('_', " ")
}

/// The same for a number of the wire; a newer server's is shown as it is.
pub(crate) fn kind(number: i32) -> String {
    match v1::RemedyKind::try_from(number) {
        Ok(kind) => word(kind.as_str_name(), "REMEDY_KIND_"),
        Err(_) => number.to_string(),
    }
}

/// The same for why a buyer is unhappy.
pub(crate) fn reason(number: i32) -> String {
    match v1::ComplaintReason::try_from(number) {
        Ok(reason) => word(reason.as_str_name(), "COMPLAINT_REASON_"),
        Err(_) => number.to_string(),
    }
}

/// A currency, and how many decimals its amounts have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217; may be empty.
    pub code: String,
    /// Decimals of a unit: 2 for EUR.
    pub digits: u32,
}

impl Currency {
    /// An amount in minor units: `12.34 EUR`.
    pub(crate) fn amount(&self, minor_units: f64) -> String {
        let unit = 10_f64.powi(i32::try_from(self.digits).unwrap_or(0));
        let amount = decimal(minor_units / unit, self.digits as usize);
        if self.code.is_empty() { amount } else { format!("{amount}\u{a0}{}", self.code) }
    }
}

/// A length of time in its two largest units: `2 h 5 min`.
pub(crate) fn length(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let (mut rest, mut said) = (seconds, Vec::new());
    for (unit, name) in units {
        let number = rest / unit;
        rest %= unit;
        if number > 0 {
            said.push(format!("{number}\u{a0}{name}"));
        }
    }
    said.truncate(2);
    if said.is_empty() { "0\u{a0}s".to_owned() } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let told = [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567")];
        for (number, text) in told {
            assert_eq!(count(number), text);
        }
        assert_eq!(count(i64::MAX), "9,223,372,036,854,775,807");
        assert_eq!(count(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn a_decimal_is_rounded_and_never_nonsense() {
        assert_eq!(decimal(1_234.56, 1), "1,234.6");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(-1.5, 1), "−1.5");
        assert_eq!(decimal(f64::NAN, 1), "–");
        assert_eq!(decimal(f64::INFINITY, 0), "–");
        assert_eq!(decimal(1e30, 1), "1.000e30");
        assert_eq!(percent(0.358), "35.8\u{a0}%");
    }

    #[test]
    fn a_span_is_told_with_its_last_day() {
        let days = |start: &str, end: &str| v1::DateRange { start_date: start.into(), end_date: end.into() };
        assert_eq!(span(Some(&days("2026-03-02", "2026-03-09"))), "2 Mar 2026 to 8 Mar 2026");
        assert_eq!(span(Some(&days("2026-03-02", "2026-03-03"))), "2 Mar 2026");
        assert_eq!(span(Some(&days("<b>", "x"))), "<b> to x");
        assert_eq!(span(None), "–");
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        let yen = Currency { code: "JPY".into(), digits: 0 };
        assert_eq!(yen.amount(1_200.0), "1,200\u{a0}JPY");
        let euro = Currency { code: "EUR".into(), digits: 2 };
        assert_eq!(euro.amount(-1_250.0), "−12.50\u{a0}EUR");
    }

    #[test]
    fn a_kind_of_a_newer_server_is_its_number() {
        assert_eq!(kind(v1::RemedyKind::PartialRefund.into()), "partial refund");
        assert_eq!(kind(999), "999");
        assert_eq!(reason(v1::ComplaintReason::WrongItem.into()), "wrong item");
    }
}
