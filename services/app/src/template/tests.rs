#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::{Money, Span, Time};

use super::{ASKS, OFFERS, REMEDIES, ask_by_id, ask_in, offer_of, remedy_in, until_in};

const LANGUAGES: [&str; 21] = [
    "ar", "de", "en", "es", "fil", "fr", "hi", "hu", "id", "it", "ja", "ko", "ms", "pl", "pt", "ru", "th",
    "tr", "vi", "zh", "zh-Hant",
];

fn terms() -> Terms {
    let euro = "EUR".parse().unwrap();
    Terms { amount: Some(Money::new(1_250, euro)), article: "SKU-9".to_owned(), ..Terms::default() }
}

#[test]
fn every_language_has_its_words() {
    for language in LANGUAGES {
        assert!(ask_by_id(&format!("ask.{language}")).is_some(), "{language} has no words");
        for words in OFFERS.values() {
            assert!(words.contains_key(language), "{language} has no words for an offer");
        }
    }
    assert_eq!((ASKS.len(), OFFERS.len()), (LANGUAGES.len(), 2));
}

#[test]
fn every_kind_is_said_in_every_language_with_all_places_filled() {
    assert_eq!(REMEDIES.len(), RemedyKind::ALL.len() + 4);
    for section in REMEDIES.values() {
        assert_eq!(section.len(), LANGUAGES.len());
    }
    let english = |kind: RemedyKind| remedy_in("en", kind, &terms());
    for kind in RemedyKind::ALL {
        for language in LANGUAGES {
            let said = remedy_in(language, *kind, &terms());
            assert!(!said.is_empty() && !said.contains(['{', '}']), "{kind} in {language}: {said:?}");
            let own = language == "en" || said != english(*kind);
            assert!(own, "{kind} in {language} is said in English");
            let raw = &REMEDIES[kind.as_str()][language];
            assert_eq!(said.contains("12.50 EUR"), raw.contains("{amount}"), "{kind} in {language}");
            assert_eq!(raw.contains("{amount}"), REMEDIES[kind.as_str()]["en"].contains("{amount}"));
            assert_eq!(raw.contains("{article}"), REMEDIES[kind.as_str()]["en"].contains("{article}"));
            let bare = remedy_in(language, *kind, &Terms { article: String::new(), ..terms() });
            assert!(!bare.contains(['{', '(']), "{bare:?}");
        }
    }
}

#[test]
fn the_day_until_which_the_return_is_open_is_named_as_the_language_writes_it() {
    let until = Time::from_micros(0) + Span::from_days(20_000);
    for language in LANGUAGES {
        let said = until_in(language, until);
        assert!(said.contains("2024") && said.contains("04"), "{language}: {said:?}");
        assert!(!said.contains(['{', '}']), "{language}: {said:?}");
    }
    assert!(until_in("de-AT", until).contains("04.10.2024"));
    assert!(until_in("ja", until).contains("2024年10月04日"));
}

#[test]
fn an_offer_always_shows_the_return() {
    let keep = terms();
    assert!(offer_of("de", "", RemedyKind::PartialRefund, &keep).contains("Rücksendung"));
    let own = offer_of("", "Here is a new one.", RemedyKind::Replacement, &keep);
    assert!(own.starts_with("Here is a new one.") && own.contains("choose the return"));
    assert!(!own.contains("replacement"), "the agent's own words stand for the offer: {own}");
    let dated = Terms { return_until: Some(Time::from_micros(0)), ..keep };
    let said = offer_of("en", "", RemedyKind::PartialRefund, &dated);
    assert!(said.contains("12.50 EUR") && said.ends_with("until 1970-01-01."), "{said}");
}

#[test]
fn a_coupon_on_top_and_its_code_are_said_in_every_language() {
    let euro = "EUR".parse().unwrap();
    let gift = Terms { gift: Some(Money::new(500, euro)), coupon_code: "BACK-7".to_owned(), ..terms() };
    for language in LANGUAGES {
        let said = offer_of(language, "", RemedyKind::Replacement, &gift);
        assert!(said.contains("5.00 EUR") && said.contains("BACK-7"), "{language}: {said}");
        assert!(!said.contains(['{', '}']), "{language}: {said}");
        let plain = offer_of(language, "", RemedyKind::Replacement, &terms());
        assert!(plain.len() < said.len() && !plain.contains("BACK-7"), "{language}: {plain}");
    }
}

#[test]
fn no_offer_presses_or_names_a_rating() {
    let banned = ["review", "rating", "star", "feedback", "cancel", "withdraw", "hurry", "only today"];
    for kind in RemedyKind::ALL {
        let said = remedy_in("en", *kind, &terms()).to_lowercase();
        for word in banned {
            assert!(!said.contains(word), "{kind} says {word:?}");
        }
    }
    let marks = ["★", "⭐", "!", "！", "¡"];
    for (section, words) in REMEDIES.iter() {
        for (language, words) in words {
            assert!(!marks.iter().any(|mark| words.contains(mark)), "{section} in {language}: {words}");
        }
    }
}

#[test]
fn a_region_finds_its_language_and_an_unknown_one_english() {
    let id = |tag: &str| ask_in(tag).map(|(id, _)| id);
    assert_eq!(id("pt-BR").as_deref(), Some("ask.pt"));
    assert_eq!(id("zh-TW").as_deref(), Some("ask.zh-Hant"));
    assert_eq!(id("zh-CN").as_deref(), Some("ask.zh"));
    assert_eq!(id("xx").as_deref(), Some("ask.en"));
    assert_eq!(id("").as_deref(), Some("ask.en"));
}

#[test]
fn no_ask_names_a_rating_or_an_incentive() {
    let banned =
        ["star", "★", "⭐", "5", "rating", "refund", "coupon", "voucher", "discount", "remove", "delete"];
    for (language, words) in ASKS.iter() {
        let words = words.to_lowercase();
        for word in banned {
            assert!(!words.contains(word), "{language} says {word:?}");
        }
    }
}

/// Everything that the service says to a buyer by itself, with the language it is in.
fn shipped() -> Vec<(&'static str, amends_lint::Audience, String)> {
    use amends_lint::Audience;
    let euro = "EUR".parse().unwrap();
    let dated = Terms { return_until: Some(Time::from_micros(0) + Span::from_days(20_000)), ..terms() };
    let gift = Terms { gift: Some(Money::new(500, euro)), coupon_code: "BACK-7".to_owned(), ..dated.clone() };
    let mut shipped = Vec::new();
    for language in LANGUAGES {
        shipped
            .extend(ask_by_id(&format!("ask.{language}")).map(|(_, said)| (language, Audience::Ask, said)));
        for kind in RemedyKind::ALL {
            for terms in [&terms(), &dated, &gift] {
                shipped.push((language, Audience::Offer, offer_of(language, "", *kind, terms)));
            }
        }
    }
    shipped
}

#[test]
fn what_the_service_says_by_itself_may_go_out() {
    let linter = amends_lint::Linter::embedded().unwrap();
    let mut refused = Vec::new();
    for (language, audience, text) in shipped() {
        for told in [Some(language), None] {
            let outgoing =
                amends_lint::Outgoing { language: told, ..amends_lint::Outgoing::new(&text, audience) };
            let report = linter.check(&outgoing).unwrap();
            if !report.refusals.is_empty() {
                refused.push(format!("{language} {}\t{text}\t{:?}", audience.as_str(), report.refusals));
            }
        }
    }
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}
