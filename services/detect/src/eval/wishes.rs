//! Scoring what else is heard, beside dissatisfaction: return intent, reasons, flags, language.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::ratio;
use crate::detector::{Detector, Input, THRESHOLD_DEFAULT};
use crate::error::EvalError;
use crate::head::Heard;
use crate::train::{HeadLabels, Text, read_rows};

/// Said, labelled, and both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often it was said.
    pub said: usize,
    /// How often it was labelled.
    pub labelled: usize,
    /// How often it was both.
    pub hits: usize,
}

impl Counts {
    /// Of what was said, the share that was labelled; 0 when nothing was said.
    #[must_use]
    pub fn precision(&self) -> f64 {
        ratio(self.hits, self.said)
    }

    /// Of what was labelled, the share that was said; 0 when nothing was labelled.
    #[must_use]
    pub fn recall(&self) -> f64 {
        ratio(self.hits, self.labelled)
    }

    /// The harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> f64 {
        ratio(2 * self.hits, self.said + self.labelled)
    }

    fn add(&mut self, said: bool, labelled: bool) {
        self.said += usize::from(said);
        self.labelled += usize::from(labelled);
        self.hits += usize::from(said && labelled);
    }

    fn add_all(&mut self, other: &Self) {
        self.said += other.said;
        self.labelled += other.labelled;
        self.hits += other.hits;
    }
}

/// The figures of one language, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How many texts.
    pub texts: usize,
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
    /// Adds the figures of other texts.
    pub fn absorb(&mut self, other: &Self) {
        self.texts += other.texts;
        self.intent.add_all(&other.intent);
        self.reasons.add_all(&other.reasons);
        self.flags.add_all(&other.flags);
        self.identified += other.identified;
    }
}

/// Whether a header is that of a file which labels everything.
#[must_use]
pub fn is_full(header: &str) -> bool {
    ["negative", "intent", "reasons", "flags"]
        .iter()
        .all(|name| header.split('\t').any(|column| column == *name))
}

/// Judges every text of a file that labels everything, its language hidden; `stem` is the file's
/// name without its ending, which says the language where no column does. The last entry is the sum.
///
/// # Errors
/// Names the line that cannot be read.
pub fn evaluate(
    detector: &Detector,
    reader: impl BufRead,
    stem: &str,
) -> Result<BTreeMap<String, Wishes>, EvalError> {
    let mut languages: BTreeMap<String, Wishes> = BTreeMap::new();
    for text in read_rows(reader, stem)? {
        judge(detector, &text, languages.entry(text.language.clone()).or_default());
    }
    Ok(languages)
}

/// All languages together.
#[must_use]
pub fn total(languages: &BTreeMap<String, Wishes>) -> Wishes {
    let mut total = Wishes::default();
    languages.values().for_each(|wishes| total.absorb(wishes));
    total
}

fn judge(detector: &Detector, text: &Text, wishes: &mut Wishes) {
    let input = Input {
        text: &text.text,
        rating: None,
        threshold: THRESHOLD_DEFAULT,
        language: None,
        kind: text.kind,
    };
    let detection = detector.detect(&input);
    wishes.texts += 1;
    wishes.identified += usize::from(detection.language == text.language);
    for what in Heard::all() {
        let labelled = text.heads.set & (1 << HeadLabels::lane(what)) != 0;
        match what {
            Heard::Intent => wishes.intent.add(detection.return_intent, labelled),
            Heard::Reason(reason) => {
                wishes.reasons.add(detection.reasons.iter().any(|scored| scored.reason == reason), labelled);
            }
            Heard::Flag(flag) => wishes.flags.add(detection.flags.contains(&flag), labelled),
        }
    }
}
