//! Scoring texts that are labelled for everything: dissatisfaction, return intent, reasons,
//! flags, language.

use std::collections::BTreeMap;

use amends_domain::detection::Detection;

use super::{Counts, ratio};
use crate::head::Topic;
use crate::train::{HeadLabels, Text};

/// The figures of one language, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How many texts.
    pub texts: usize,
    /// Dissatisfaction.
    pub negative: Counts,
    /// Return intent.
    pub intent: Counts,
    /// All reasons together, each text and reason counted once.
    pub reasons: Counts,
    /// All flags together.
    pub flags: Counts,
    /// Texts whose language was identified rightly.
    pub identified: usize,
}

impl Wishes {
    /// The figures of one text.
    pub(super) fn of(detection: &Detection, text: &Text) -> Self {
        let mut wishes = Self {
            texts: 1,
            identified: usize::from(detection.language == text.language),
            ..Self::default()
        };
        wishes.negative.add(detection.negative, text.negative == Some(true));
        for what in Topic::all() {
            let labelled = text.heads.set & (1 << HeadLabels::lane(what)) != 0;
            match what {
                Topic::Intent => wishes.intent.add(detection.return_intent, labelled),
                Topic::Reason(reason) => {
                    let said = detection.reasons.iter().any(|scored| scored.reason == reason);
                    wishes.reasons.add(said, labelled);
                }
                Topic::Flag(flag) => wishes.flags.add(detection.flags.contains(&flag), labelled),
            }
        }
        wishes
    }

    /// Adds the figures of other texts.
    pub fn absorb(&mut self, other: &Self) {
        self.texts += other.texts;
        self.negative.absorb(&other.negative);
        self.intent.absorb(&other.intent);
        self.reasons.absorb(&other.reasons);
        self.flags.absorb(&other.flags);
        self.identified += other.identified;
    }

    /// The share of the texts whose language was identified rightly.
    #[must_use]
    pub fn language_accuracy(&self) -> f64 {
        ratio(self.identified, self.texts)
    }
}

/// All languages together.
#[must_use]
pub fn total(languages: &BTreeMap<String, Wishes>) -> Wishes {
    let mut total = Wishes::default();
    languages.values().for_each(|wishes| total.absorb(wishes));
    total
}
