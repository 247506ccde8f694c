//! Money as people type and read it.

use amends_proto::v1::Money;

/// Currencies without a smaller unit, and those with a thousand of them. All
/// others have a hundred. After ISO 4217.
const WITHOUT: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF"];
const THOUSAND: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

fn digits(currency: &str) -> u32 {
    if WITHOUT.contains(&currency) {
        0
    } else if THOUSAND.contains(&currency) {
        3
    } else {
        2
    }
}

/// What turns a mean in minor units into one in units, and its decimals.
pub(crate) fn units(currency: &str) -> (f64, usize) {
    let digits = digits(currency);
    (1.0 / 10_f64.powi(i32::try_from(digits).unwrap_or(0)), digits as usize)
}

/// Parses an amount such as `12.34EUR` or `EUR 12.34`.
pub(crate) fn parse_amount(text: &str) -> Result<Money, String> {
    let wrong = || "write an amount with its currency, for example 12.34EUR".to_owned();
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let number: String = text.chars().filter(|c| !c.is_ascii_alphabetic() && !c.is_whitespace()).collect();
    if letters.len() != 3 {
        return Err(wrong());
    }
    let currency = letters.to_ascii_uppercase();
    let digits = digits(&currency);
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let numeric = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
        return Err(wrong());
    }
    if fraction.len() > digits as usize {
        return Err(format!("{currency} has {digits} decimals"));
    }
    let padded = format!("{whole}{fraction:0<width$}", width = digits as usize);
    Ok(Money { minor_units: padded.parse().map_err(|_| wrong())?, currency })
}

/// An amount with its decimals and currency: `12.34 EUR`.
pub(crate) fn money(money: &Money) -> String {
    let digits = digits(&money.currency);
    let unit = 10_u64.pow(digits);
    let sign = if money.minor_units < 0 { "-" } else { "" };
    let minor = money.minor_units.unsigned_abs();
    let whole = minor / unit;
    match digits {
        0 => format!("{sign}{whole} {}", money.currency),
        _ => {
            let fraction = minor % unit;
            let width = digits as usize;
            format!("{sign}{whole}.{fraction:0width$} {}", money.currency)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_and_written_with_the_decimals_of_its_currency() {
        let cases = [
            ("12.34EUR", 1_234, "12.34 EUR"),
            ("eur 5", 500, "5.00 EUR"),
            ("1200JPY", 1_200, "1200 JPY"),
            ("1.5 KWD", 1_500, "1.500 KWD"),
        ];
        for (text, minor_units, shown) in cases {
            let amount = parse_amount(text).unwrap_or_default();
            assert_eq!(amount.minor_units, minor_units, "{text}");
            assert_eq!(money(&amount), shown);
        }
    }

    #[test]
    fn an_amount_that_is_not_exact_is_refused() {
        for text in ["12.34", "EUR", "1.2JPY", "1.234EUR", "-5EUR", "1,2EUR"] {
            assert!(parse_amount(text).is_err(), "{text}");
        }
    }
}
