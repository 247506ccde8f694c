use amends_domain::id::{ID_BYTES_MAX, IdError};
use amends_domain::{BuyerKey, CaseId, DecisionId, EventId, KeyId, LeaseId, OrderId, RemedyId, SuggestionId};
use proptest::prelude::*;

#[test]
fn a_callers_identifier_is_kept_as_written() {
    for text in ["1", "a:b", "50%", "#1001", "Größe 42", "注文-1", "a\\b", "..", "x?y=z&w"] {
        assert_eq!(OrderId::new(text).unwrap().as_str(), text);
        assert_eq!(text.parse::<OrderId>().unwrap().to_string(), text);
    }
    assert!(OrderId::new("x".repeat(ID_BYTES_MAX)).is_ok());
}

#[test]
fn what_cannot_be_an_identifier_is_refused_with_the_reason() {
    let check = |text: &str, why: IdError| assert_eq!(OrderId::new(text), Err(why), "{text:?}");
    check("", IdError::Empty);
    check("a/b", IdError::BadCharacter);
    check("a\nb", IdError::BadCharacter);
    check("a\0", IdError::BadCharacter);
    check(" a", IdError::BadCharacter);
    check("a\u{3000}", IdError::BadCharacter);
    check("\u{85}", IdError::BadCharacter);
    check(&"x".repeat(ID_BYTES_MAX + 1), IdError::TooLong);
    // The limit is in bytes: that is what the columns hold.
    check(&"é".repeat(65), IdError::TooLong);
}

#[test]
fn our_own_identifiers_differ_by_their_prefix() {
    let printed = [
        CaseId::from_bits(1).to_string(),
        RemedyId::from_bits(1).to_string(),
        SuggestionId::from_bits(1).to_string(),
        LeaseId::from_bits(1).to_string(),
        EventId::from_bits(1).to_string(),
        DecisionId::from_bits(1).to_string(),
        KeyId::from_bits(1).to_string(),
    ];
    assert_eq!(printed[0], "case_00000000000000000000000000000001");
    for (i, text) in printed.iter().enumerate() {
        assert_eq!(text.parse::<CaseId>().is_ok(), i == 0, "{text}");
        assert!(printed.iter().skip(i + 1).all(|other| other != text));
    }
}

#[test]
fn another_spelling_of_our_own_identifier_is_refused() {
    let digits = "0123456789abcdef0123456789abcdef";
    assert!(format!("case_{digits}").parse::<CaseId>().is_ok());
    assert!(digits.parse::<BuyerKey>().is_ok());
    let plus = format!("+{}", &digits[1..]);
    let multibyte = format!("{}é", &digits[2..]);
    for bad in
        [digits.to_uppercase(), digits[1..].to_owned(), format!("{digits}0"), plus, multibyte, String::new()]
    {
        assert_eq!(format!("case_{bad}").parse::<CaseId>(), Err(IdError::Malformed), "{bad}");
        assert_eq!(bad.parse::<BuyerKey>(), Err(IdError::Malformed), "{bad}");
    }
    assert_eq!(digits.parse::<CaseId>(), Err(IdError::Malformed));
}

proptest! {
    #[test]
    fn every_identifier_of_ours_reads_back(bits in any::<u128>()) {
        prop_assert_eq!(CaseId::from_bits(bits).to_string().parse(), Ok(CaseId::from_bits(bits)));
        prop_assert_eq!(BuyerKey::from_bits(bits).to_string().parse(), Ok(BuyerKey::from_bits(bits)));
        // The printed order is the order in time.
        let next = bits.saturating_add(1);
        prop_assert!(CaseId::from_bits(bits).to_string() <= CaseId::from_bits(next).to_string());
    }

    #[test]
    fn whatever_is_taken_is_printable_and_reads_back(text in any::<String>()) {
        if let Ok(id) = OrderId::new(&text) {
            prop_assert_eq!(id.as_str(), &text);
            prop_assert!(!text.contains('/') && !text.chars().any(char::is_control));
            prop_assert!((1..=ID_BYTES_MAX).contains(&text.len()));
        }
    }
}
