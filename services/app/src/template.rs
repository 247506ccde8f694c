//! The approved words to buyers, as data by language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What the id of every template of an ask begins with.
const ASK: &str = "ask.";

/// Words by language.
type Words = BTreeMap<String, String>;

/// The files are part of the binary and read by the tests; without its words nothing goes out.
static ASKS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("../templates/ask.toml")).unwrap_or_else(|error| {
        tracing::error!(%error, "the templates of asks cannot be read");
        Words::new()
    })
});

/// The same by section.
static OFFERS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    toml::from_str(include_str!("../templates/offer.toml")).unwrap_or_else(|error| {
        tracing::error!(%error, "the templates of offers cannot be read");
        BTreeMap::new()
    })
});

/// A template of an ask by its id, such as `ask.en`: its id and its words.
pub(crate) fn ask_by_id(id: &str) -> Option<(String, String)> {
    let words = ASKS.get(id.strip_prefix(ASK)?)?;
    Some((id.to_owned(), words.clone()))
}

/// The ask in a language, given as a BCP 47 tag; in English where there is none in it.
pub(crate) fn ask_in(tag: &str) -> Option<(String, String)> {
    ask_by_id(&format!("{ASK}{}", language(tag))).or_else(|| ask_by_id("ask.en"))
}

/// What a buyer reads with an offer: the agent's words or an opening, and in
/// any case that the return stays open.
pub(crate) fn offer_in(tag: &str, said: &str) -> String {
    let language = language(tag);
    let find = |section: &str| {
        let words = OFFERS.get(section)?;
        words.get(&language).or_else(|| words.get("en")).cloned()
    };
    let opening = if said.is_empty() { find("opening").unwrap_or_default() } else { said.to_owned() };
    format!("{opening}\n\n{}", find("right").unwrap_or_default())
}

/// The language of a tag as the templates name it.
fn language(tag: &str) -> String {
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let mut regions = parts.map(str::to_ascii_lowercase);
    let traditional = regions.any(|part| ["hant", "tw", "hk", "mo"].contains(&part.as_str()));
    match primary.as_str() {
        "zh" | "cmn" | "yue" if traditional => "zh-Hant".to_owned(),
        "cmn" | "yue" => "zh".to_owned(),
        "tl" => "fil".to_owned(),
        "in" => "id".to_owned(),
        _ => primary,
    }
}

#[cfg(test)]
mod tests {
    use super::{ASKS, OFFERS, ask_by_id, ask_in, offer_in};

    #[test]
    fn every_language_has_its_words() {
        let languages = [
            "ar", "de", "en", "es", "fil", "fr", "hi", "hu", "id", "it", "ja", "ko", "ms", "pl", "pt", "ru",
            "th", "tr", "vi", "zh", "zh-Hant",
        ];
        for language in languages {
            assert!(ask_by_id(&format!("ask.{language}")).is_some(), "{language} has no words");
            for words in OFFERS.values() {
                assert!(words.contains_key(language), "{language} has no words for an offer");
            }
        }
        assert_eq!((ASKS.len(), OFFERS.len()), (languages.len(), 2));
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
    fn an_offer_always_shows_the_return() {
        assert!(offer_in("de", "").contains("Rücksendung"));
        let own = offer_in("", "Here is a new one.");
        assert!(own.starts_with("Here is a new one.") && own.contains("choose the return"));
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
}
