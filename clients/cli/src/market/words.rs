//! What buyers write, in their languages.
//!
//! Complaints name a cause and want nothing; wishes want the article gone. What
//! the service hears in them is its own affair and is counted as it answers.

mod asia;
mod europe;

use amends_proto::v1::ComplaintReason;

/// A text and the cause it names.
pub(crate) type Caused = (ComplaintReason, &'static str);

/// The texts of one language.
#[derive(Debug)]
pub(crate) struct Words {
    /// BCP 47.
    pub(crate) language: &'static str,
    /// A good review.
    pub(crate) praise: &'static [&'static str],
    /// A bad text under many stars.
    pub(crate) grudge: &'static [&'static str],
    /// A bad review.
    pub(crate) complaints: &'static [Caused],
    /// A message of a buyer who wants to return.
    pub(crate) wishes: &'static [Caused],
    /// A message of a buyer whose parcel does not come.
    pub(crate) lost: &'static str,
    /// A message of a buyer who only asks.
    pub(crate) question: &'static str,
    /// A second message, while nobody has answered the first.
    pub(crate) nag: &'static str,
    /// A message of a buyer who was helped.
    pub(crate) thanks: &'static str,
    /// What a review says after it was revised.
    pub(crate) revised: &'static [&'static str],
    /// What a review says that was reworded or fell back.
    pub(crate) reworded: &'static str,
}

const ALL: [&Words; 6] =
    [&europe::ENGLISH, &europe::SPANISH, &europe::GERMAN, &asia::INDONESIAN, &asia::THAI, &asia::CHINESE];

/// The texts of a language; English where there are none.
pub(crate) fn words(language: &str) -> &'static Words {
    ALL.into_iter().find(|words| words.language == language).unwrap_or(&europe::ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_something_to_say_on_every_occasion() {
        for words in ALL {
            let lists = [words.praise.len(), words.grudge.len(), words.complaints.len(), words.revised.len()];
            assert!(lists.iter().all(|texts| *texts > 0), "{}", words.language);
            assert!(words.wishes.len() >= 4, "{}", words.language);
        }
    }

    #[test]
    fn an_unknown_language_speaks_english() {
        assert_eq!(words("tlh").language, "en");
        assert_eq!(words("th").language, "th");
    }
}
