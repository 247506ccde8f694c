//! Scoring a detector against labelled texts: how well the text alone, its rating
//! and its language hidden, tells the unhappy from the rest.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::num::NonZero;

use amends_domain::detection::Detection;

use crate::detector::{Detector, Input, THRESHOLD_DEFAULT};
use crate::error::EvalError;
use crate::figures::{calibration_error, mean, ratio, roc_auc};
use crate::train::{Text, read_rows};

mod cores;
pub mod wishes;

pub use crate::figures::Counts;
use wishes::Wishes;

/// Labelled texts of any number of files.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// Those that say only whether they are negative.
    rated: Vec<Text>,
    /// Those that are labelled for everything.
    full: Vec<Text>,
}

/// The figures of one group of texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// How many texts.
    pub texts: usize,
    /// How many of them are labelled negative.
    pub negatives: usize,
    /// Negative rightly among negative said; 0 when none was said.
    pub precision: f64,
    /// Negative rightly among negative labelled; 0 when there is none.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// The chance that a negative text scores above another; none when one side is missing.
    pub roc_auc: Option<f64>,
    /// Mean distance of said probability and observed share.
    pub calibration_error: f64,
    /// Share of texts identified as the language they are filed under.
    pub language_accuracy: f64,
}

/// Figures per language and of all texts together.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// By language tag.
    pub languages: BTreeMap<String, Scores>,
    /// All texts.
    pub pooled: Scores,
    /// Mean AUC of the languages that have one.
    pub macro_auc: Option<f64>,
    /// Mean F1 of the languages.
    pub macro_f1: f64,
}

/// What a detector makes of labelled texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Of the rated texts, if there are any.
    pub negative: Option<Report>,
    /// Of the fully labelled texts by language, if there are any.
    pub wishes: Option<BTreeMap<String, Wishes>>,
}

/// One text as judged.
#[derive(Debug, Clone, Copy)]
struct Judged {
    negative: bool,
    said: bool,
    probability: f64,
    identified: bool,
}

impl Texts {
    /// Adds the rows of a tab-separated file, read as the trainer reads them; `stem` is the
    /// file's name without its ending, which says the language where no column does.
    ///
    /// # Errors
    /// Names the line that cannot be read, or says which columns are missing.
    pub fn add(&mut self, reader: impl BufRead, stem: &str) -> Result<(), EvalError> {
        for (line, text) in read_rows(reader, stem)?.ok_or(EvalError::Columns)? {
            if text.negative.is_none() {
                let problem = "nothing says whether it is negative".to_owned();
                return Err(EvalError::Row { line, problem });
            }
            if text.is_full { self.full.push(text) } else { self.rated.push(text) }
        }
        Ok(())
    }

    /// Whether there is nothing to judge.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rated.is_empty() && self.full.is_empty()
    }
}

/// Judges every text by itself, on all cores, and compares with the labels.
///
/// # Errors
/// When a core did not end its part.
pub fn evaluate(detector: &Detector, texts: &Texts) -> Result<Evaluation, EvalError> {
    evaluate_on(std::thread::available_parallelism().map_or(1, NonZero::get), detector, texts)
}

fn evaluate_on(cores: usize, detector: &Detector, texts: &Texts) -> Result<Evaluation, EvalError> {
    let rated = cores::map(&texts.rated, cores, |text| judge(detector, text))?;
    let full = cores::map(&texts.full, cores, |text| Wishes::of(&hear(detector, text), text))?;
    let mut groups: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for (text, judged) in texts.rated.iter().zip(rated) {
        groups.entry(text.language.clone()).or_default().push(judged);
    }
    let mut wishes: BTreeMap<String, Wishes> = BTreeMap::new();
    for (text, heard) in texts.full.iter().zip(full) {
        wishes.entry(text.language.clone()).or_default().absorb(&heard);
    }
    Ok(Evaluation {
        negative: (!groups.is_empty()).then(|| Report::of(&groups)),
        wishes: (!wishes.is_empty()).then_some(wishes),
    })
}

/// What is heard when neither rating nor language is told.
fn hear(detector: &Detector, text: &Text) -> Detection {
    detector.detect(&Input {
        text: &text.text,
        rating: None,
        threshold: THRESHOLD_DEFAULT,
        language: None,
        kind: text.kind,
    })
}

fn judge(detector: &Detector, text: &Text) -> Judged {
    let detection = hear(detector, text);
    Judged {
        negative: text.negative == Some(true),
        said: detection.negative,
        probability: f64::from(detection.negative_probability),
        identified: detection.language == text.language,
    }
}

impl Report {
    fn of(groups: &BTreeMap<String, Vec<Judged>>) -> Self {
        let pooled: Vec<Judged> = groups.values().flatten().copied().collect();
        let languages: BTreeMap<String, Scores> =
            groups.iter().map(|(language, judged)| (language.clone(), Scores::of(judged))).collect();
        let aucs: Vec<f64> = languages.values().filter_map(|scores| scores.roc_auc).collect();
        let f1s: Vec<f64> = languages.values().map(|scores| scores.f1).collect();
        Self {
            pooled: Scores::of(&pooled),
            macro_auc: mean(&aucs),
            macro_f1: mean(&f1s).unwrap_or_default(),
            languages,
        }
    }
}

impl Scores {
    fn of(judged: &[Judged]) -> Self {
        let mut counts = Counts::default();
        judged.iter().for_each(|one| counts.add(one.said, one.negative));
        let scored: Vec<(f64, bool)> = judged.iter().map(|one| (one.probability, one.negative)).collect();
        Self {
            texts: judged.len(),
            negatives: counts.labelled,
            precision: counts.precision(),
            recall: counts.recall(),
            f1: counts.f1(),
            roc_auc: roc_auc(&scored),
            calibration_error: calibration_error(&scored),
            language_accuracy: ratio(judged.iter().filter(|one| one.identified).count(), judged.len()),
        }
    }
}

#[cfg(test)]
#[path = "eval_tests.rs"]
mod tests;
