//! The checksums by which payment data are told from other numbers, and where words end.

/// Whether the digits are a card number: length, and Luhn's sum or four groups of four.
pub(super) fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let all_same = digits.windows(2).all(|pair| pair.first() == pair.last());
    // Cards begin with 2 to 6.
    let begins = digits.first().is_some_and(|first| (2..=6).contains(first));
    let sums = || luhn(&digits) || fours(text).is_some_and(|groups| groups == 4);
    (13..=19).contains(&digits.len()) && begins && !all_same && sums()
}

/// How many groups of four there are, if there is nothing else. A mistyped number is no less a number
/// of payment, and nothing else is written so.
fn fours(text: &str) -> Option<usize> {
    let groups = text.split([' ', '-']);
    groups.clone().all(|group| group.len() == 4).then(|| groups.count())
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, digit)| match n % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the text is an IBAN: country, check digits, and the remainder 1 of 97 or groups of four.
pub(super) fn is_iban(text: &str) -> bool {
    let signs: Vec<u32> = text.chars().filter_map(|c| c.to_digit(36)).collect();
    if !(15..=34).contains(&signs.len()) {
        return false;
    }
    let groups = text.split([' ', '-']).take_while(|group| group.len() == 4).collect::<Vec<_>>();
    let digits = |group: &&&str| group.bytes().filter(u8::is_ascii_digit).count() >= 3;
    if groups.len() >= 4 && groups.iter().skip(1).filter(digits).count() >= 3 {
        return true;
    }
    // The words after an IBAN may have been taken with it.
    (15..=signs.len()).rev().any(|length| remainder(signs.get(..length).unwrap_or_default()) == 1)
}

fn remainder(signs: &[u32]) -> u32 {
    let (head, body) = signs.split_at(4.min(signs.len()));
    body.iter().chain(head).fold(0, |rest, sign| match sign {
        0..=9 => (rest * 10 + sign) % 97,
        _ => (rest * 100 + sign) % 97,
    })
}

/// Borders of words that know ASCII only: with all of Unicode's the fast engines give up at the
/// first sign that is none of ASCII's.
pub(super) fn plain_borders(text: &str) -> String {
    text.replace(r"\b", r"(?-u:\b)")
}

/// The same for streets: a capital needs no border before it, and a number at the end knows ASCII only.
pub(super) fn street_borders(text: &str) -> String {
    let text = text.replace(r"\b\p{Lu}", r"\p{Lu}").replace(r"\b(?:\p{Lu}", r"(?:\p{Lu}");
    if text.is_ascii() {
        return plain_borders(&text);
    }
    match text
        .strip_suffix(r"?\b")
        .map(|head| format!("{head}?"))
        .or_else(|| text.strip_suffix(r"}\b").map(|head| format!("{head}}}")))
    {
        Some(head) => format!(r"{head}(?-u:\b)"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_have_their_sum() {
        assert!(is_card("4111 1111 1111 1111"));
        assert!(is_card("5500-0000-0000-0004"));
        assert!(!is_card("4111111111111112"));
        assert!(!is_card("0000 0000 0000 0000"));
    }

    #[test]
    fn mistyped_numbers_in_groups_of_four_are_known_as_well() {
        assert!(is_card("4111 1111 1111 1112"));
        assert!(is_iban("DE88 3704 0044 0532 0130 00"));
    }

    #[test]
    fn ibans_have_their_sum() {
        assert!(is_iban("DE89 3704 0044 0532 0130 00"));
        assert!(is_iban("GB82 WEST 1234 5698 7654 32"));
        assert!(!is_iban("DE88370400440532013000"));
    }
}
