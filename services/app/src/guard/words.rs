//! What a text is found to say, as the rules about words take it.

use amends_domain::guardrail::{Finding, Text};

/// A text that was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    findings: Vec<Finding>,
    asks_for_revision: bool,
    offers_remedy: bool,
    characters: u32,
}

/// Reads a text. Its length is all that is known of its words here.
pub(super) fn read(text: &str) -> Words {
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    Words { characters, ..Words::default() }
}

impl Words {
    /// As the rules see it.
    pub(super) fn text(&self) -> Text<'_> {
        Text {
            findings: &self.findings,
            asks_for_revision: self.asks_for_revision,
            offers_remedy: self.offers_remedy,
            characters: self.characters,
        }
    }
}
